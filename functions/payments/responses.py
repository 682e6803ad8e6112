"""The responses of the payment calls, made from what they have done."""

from views import ConfirmedPaymentView, CreatedPaymentView, IntentView

from countersign.installs.installation import Installation
from countersign.payments.confirm_payment import ConfirmedPayment
from countersign.payments.context import contexts
from countersign.payments.create_payment import CreatedPayment
from countersign.payments.on_account import read
from countersign.payments.payment_view import view
from countersign.payments.status import Status

_INTENT_STATUS: dict[Status, str] = {
    "succeeded": "succeeded",
    "canceled": "canceled",
    "ready": "requires_payment_method",
    "requires_card": "requires_payment_method",
}
"""The status of a payment's PaymentIntent, where that of the payment tells it. What is left of one
that has failed may be open still.
"""


def created(made: CreatedPayment) -> CreatedPaymentView:
    """Return the response of a payment that was created, or whose payer was asked again."""
    record = made.record
    return CreatedPaymentView.model_validate(
        {
            "id": record.id,
            "status": record.status,
            "next": record.shown_next,
            "reference": record.order.reference,
            "decision": record.decision,
            "spc": made.dialog,
        }
    )


def confirmed(installation: Installation, done: ConfirmedPayment) -> ConfirmedPaymentView:
    """Return the response of a confirmation. Raises as reading a PaymentIntent does."""
    record = done.record
    return ConfirmedPaymentView.model_validate(
        {
            "id": record.id,
            "status": record.status,
            "next": record.shown_next,
            "reason": record.reason,
            "last_error": view(record)["last_error"],
            "payment_intent": _intent(installation, done),
            "spc": done.dialog,
        }
    )


def _intent(installation: Installation, done: ConfirmedPayment) -> IntentView | None:
    """Return the PaymentIntent, with its secret as it was read in this call and is stored nowhere,
    where the payer's browser has something to do with it.
    """
    record = done.record
    if record.payment_intent is None:
        return None
    if record.status != "requires_action":
        return IntentView(id=record.payment_intent, status=_INTENT_STATUS.get(record.status))
    found = done.found or read(contexts(), installation, record)
    return IntentView(id=found["id"], client_secret=found["client_secret"], status=found["status"])
