"""Root keys, and the document in which Google publishes its own."""

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec

from local.google.keys import write_public_key

_EXPIRATION_MS = 2_154_841_200_000

TEST_ROOT: Mapping[str, str] = {
    "keyValue": (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEGnJ7Yo1sX9b4kr4Aa5uq58JRQfzD8bIJXw7WXaap/hVE"
        "+PnFxvjx4nVxt79SdRuUVeu++HZD0cGAv4IOznc96w=="
    ),
    "protocolVersion": "ECv2",
    "keyExpiration": str(_EXPIRATION_MS),
}
"""The root of Google's TEST environment, under which anybody can have a token signed
(payments.developers.google.com/paymentmethodtoken/test/keys.json).
"""


def root_key(
    key: ec.EllipticCurvePublicKey,
    *,
    protocol_version: str = "ECv2",
    expiration_ms: int | None = _EXPIRATION_MS,
) -> dict[str, str]:
    """Return one entry of the document, by default good for as long as Google's; None leaves out
    when it expires.
    """
    entry = {"keyValue": write_public_key(key), "protocolVersion": protocol_version}
    return entry if expiration_ms is None else {**entry, "keyExpiration": str(expiration_ms)}


def root_keys_document(*entries: Mapping[str, str]) -> str:
    """Return the JSON text `{"keys": [...]}`."""
    return json.dumps({"keys": [dict(entry) for entry in entries]}, separators=(",", ":"))
