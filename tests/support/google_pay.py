"""Google Pay tokens for a recipient of the test, and how they are refused."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from countersign.google_pay.keys import TokenKeys, local_agreement, parse_root_keys
from countersign.google_pay.open_token import open_token
from countersign.google_pay.payload import OpenedToken
from countersign.google_pay.refusals import InvalidToken, TokenExpired
from countersign.problems import Problem
from local.google import FULL, Sealer, payload
from local.google.encryption import google_json
from local.google.keys import new_key, write_private_key

RECIPIENT = "merchant:BCR2DN4T263KB4BO"
NOW_MS = 1_800_000_000_000
DAY_MS = 24 * 3600 * 1000
INVALID, EXPIRED = "invalid_google_pay_token", "google_pay_token_expired"
PAN, CRYPTOGRAM = "4895370012003478", "AgAAAAAABk4DWZ4C28yUQAAAAAA="

Json = dict[str, Any]


def cleartext(**members: Any) -> Json:
    """The payload of a good device token that lives for a week."""
    given: Json = {"assurance": FULL, "eci": "05", "pan": PAN, "cryptogram": CRYPTOGRAM}
    given |= {"message_expiration_ms": NOW_MS + 7 * DAY_MS, "message_id": "AH2Ejt-one"}
    return payload(**(given | members))


def with_details(**details: Any) -> Json:
    """The good payload with other details of the card; `...` leaves one out."""
    message = cleartext()
    name = "paymentMethodDetails"
    message[name] = without_dots(message[name] | details)
    return message


def with_members(**members: Any) -> Json:
    """The good payload with other members; `...` leaves one out."""
    return without_dots(cleartext() | members)


def without_dots(members: Json) -> Json:
    """The members without those that are left out."""
    return {name: value for name, value in members.items() if value is not ...}


@dataclass(frozen=True)
class Recipient:
    """A recipient of tokens, with Google's keys in the test's hands."""

    sealer: Sealer = field(default_factory=Sealer)
    private_key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)

    @property
    def keys(self) -> TokenKeys:
        """The keys that open the recipient's tokens."""
        return self.keys_with(self.sealer.root_keys, self.private_key)

    def keys_with(self, roots: str, *private_keys: ec.EllipticCurvePrivateKey) -> TokenKeys:
        """The same with other root keys, and with these private keys."""
        written = tuple(write_private_key(key) for key in private_keys or (self.private_key,))
        return TokenKeys(RECIPIENT, parse_root_keys(roots), local_agreement(written))

    def seal(self, message: Json | str | None = None, **forgery: Any) -> str:
        """A token, good unless it is forged: see `Sealer.sign`."""
        given: Json = {"recipient_id": RECIPIENT, "public_key": self.private_key.public_key()}
        given |= {"now_ms": NOW_MS} | forgery
        return self.sealer.seal(cleartext() if message is None else message, **given)

    def sign(self, signed_message: str, **forgery: Any) -> str:
        """A token around this signed message."""
        given: Json = {"recipient_id": RECIPIENT, "now_ms": NOW_MS} | forgery
        return self.sealer.sign(signed_message, **given)

    def open(self, token: str, now_ms: int = NOW_MS) -> OpenedToken:
        """The token, opened."""
        return open_token(token, self.keys, now_ms)


def refusal(opening: Callable[..., object], *given: object) -> str:
    """The code that an opening is refused with."""
    return refused(opening, *given).code


def refused(opening: Callable[..., object], *given: object) -> Problem:
    """The refusal itself."""
    with pytest.raises((InvalidToken, TokenExpired)) as found:
        opening(*given)
    assert found.value.status == 422
    return found.value


def altered(token: str, path: str, change: Callable[..., Any]) -> str:
    """The token with one member of its envelope (`intermediateSigningKey.signatures`) changed, but
    not signed again.
    """
    members = json.loads(token)
    *outer, name = path.split(".")
    inner = members
    for step in outer:
        inner = inner[step]
    inner[name] = change(inner[name])
    return google_json(members)


def tells_nothing(text: str) -> bool:
    """Whether the text has neither secret, nor any part of the PAN beyond its last four digits."""
    return not any(
        secret in text for secret in (PAN, CRYPTOGRAM, PAN[:6], PAN[6:12], CRYPTOGRAM[5:15])
    )


def unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
