"""What of a PaymentIntent's metadata is ours, by which it and its charge are known. Pure."""

import re

OURS = "countersign_"
"""How the members of its metadata begin that are ours."""
PAYMENT = f"{OURS}payment"
"""The member that names the payment. Another names its decision (`decision_record.METADATA`)."""
ID = re.compile(r"pay_[A-Za-z0-9_-]{22}")
"""The ids of payments."""


def is_payment_id(value: object) -> bool:
    """Return whether a value can be the id of a payment."""
    return isinstance(value, str) and ID.fullmatch(value) is not None
