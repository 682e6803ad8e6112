"""Tokens of Google's test environment and of Tink open to what they are known to hold, in time."""

import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.keys import parse_root_keys
from countersign.google_pay.open_token import LONGEST_LIFE_MS
from countersign.google_pay.payload import OpenedToken
from tests.support.google_pay import EXPIRED, INVALID, altered, refusal, refused
from tests.support.google_pay_vectors import ABSENT, FOLDER, in_tinks, of_google, of_tink

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)

IN_2024 = 1_704_067_200_000
TINKS_EXPIRED = "encrypted_expired_token"
TINKS_EXPIRY = 946_684_800_000


def told(opened: OpenedToken) -> dict[str, Any]:
    """An opened token as Google's payload writes it, without its id."""
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
    for late in (TINKS_EXPIRY, TINKS_EXPIRY + 1, IN_2024):
        assert refusal(of_tink(TINKS_EXPIRED).open, late) == EXPIRED


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
def test_what_tink_has_made_to_be_refused_is_refused_for_its_reason(
    name: str, code: str, why: str
) -> None:
    found = refused(lambda: of_tink(name).open(IN_2024))
    assert found.code == code
    assert why in found.detail


def test_a_message_that_tink_lets_live_for_a_thousand_years_outlives_its_intermediate_key() -> None:
    """It never opens: at first its expiry is too far away, and then its signer has expired."""
    recorded, year_3000 = of_tink("encrypted_token"), int(in_tinks()["messageExpiration"])
    for now_ms in (year_3000 - LONGEST_LIFE_MS - 1, year_3000 - 2):
        assert refusal(recorded.open, now_ms) == EXPIRED


def test_the_parts_of_two_real_tokens_make_no_third() -> None:
    tokens = [of_tink(name) for name in (TINKS_EXPIRED, "encrypted_invalid_tag")]
    taken = json.loads(tokens[1].token)
    for member in ("signature", "signedMessage"):
        mixed = altered(tokens[0].token, member, lambda _, name=member: taken[name])
        assert mixed != tokens[0].token
        assert refusal(replace(tokens[0], token=mixed).open, TINKS_EXPIRY - 1) == INVALID
