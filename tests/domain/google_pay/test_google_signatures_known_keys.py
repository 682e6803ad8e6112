"""A verified intermediate key is not verified again, and counts for nothing else."""

import json
import sys
from types import FrameType
from typing import Any

import pytest

from countersign.google_pay.keys import TokenKeys
from countersign.google_pay.open_token import open_token
from local.google import Sealer, root_key, root_keys_document
from tests.support.google_pay import (
    EXPIRED,
    INVALID,
    NOW_MS,
    Recipient,
    altered,
    cleartext,
    refusal,
    refused,
)

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def ours() -> Recipient:
    """A recipient whose keys no other test knows."""
    return Recipient()


def another_token(recipient: Recipient, token: str) -> str:
    """One more message under the same intermediate key and its signature, as Google's are."""
    intermediate = json.loads(token)["intermediateSigningKey"]
    return altered(recipient.seal(), "intermediateSigningKey", lambda _: intermediate)


def verifications(token: str, keys: TokenKeys) -> int:
    """How many signatures are verified while a token is opened."""
    found: list[str] = []

    def note(_: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and argument.__name__ == "verify":
            found.append(argument.__name__)

    sys.setprofile(note)
    try:
        open_token(token, keys, NOW_MS)
    finally:
        sys.setprofile(None)
    return len(found)


def test_of_its_second_message_only_the_messages_own_signature_is_verified(ours: Recipient) -> None:
    token, keys = ours.seal(), ours.keys
    assert verifications(token, keys) == 2
    assert verifications(another_token(ours, token), keys) == 1


def test_every_message_of_a_known_key_is_verified(ours: Recipient) -> None:
    token = ours.seal()
    assert ours.open(token)
    forged = another_token(ours, token)
    forged = altered(forged, "signature", lambda _: json.loads(token)["signature"])
    assert "is not signed for this recipient" in refused(ours.open, forged).detail


def test_a_known_key_expires_all_the_same(ours: Recipient) -> None:
    token = ours.seal(
        cleartext(message_expiration_ms=NOW_MS + 8 * DAY_MS), key_expiration=NOW_MS + 9
    )
    assert ours.open(token)
    assert ours.open(token, NOW_MS + 8)
    for late in (9, 10, DAY_MS):
        assert refusal(ours.open, token, NOW_MS + late) == EXPIRED


def test_a_known_key_is_refused_once_its_root_key_has_expired(ours: Recipient) -> None:
    roots = root_keys_document(root_key(ours.sealer.root.public_key(), expiration_ms=NOW_MS + 9))
    token, keys = ours.seal(), ours.keys_with(roots)
    assert open_token(token, keys, NOW_MS + 8)
    assert refusal(open_token, token, keys, NOW_MS + 9) == INVALID


def test_what_is_known_under_one_root_is_not_known_under_another(ours: Recipient) -> None:
    token = ours.seal()
    assert ours.open(token)
    assert refusal(open_token, token, ours.keys_with(Sealer().root_keys), NOW_MS) == INVALID
    none_left = TokenKeys(ours.keys.recipient_id, (), ours.keys.shared_secrets)
    assert refusal(open_token, token, none_left, NOW_MS) == INVALID


def test_a_known_signature_is_for_the_key_it_was_over(ours: Recipient) -> None:
    token = ours.seal()
    assert ours.open(token)
    attacker = Sealer(ours.sealer.root)
    forged = altered(
        ours.seal(signer=attacker.intermediate),
        "intermediateSigningKey",
        lambda _: (
            json.loads(token)["intermediateSigningKey"] | {"signedKey": attacker.signed_key(NOW_MS)}
        ),
    )
    assert "no root key has signed" in refused(ours.open, forged).detail


def test_a_key_that_was_refused_is_verified_again(ours: Recipient) -> None:
    token, stranger = ours.seal(), ours.keys_with(Sealer().root_keys)
    for _ in range(2):
        assert refusal(open_token, token, stranger, NOW_MS) == INVALID
    assert ours.open(token)
