"""Tokens of Google's test environment and of Tink open to what they are known to hold, in time."""

import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.open_token import LONGEST_LIFE_MS, open_token
from countersign.google_pay.payload import OpenedToken
from countersign.google_pay.token_keys import TokenKeys, parse_root_keys
from local.google.keys import new_key, write_private_key
from tests.support.google_pay import EXPIRED, INVALID, altered, refusal, refused
from tests.support.google_pay_vectors import ABSENT, FOLDER, Recorded, in_tinks, of_google, of_tink

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)

IN_2024 = 1_704_067_200_000
TINKS_EXPIRED = "encrypted_expired_token"
TINKS_EXPIRY = 946_684_800_000
ANOTHER = write_private_key(new_key())
YET_ANOTHER = write_private_key(new_key())


def told(opened: OpenedToken) -> dict[str, Any]:
    """An opened token in the words of Google's payload, without its id."""
    facts, assurance = opened.card.facts, opened.card.assurance
    assert facts is not None
    details: dict[str, Any] = {
        "authMethod": opened.card.auth_method,
        "expirationMonth": facts.exp_month,
        "expirationYear": facts.exp_year,
        "pan": opened.secret.reveal()[0],
    }
    if assurance is not None:
        details["assuranceDetails"] = {
            "accountVerified": assurance.account_verified,
            "cardHolderAuthenticated": assurance.card_holder_authenticated,
        }
    return {
        "messageExpiration": str(opened.expires_ms),
        "paymentMethod": "CARD",
        "paymentMethodDetails": details,
    }


def last_moment(expected: dict[str, Any]) -> int:
    return int(expected["messageExpiration"]) - 1


def test_googles_token_opens_to_what_is_in_it_until_the_millisecond_before_it_expires() -> None:
    recorded, expected = of_google()
    opened = recorded.open(last_moment(expected))
    assert told(opened) == expected
    assert opened.message_id.startswith("AH2EjtdXWjOxGkyAxyLl")
    assert opened.card.assurance == Assurance(True, False)
    assert opened.gateway_merchant_id is None
    assert opened.card.eci is None
    assert opened.secret.reveal()[1] is None
    assert told(recorded.open(int(expected["messageExpiration"]) - LONGEST_LIFE_MS)) == expected


@pytest.mark.parametrize("late_ms", [0, 1, 1000, 10**12])
def test_googles_token_is_refused_as_expired_from_then_on(late_ms: int) -> None:
    recorded, expected = of_google()
    expires_ms = int(expected["messageExpiration"])
    late = min(expires_ms + late_ms, parse_root_keys(recorded.root_keys)[0].expires_ms - 1)
    assert refusal(lambda: recorded.open(late)) == EXPIRED


def test_once_its_root_key_has_expired_googles_token_is_invalid() -> None:
    recorded, _ = of_google()
    [root] = parse_root_keys(recorded.root_keys)
    found = refused(lambda: recorded.open(root.expires_ms))
    assert found.code == INVALID
    assert "no root key" in found.detail


def test_tinks_token_opens_to_what_is_in_it_until_the_millisecond_before_it_expires() -> None:
    opened = of_tink(TINKS_EXPIRED).open(TINKS_EXPIRY - 1)
    expected = in_tinks() | {"messageExpiration": str(TINKS_EXPIRY)}
    assert opened.message_id == expected.pop("messageId")
    assert told(opened) == expected


@pytest.mark.parametrize("late_ms", [0, 1, 1000])
def test_tinks_token_is_refused_as_expired_from_then_on(late_ms: int) -> None:
    assert refusal(lambda: of_tink(TINKS_EXPIRED).open(TINKS_EXPIRY + late_ms)) == EXPIRED
    assert refusal(lambda: of_tink(TINKS_EXPIRED).open(IN_2024)) == EXPIRED


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [
        ("encrypted_token", INVALID, "expires later than a token can"),
        ("encrypted_plaintext", INVALID, "has content that cannot be read"),
        ("encrypted_invalid_tag", INVALID, "is not sealed to any of our keys"),
        (
            "encrypted_google_pay_token_with_expired_intermediate_signature",
            EXPIRED,
            "has expired",
        ),
    ],
)
def test_what_tink_has_made_to_be_refused_is_refused_for_that(
    name: str, code: str, why: str
) -> None:
    found = refused(lambda: of_tink(name).open(IN_2024))
    assert found.code == code
    assert why in found.detail


def test_a_message_that_tink_lets_live_for_a_thousand_years_outlives_its_intermediate_key() -> None:
    """At no time does it open: too far away at first, and then its signer has expired."""
    recorded, year_3000 = of_tink("encrypted_token"), int(in_tinks()["messageExpiration"])
    for now_ms in (year_3000 - LONGEST_LIFE_MS - 1, year_3000 - 2):
        assert refusal(recorded.open, now_ms) == EXPIRED


@pytest.mark.parametrize(
    "other",
    ["merchant:1234567890123456789", "gateway:12345678901234567890", "merchant:", "", "someone"],
)
def test_for_another_recipient_a_token_is_refused(other: str) -> None:
    for recorded, now_ms in in_time():
        keys = replace(recorded.keys, recipient_id=other)
        found = refused(open_token, recorded.token, keys, now_ms)
        assert found.code == INVALID
        assert "is not signed for this recipient" in found.detail


def test_while_keys_are_rolled_the_right_one_may_be_the_last_of_three() -> None:
    for recorded, now_ms in in_time():
        keys = recorded.keys_with(ANOTHER, YET_ANOTHER, recorded.private_key)
        assert told(open_token(recorded.token, keys, now_ms)) == told(recorded.open(now_ms))


def test_with_none_of_the_right_keys_a_token_is_refused() -> None:
    for recorded, now_ms in in_time():
        keys = recorded.keys_with(ANOTHER, YET_ANOTHER)
        found = refused(open_token, recorded.token, keys, now_ms)
        assert "is not sealed to any of our keys" in found.detail


def test_under_the_roots_of_the_other_a_token_is_refused() -> None:
    (google, google_ms), (tink, tink_ms) = in_time()
    for recorded, other, now_ms in ((google, tink, google_ms), (tink, google, tink_ms)):
        keys = TokenKeys(recorded.recipient_id, other.keys.root_keys, recorded.keys.shared_secrets)
        assert refusal(open_token, recorded.token, keys, now_ms) == INVALID


def test_the_parts_of_two_real_tokens_make_no_third() -> None:
    tokens = [of_tink(name) for name in (TINKS_EXPIRED, "encrypted_invalid_tag")]
    given, taken = (json.loads(recorded.token) for recorded in tokens)
    for member in ("signature", "signedMessage"):
        mixed = altered(tokens[0].token, member, lambda _, name=member: taken[name])
        assert mixed != tokens[0].token
        recorded = replace(tokens[0], token=mixed)
        assert refusal(recorded.open, TINKS_EXPIRY - 1) == INVALID
    # Its intermediate key is the same one and was signed by the same root: it makes no difference.
    assert given["intermediateSigningKey"] != taken["intermediateSigningKey"]
    mixed = altered(
        tokens[0].token, "intermediateSigningKey", lambda _: taken["intermediateSigningKey"]
    )
    assert told(replace(tokens[0], token=mixed).open(TINKS_EXPIRY - 1))


def in_time() -> list[tuple[Recorded, int]]:
    """Both, each at a time when it opens."""
    google, expected = of_google()
    return [(google, last_moment(expected)), (of_tink(TINKS_EXPIRED), TINKS_EXPIRY - 1)]
