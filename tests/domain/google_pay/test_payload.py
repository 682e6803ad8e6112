"""What Google has sealed is read strictly: each member of its type, or the token is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.open_token import LONGEST_LIFE_MS
from countersign.google_pay.payload import OpenedToken
from tests.support.fuzz import json_values
from tests.support.google_pay import (
    CRYPTOGRAM,
    EXPIRED,
    INVALID,
    NOW_MS,
    PAN,
    Json,
    Recipient,
    cleartext,
    refusal,
    refused,
    with_details,
    with_members,
)

OURS = Recipient()
DETAILS = "paymentMethodDetails"
NEEDED = ["messageExpiration", "messageId", "paymentMethod", DETAILS]
NEEDED_DETAILS = ["authMethod", "pan", "expirationMonth", "expirationYear"]
NOT_TEXT: list[Any] = [None, True, 0, [], {}, ["x"]]


def opened(message: Any = None, now_ms: int = NOW_MS) -> OpenedToken:
    return OURS.open(OURS.seal(message), now_ms)


def code(message: Any) -> str:
    return refusal(lambda: opened(message))


def test_a_device_token_opens_to_all_that_is_in_it() -> None:
    found = opened(cleartext() | {"gatewayMerchantId": "acct_1SQbakery"})
    assert (found.message_id, found.expires_ms) == ("AH2Ejt-one", NOW_MS + 7 * 24 * 3600 * 1000)
    assert found.gateway_merchant_id == "acct_1SQbakery"
    assert found.card.auth_method == "CRYPTOGRAM_3DS"
    assert found.card.assurance == Assurance(True, True)
    assert found.card.eci == "05"
    assert found.card.facts is not None
    facts = found.card.facts
    assert (facts.network, facts.last4, facts.exp_month, facts.exp_year) == (
        "visa", "3478", 12, 2030
    )  # fmt: skip
    assert found.secret.reveal() == (PAN, CRYPTOGRAM)


def test_a_card_number_comes_without_a_cryptogram() -> None:
    card = with_details(authMethod="PAN_ONLY", cryptogram=..., eciIndicator=...)
    assert opened(card).secret.reveal() == (PAN, None)
    assert opened(with_details(authMethod="PAN_ONLY", cryptogram=None)).card.auth_method == (
        "PAN_ONLY"
    )


@pytest.mark.parametrize("cryptogram", ["", CRYPTOGRAM, 1, []])
def test_a_card_number_with_a_cryptogram_is_refused(cryptogram: Any) -> None:
    assert code(with_details(authMethod="PAN_ONLY", cryptogram=cryptogram)) == INVALID


@pytest.mark.parametrize("cryptogram", [..., None, "", 1, []])
def test_a_device_token_without_a_cryptogram_is_refused(cryptogram: Any) -> None:
    assert code(with_details(cryptogram=cryptogram)) == INVALID


@pytest.mark.parametrize("name", NEEDED)
def test_without_a_member_that_every_payload_has_it_is_refused(name: str) -> None:
    for value in (..., *NOT_TEXT, ""):
        assert code(with_members(**{name: value})) == INVALID


@pytest.mark.parametrize("name", NEEDED_DETAILS)
def test_without_a_detail_that_every_card_has_it_is_refused(name: str) -> None:
    for value in (..., *NOT_TEXT, "", "x"):
        assert code(with_details(**{name: value})) == INVALID


def _is_good(path: tuple[str, ...], value: Any) -> bool:
    """Whether a value of this kind may stand there."""
    if path[-1] in ("eciIndicator", "assuranceDetails", "more"):
        return True
    if path[-1] == "gatewayMerchantId":
        return value is None or isinstance(value, str)
    if path[-1] == "messageId":
        return isinstance(value, str) and value != "" and value.isprintable()
    if path[-1] == "cryptogram":
        return isinstance(value, str) and value != ""
    return path[-1] == "expirationMonth" and value in range(1, 13) and type(value) is int


PATHS: list[tuple[str, ...]] = [(name,) for name in [*NEEDED, "gatewayMerchantId", "more"]]
PATHS += [(DETAILS, n) for n in [*NEEDED_DETAILS, "cryptogram", "eciIndicator", "more"]]
PATHS += [(DETAILS, "assuranceDetails")]


@given(st.sampled_from(PATHS), json_values)
def test_any_value_of_a_member_is_refused_or_changes_nothing_else(
    path: tuple[str, ...], value: Any
) -> None:
    message = with_details(**{path[1]: value}) if path[1:] else with_members(**{path[0]: value})
    if not _is_good(path, value):
        assert code(message) == INVALID
        return
    found = opened(message)
    assert found.secret.reveal()[0] == PAN
    assert found.card.eci is None or (len(found.card.eci) == 2 and found.card.eci.isdigit())
    flags = value if path[-1] == "assuranceDetails" and isinstance(value, dict) else {}
    if path[-1] == "assuranceDetails" and found.card.assurance is not None:
        assert found.card.assurance.is_full == (
            flags.get("accountVerified") is True and flags.get("cardHolderAuthenticated") is True
        )


@pytest.mark.parametrize(
    "expiry",
    [..., None, NOW_MS + 1, float(NOW_MS), "", "never", "-1", "+1900000000000", "1.9e12",
     f" {NOW_MS + 1}", f"{NOW_MS + 1} ", "1_800_000_000_001", "١٨٠٠٠٠٠٠٠٠٠٠١", "9" * 16, "9" * 5000],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_without_a_readable_expiry_it_is_refused(expiry: Any) -> None:
    found = refused(lambda: opened(with_members(messageExpiration=expiry)))
    assert found.code == INVALID
    assert "has no readable expiry" in found.detail


def test_a_message_lives_until_the_millisecond_before_its_expiry() -> None:
    message = with_members(messageExpiration=str(NOW_MS + 1))
    assert opened(message)
    assert opened(message).expires_ms == NOW_MS + 1
    for late in (1, 2, 1000):
        assert refusal(opened, message, NOW_MS + late) == EXPIRED
    assert code(with_members(messageExpiration="0")) == EXPIRED


def test_a_message_lives_for_eight_days_at_most() -> None:
    assert opened(with_members(messageExpiration=str(NOW_MS + LONGEST_LIFE_MS)))
    assert LONGEST_LIFE_MS == 8 * 86_400_000
    found = refused(
        lambda: opened(with_members(messageExpiration=str(NOW_MS + LONGEST_LIFE_MS + 1)))
    )
    assert found.code == INVALID
    assert "expires later than a token can" in found.detail


@pytest.mark.parametrize("message_id", ["", "a" * 513, "\x00", "a\nb", "\ud800", "\u2028"])
def test_a_message_id_that_cannot_be_stored_is_refused(message_id: str) -> None:
    text = json.dumps(with_members(messageId=message_id))
    assert "has no message id" in refused(lambda: opened(text)).detail


def test_a_message_id_is_kept_as_it_is() -> None:
    for message_id in ("x", "a" * 512, " é=&<>'", "日本"):
        assert opened(with_members(messageId=message_id)).message_id == message_id


@pytest.mark.parametrize("eci", [..., None, "", "055", "0x", "٠٥", " 5", 5, 5.0, True, [], {}])
def test_anything_but_an_eci_counts_as_none_and_is_not_refused(eci: Any) -> None:
    assert opened(with_details(eciIndicator=eci)).card.eci is None


@pytest.mark.parametrize("eci", ["05", "00", "5"])
def test_an_eci_is_read_with_two_digits(eci: str) -> None:
    """Some leave out the leading 0."""
    assert opened(with_details(eciIndicator=eci)).card.eci == eci.zfill(2)


@pytest.mark.parametrize("pan", ["", "4" * 11, "4" * 20, "4895 3700 1200 3478", "4895370012003478\n", "٤" * 16, "4895-3700-1200-3478", "x" * 16, 4895370012003478])  # fmt: skip
def test_anything_but_a_card_number_is_refused(pan: Any) -> None:
    assert "has no card number" in refused(lambda: opened(with_details(pan=pan))).detail


@pytest.mark.parametrize(
    ("pan", "network"),
    [
        ("4111111111111111", "visa"), ("4222222222222", "visa"),
        ("5100000000000000", "mastercard"), ("5555555555554444", "mastercard"),
        ("2221000000000000", "mastercard"), ("2720990000000000", "mastercard"),
        ("2300000000000000", "mastercard"), ("2699999999999999", "mastercard"),
        ("2220990000000000", None), ("2721000000000000", None),
        ("5000000000000000", None), ("5600000000000000", None),
        ("340000000000000", "amex"), ("378282246310005", "amex"),
        ("6011000990139424", "discover"), ("6440000000000000", "discover"),
        ("6500000000000000", "discover"), ("6430000000000000", None),
        ("3528000000000000", "jcb"), ("3589000000000000", "jcb"),
        ("3527000000000000", None), ("3590000000000000", None),
        ("30000000000000", "diners"), ("30950000000000", "diners"),
        ("36000000000000", "diners"), ("38000000000000", "diners"), ("30600000000000", None),
        ("6200000000000005", "unionpay"), ("9000000000000000", None), ("111111111111", None),
    ],
)  # fmt: skip
def test_the_network_is_that_of_the_number(pan: str, network: str | None) -> None:
    facts = opened(with_details(pan=pan)).card.facts
    assert facts is not None
    assert (facts.network, facts.last4) == (network, pan[-4:])


@pytest.mark.parametrize(
    "expiry",
    [{"expirationMonth": month} for month in (0, 13, "12", 12.0, True)]
    + [{"expirationYear": year} for year in (1999, 2100, 30, "2030")],
    ids=str,
)
def test_a_card_whose_expiry_is_not_a_date_is_refused(expiry: Json) -> None:
    assert (
        "has no expiry date of its card" in refused(lambda: opened(with_details(**expiry))).detail
    )


@pytest.mark.parametrize("method", ["", "pan_only", "PAN_ONLY "])  # fmt: skip
def test_an_unknown_auth_method_is_refused(method: str) -> None:
    found = refused(lambda: opened(with_details(authMethod=method)))
    assert "has an unknown auth method" in found.detail


@pytest.mark.parametrize("kind", ["card", "PAYPAL"])
def test_a_payment_that_is_not_a_card_is_refused(kind: str) -> None:
    assert code(with_members(paymentMethod=kind)) == INVALID


def _text_with_twice(name: str) -> str:
    text = json.dumps(cleartext())
    return text.replace(f'"{name}":', f'"{name}": null, "{name}":', 1)


@pytest.mark.parametrize("name", [*NEEDED, "authMethod", "pan", "assuranceDetails"])
def test_a_member_that_is_said_twice_is_refused(name: str) -> None:
    assert code(_text_with_twice(name)) == INVALID


@pytest.mark.parametrize("text", ["", " ", "plaintext", "null", "[]", '"CARD"', "{", "{}", "NaN", "[" * 5000, "1" * 5000, "\ufeff{}", "{}{}"])  # fmt: skip
def test_cleartext_that_is_not_an_object_is_refused(text: str) -> None:
    assert refusal(lambda: OURS.open(OURS.seal(text))) == INVALID
