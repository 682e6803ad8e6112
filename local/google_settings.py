"""The settings that concern Google Pay; what they leave open is made on this machine."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.errors import SettingsError
from local.google.keys import read_private_key, read_public_key, write_private_key

TEST_RECIPIENT_ID = "merchant:12345678901234567890"
"""The recipient of every token of Google's TEST environment."""

_RECIPIENT_ID = re.compile(r"(merchant|gateway):[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class GoogleSettings:
    """`private_keys` (PKCS#8 DER in base64) and `root_keys` (the document that Google publishes)
    are empty where this machine is to use its own.
    """

    recipient_id: str
    private_keys: tuple[str, ...]
    root_keys: str


def read_google_settings(environ: Mapping[str, str]) -> GoogleSettings:
    """Raise SettingsError naming the variable that is wrong, without its value."""
    recipient_id = environ.get("GOOGLE_PAY_RECIPIENT_ID") or TEST_RECIPIENT_ID
    if not _RECIPIENT_ID.fullmatch(recipient_id):
        raise SettingsError(
            "GOOGLE_PAY_RECIPIENT_ID must be merchant: and Google's merchant id, or gateway: and"
            " the gateway's"
        )
    private_keys = _private_keys(environ.get("GOOGLE_PAY_PRIVATE_KEYS", ""))
    return GoogleSettings(recipient_id, private_keys, _root_keys(environ))


def _private_keys(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if text and not parts:
        raise SettingsError("GOOGLE_PAY_PRIVATE_KEYS has no key in it")
    return tuple(_private_key(part, place) for place, part in enumerate(parts, 1))


def _private_key(text: str, place: int) -> str:
    """Return the key as its one spelling in base64."""
    try:
        return write_private_key(read_private_key(text))
    except ValueError:
        message = f"key {place} is not the PKCS#8 DER of a P-256 key, in base64"
    raise SettingsError(f"GOOGLE_PAY_PRIVATE_KEYS: {message}")


def _root_keys(environ: Mapping[str, str]) -> str:
    """Return the document in its shortest form, since a template's parameter has its limits."""
    text = environ.get("GOOGLE_PAY_ROOT_KEYS", "")
    if not text:
        return ""
    try:
        document = json.loads(text)
        usable = [entry for entry in _entries(document) if _is_usable(entry)]
    except ValueError as error:
        raise SettingsError(f"GOOGLE_PAY_ROOT_KEYS: {error}") from error
    if not usable:
        raise SettingsError("GOOGLE_PAY_ROOT_KEYS has no ECv2 key with a keyExpiration in it")
    return json.dumps(document, separators=(",", ":"))


def _entries(document: Any) -> list[dict[str, Any]]:
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError('must be the JSON document {"keys": [{...}]} that Google publishes')
    return entries


def _is_usable(entry: Mapping[str, Any]) -> bool:
    """Return whether it is a key for ECv2 that says when it ends. Raises ValueError for a broken
    one.
    """
    if entry.get("protocolVersion") != "ECv2" or "keyExpiration" not in entry:
        return False
    expiration = entry["keyExpiration"]
    if not (isinstance(expiration, str) and expiration.isascii() and expiration.isdigit()):
        raise ValueError("a keyExpiration must be milliseconds since 1970, as a string of digits")
    read_public_key(str(entry.get("keyValue")))
    return True
