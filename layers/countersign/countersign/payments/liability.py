"""Who bears a fraud dispute. Pure."""

from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import Liability


def liability_of(record: PaymentRecord) -> Liability:
    """Return who bears a fraud dispute, as far as 3-D Secure's result tells
    (https://docs.stripe.com/payments/3d-secure/authentication-flow#disputed-payments). A device
    token may carry a shift that Stripe does not show. Where no money was taken nothing is disputed.
    """
    money = record.money
    is_nothing = record.has_ended and not money.captured
    if money.charge is None or is_nothing:
        return "unknown"
    if money.three_d_secure in ("authenticated", "attempt_acknowledged"):
        return "issuer"
    return "unknown" if money.wallet and money.three_d_secure is None else "merchant"
