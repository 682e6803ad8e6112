"""What of a PaymentIntent's metadata is ours, by which it and its charge are known. Pure."""

import re

PAYMENT, DECISION = "countersign_payment", "countersign_decision"
"""The members of its metadata that are ours."""
ID = re.compile(r"pay_[A-Za-z0-9_-]{22}")
"""The ids of payments."""


def is_payment_id(value: object) -> bool:
    """Return whether a value can be the id of a payment."""
    return isinstance(value, str) and ID.fullmatch(value) is not None
