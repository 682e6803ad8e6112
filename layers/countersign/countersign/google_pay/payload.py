"""The content of an opened token: https://developers.google.com/pay/api/web/guides/resources/
payment-data-cryptography, "Encrypted message". Pure.
"""

import re
from typing import Any

from msgspec import Struct

from countersign.formats import strict_json
from countersign.google_pay.assurance import Assurance, AuthMethod, read_assurance
from countersign.google_pay.card import CardFacts, CardSecret
from countersign.google_pay.envelope import milliseconds
from countersign.google_pay.refusals import InvalidToken

_PAN = re.compile(r"[0-9]{12,19}")
_ECI = re.compile(r"[0-9]{1,2}")
_LONGEST_ID = 512
_UNREADABLE = "has content that cannot be read"


class SignedCard(Struct, frozen=True):
    """What Google has signed about a card. `eci` says who is liable, not whether the payer was
    authenticated. `facts` are missing only in a simulation.
    """

    auth_method: AuthMethod
    assurance: Assurance | None
    eci: str | None
    facts: CardFacts | None


class OpenedToken(Struct, frozen=True):
    """A token's content. Only `message_id` distinguishes one token from another; `expires_ms` is in
    Unix milliseconds.
    """

    message_id: str
    expires_ms: int
    gateway_merchant_id: str | None
    card: SignedCard
    secret: CardSecret


def parse_payload(cleartext: bytes) -> OpenedToken:
    """Return the payload; unknown members are ignored. Raises `InvalidToken`, whose cause and
    frames hold the text, so the caller must raise another in its place.
    """
    members = _object(cleartext)
    details = members.get("paymentMethodDetails")
    if members.get("paymentMethod") != "CARD" or not isinstance(details, dict):
        raise InvalidToken("is not for a card")
    auth_method, secret = _auth_method(details), _secret(details)
    if (auth_method == "CRYPTOGRAM_3DS") != (secret.reveal()[1] is not None):
        raise InvalidToken("has a cryptogram and an auth method that do not belong together")
    exp_month = _number(details.get("expirationMonth"), 1, 12)
    exp_year = _number(details.get("expirationYear"), 2000, 2099)
    return OpenedToken(
        message_id=_message_id(members.get("messageId")),
        expires_ms=_expiry(members.get("messageExpiration")),
        gateway_merchant_id=_optional_text(members.get("gatewayMerchantId")),
        card=SignedCard(
            auth_method=auth_method,
            assurance=read_assurance(details.get("assuranceDetails")),
            eci=_eci(details.get("eciIndicator")),
            facts=secret.facts(exp_month, exp_year),
        ),
        secret=secret,
    )


def _object(cleartext: bytes) -> dict[str, Any]:
    try:
        members = strict_json.parse(cleartext.decode())
    except ValueError as error:
        raise InvalidToken(_UNREADABLE) from error
    if not isinstance(members, dict):
        raise InvalidToken(_UNREADABLE)
    return members


def _auth_method(details: dict[str, Any]) -> AuthMethod:
    found = details.get("authMethod")
    if found == "PAN_ONLY":
        return "PAN_ONLY"
    if found == "CRYPTOGRAM_3DS":
        return "CRYPTOGRAM_3DS"
    raise InvalidToken("has an unknown auth method")


def _secret(details: dict[str, Any]) -> CardSecret:
    pan, cryptogram = details.get("pan"), details.get("cryptogram")
    if not (isinstance(pan, str) and _PAN.fullmatch(pan)):
        raise InvalidToken("has no card number")
    if cryptogram is not None and not (isinstance(cryptogram, str) and cryptogram):
        raise InvalidToken(_UNREADABLE)
    return CardSecret(pan, cryptogram)


def _message_id(value: Any) -> str:
    if not (isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()):
        raise InvalidToken("has no message id")
    return value


def _expiry(value: Any) -> int:
    try:
        return milliseconds(value)
    except ValueError as error:
        raise InvalidToken("has no readable expiry") from error


def _optional_text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise InvalidToken(_UNREADABLE)
    return value


def _eci(value: Any) -> str | None:
    """Return the ECI, with two digits, of which some leave out a leading 0. Absent and empty both
    mean none, as for Mastercard's merchant liability.
    """
    return value.zfill(2) if isinstance(value, str) and _ECI.fullmatch(value) else None


def _number(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidToken("has no expiry date of its card")
    return value
