"""The parts of a token, parsed strictly: exactly the members of ECv2, each of its type. Pure.

https://developers.google.com/pay/api/web/guides/resources/payment-data-cryptography, "Payment
method token structure". If unsigned members were ignored, one message could have many tokens.
"""

from typing import Any

from msgspec import Struct

from countersign.formats import strict_json
from countersign.formats.base64 import decode
from countersign.google_pay.refusals import InvalidToken

PROTOCOL_VERSION = "ECv2"
"""The only version that is opened: a token does not choose the rules by which it is read."""
LONGEST = 16 * 1024
"""Characters of a token; a real one has about 1,500."""
MOST_SIGNATURES = 4
"""Signatures of an intermediate key: one per root key, and there are few roots."""

_ENVELOPE = {"protocolVersion", "signature", "intermediateSigningKey", "signedMessage"}
_INTERMEDIATE = {"signedKey", "signatures"}
_MESSAGE = {"encryptedMessage", "ephemeralPublicKey", "tag"}


class Envelope(Struct, frozen=True):
    """A token as received. `signed_key` and `signed_message` are the texts that were signed; they
    are read only after their signatures were verified.
    """

    signature: bytes
    signed_key: str
    key_signatures: tuple[bytes, ...]
    signed_message: str


class IntermediateKey(Struct, frozen=True):
    """The key that signs messages: SubjectPublicKeyInfo in DER, valid until Unix milliseconds."""

    public_key: bytes
    expires_ms: int


class EncryptedMessage(Struct, frozen=True):
    """The sealed message; `ephemeral_public_key` is an uncompressed point."""

    ciphertext: bytes
    ephemeral_public_key: bytes
    tag: bytes


def parse_envelope(token: str) -> Envelope:
    """Return the token's outer members. Raises `InvalidToken`."""
    if len(token) > LONGEST:
        raise InvalidToken("is too long")
    members = _object(token, "the token")
    # Checked before the members, since other versions have others.
    if members.get("protocolVersion") != PROTOCOL_VERSION:
        raise InvalidToken(f"is not of protocol version {PROTOCOL_VERSION}")
    intermediate = members.get("intermediateSigningKey")
    if members.keys() != _ENVELOPE or not isinstance(intermediate, dict):
        raise InvalidToken("does not have exactly the members of its version")
    signatures = intermediate.get("signatures")
    if intermediate.keys() != _INTERMEDIATE or not isinstance(signatures, list):
        raise InvalidToken("does not have exactly the members of its version")
    if not 0 < len(signatures) <= MOST_SIGNATURES:
        raise InvalidToken("has no usable number of signatures on its intermediate key")
    return Envelope(
        signature=_bytes(members["signature"]),
        signed_key=_text(intermediate["signedKey"]),
        key_signatures=tuple(_bytes(entry) for entry in signatures),
        signed_message=_text(members["signedMessage"]),
    )


def parse_intermediate_key(signed_key: str) -> IntermediateKey:
    """Return the intermediate key, whose signature was verified. Unknown members are ignored."""
    members = _object(signed_key, "the intermediate key")
    try:
        expires_ms = milliseconds(members.get("keyExpiration"))
    except ValueError as error:
        raise InvalidToken("has an intermediate key without a readable expiry") from error
    return IntermediateKey(_bytes(members.get("keyValue")), expires_ms)


def parse_message(signed_message: str) -> EncryptedMessage:
    """Return the message, whose signature was verified."""
    members = _object(signed_message, "the message")
    if members.keys() != _MESSAGE:
        raise InvalidToken("does not have exactly the members of its version")
    return EncryptedMessage(
        ciphertext=_bytes(members["encryptedMessage"]),
        ephemeral_public_key=_bytes(members["ephemeralPublicKey"]),
        tag=_bytes(members["tag"]),
    )


def milliseconds(text: Any) -> int:
    """Return Unix milliseconds, which Google writes in a string. Raises `ValueError`."""
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError("not a time")
    return int(text)


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        members = strict_json.parse(text)
    except ValueError as error:
        raise InvalidToken(f"cannot be read: {name} is not JSON") from error
    if not isinstance(members, dict):
        raise InvalidToken(f"cannot be read: {name} is not a JSON object")
    return members


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidToken("has a member that is not a string")
    try:
        value.encode()
    except UnicodeEncodeError as error:  # a lone surrogate, which JSON escapes can write
        raise InvalidToken("has a member that is not Unicode") from error
    return value


def _bytes(value: Any) -> bytes:
    try:
        return decode(value)
    except ValueError as error:
        raise InvalidToken("has a member that is not canonical base64") from error
