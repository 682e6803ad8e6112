"""What is inside a token (developers.google.com/pay/api/web/guides/resources/
payment-data-cryptography#encrypted-message).
"""

import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

FULL: Mapping[str, bool] = {"cardHolderAuthenticated": True, "accountVerified": True}
"""The assurance that spares a step-up."""
WEEK_MS = 7 * 24 * 3600 * 1000

# Numbers that Google publishes for tests; no card has them.
_PANS = {"PAN_ONLY": "4111111111111111", "CRYPTOGRAM_3DS": "4895370012003478"}
_CRYPTOGRAM = "AgAAAAAABk4DWZ4C28yUQAAAAAA="


def payload(
    auth_method: str = "CRYPTOGRAM_3DS",
    *,
    assurance: Mapping[str, object] | None = None,
    eci: str | None = None,
    pan: str | None = None,
    cryptogram: str | None = None,
    expiration_month: int = 12,
    expiration_year: int = 2030,
    message_id: str | None = None,
    message_expiration_ms: int | None = None,
) -> dict[str, Any]:
    """Return the cleartext of a card's token, good for a week unless `message_expiration_ms` (since
    1970) says otherwise. `assurance` and `eci` are left out without a value; a device token always
    has a cryptogram, and a card number none unless it is given.
    """
    details: dict[str, Any] = {
        "authMethod": auth_method,
        "pan": _PANS.get(auth_method, _PANS["PAN_ONLY"]) if pan is None else pan,
        "expirationMonth": expiration_month,
        "expirationYear": expiration_year,
    }
    if cryptogram is None and auth_method == "CRYPTOGRAM_3DS":
        cryptogram = _CRYPTOGRAM
    if cryptogram is not None:
        details["cryptogram"] = cryptogram
    if eci is not None:
        details["eciIndicator"] = eci
    if assurance is not None:
        details["assuranceDetails"] = dict(assurance)
    if message_expiration_ms is None:
        message_expiration_ms = int(time.time() * 1000) + WEEK_MS
    return {
        "messageExpiration": str(message_expiration_ms),
        "messageId": message_id or f"AH2Ejt{uuid4().hex}",
        "paymentMethod": "CARD",
        "paymentMethodDetails": details,
    }
