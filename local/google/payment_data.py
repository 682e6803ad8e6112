"""`PaymentData`, as `loadPaymentData` resolves with it in a browser
(developers.google.com/pay/api/web/reference/response-objects#PaymentData).
"""

import re
from collections.abc import Mapping
from typing import Any

# What the payer knows of the card behind a device token, whose own number ends otherwise.
_CARD_OF_DEVICE = "1234"

_NETWORKS = {"4": "VISA", "5[1-5]|2[2-7]": "MASTERCARD", "3[47]": "AMEX", "35": "JCB"}


def payment_data(cleartext: Mapping[str, Any], token: str) -> dict[str, Any]:
    """Return the whole answer around a token; what is not in the token is unsigned, and says the
    same.
    """
    details = cleartext["paymentMethodDetails"]
    is_device = details["authMethod"] == "CRYPTOGRAM_3DS"
    last4 = _CARD_OF_DEVICE if is_device else details["pan"][-4:]
    network = _network(details["pan"])
    info = {"cardNetwork": network, "cardDetails": last4, "cardFundingSource": "CREDIT"}
    if "assuranceDetails" in details:
        info["assuranceDetails"] = details["assuranceDetails"]
    return {
        "apiVersion": 2,
        "apiVersionMinor": 0,
        "paymentMethodData": {
            "type": "CARD",
            "description": f"{network.capitalize()} •••• {last4}",
            "info": info,
            "tokenizationData": {"type": "DIRECT", "token": token},
        },
    }


def _network(pan: str) -> str:
    found = (name for prefix, name in _NETWORKS.items() if re.match(prefix, pan))
    return next(found, "DISCOVER")
