"""The parts of a token, parsed strictly: exactly the members of ECv2, each of its type. Pure.

https://developers.google.com/pay/api/web/guides/resources/payment-data-cryptography, "Payment
method token structure". Unsigned members that are passed over would let one message have many
tokens.
"""

from dataclasses import dataclass
from typing import Any

from countersign.formats import strict_json
from countersign.formats.base64 import decode
from countersign.google_pay.refusals import InvalidToken

PROTOCOL_VERSION = "ECv2"
"""The one version that is opened: a token does not choose by which rules it is read."""
LONGEST = 16 * 1024
"""Characters; a real token has about 1,500."""
MOST_SIGNATURES = 4
"""Signatures of an intermediate key: one a root key, and roots are few."""

_ENVELOPE = {"protocolVersion", "signature", "intermediateSigningKey", "signedMessage"}
_INTERMEDIATE = {"signedKey", "signatures"}
_MESSAGE = {"encryptedMessage", "ephemeralPublicKey", "tag"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A token as received. `signed_key` and `signed_message` are the texts that were signed, to be
    read only once their signatures have passed.
    """

    signature: bytes
    signed_key: str
    key_signatures: tuple[bytes, ...]
    signed_message: str


@dataclass(frozen=True, slots=True)
class IntermediateKey:
    """The key that signs messages: SubjectPublicKeyInfo in DER, until Unix milliseconds."""

    public_key: bytes
    expires_ms: int


@dataclass(frozen=True, slots=True)
class EncryptedMessage:
    """What only the recipient can read; `ephemeral_public_key` is an uncompressed point."""

    ciphertext: bytes
    ephemeral_public_key: bytes
    tag: bytes


def parse_envelope(token: str) -> Envelope:
    """The token's outer members; raises `InvalidToken`."""
    if len(token) > LONGEST:
        raise InvalidToken("is too long")
    members = _object(token, "the token")
    # Before the members are counted, as the other versions have others.
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
    """The intermediate key, whose signature has passed; members unknown to us may be there."""
    members = _object(signed_key, "the intermediate key")
    try:
        expires_ms = milliseconds(members.get("keyExpiration"))
    except ValueError as error:
        raise InvalidToken("has an intermediate key without a readable expiry") from error
    return IntermediateKey(_bytes(members.get("keyValue")), expires_ms)


def parse_message(signed_message: str) -> EncryptedMessage:
    """The message, whose signature has passed."""
    members = _object(signed_message, "the message")
    if members.keys() != _MESSAGE:
        raise InvalidToken("does not have exactly the members of its version")
    return EncryptedMessage(
        ciphertext=_bytes(members["encryptedMessage"]),
        ephemeral_public_key=_bytes(members["ephemeralPublicKey"]),
        tag=_bytes(members["tag"]),
    )


def milliseconds(text: Any) -> int:
    """Unix milliseconds as Google writes them, in a string; raises `ValueError`."""
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError("not a time")
    return int(text)


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        members = strict_json.parse(text)
    except ValueError as error:
        raise InvalidToken(f"can not be read: {name} is not JSON") from error
    if not isinstance(members, dict):
        raise InvalidToken(f"can not be read: {name} is not a JSON object")
    return members


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidToken("has a member of another type than text")
    try:
        value.encode()
    except UnicodeEncodeError as error:  # a lone surrogate, which JSON's escapes can spell
        raise InvalidToken("has a member that is not Unicode") from error
    return value


def _bytes(value: Any) -> bytes:
    try:
        return decode(value)
    except ValueError as error:
        raise InvalidToken("has a member that is not base64 as it is written") from error
