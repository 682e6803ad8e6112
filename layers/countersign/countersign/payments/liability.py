"""Who bears a fraud dispute. Pure."""

from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import Liability


def liability_of(record: PaymentRecord) -> Liability:
    """Return who bears a fraud dispute, as far as 3-D Secure's result tells
    (https://docs.stripe.com/payments/3d-secure/authentication-flow#disputed-payments). A device
    token may carry a shift that Stripe does not show.
    """
    money = record.money
    if money.charge is None:
        return "unknown"
    if money.three_d_secure in ("authenticated", "attempt_acknowledged"):
        return "issuer"
    return "unknown" if money.wallet and money.three_d_secure is None else "merchant"
