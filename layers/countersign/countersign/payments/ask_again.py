"""Ask the payer of a payment once more."""

from countersign.installs.installation import Installation
from countersign.payments import spc_ceremony, store
from countersign.payments.at_present import at_present
from countersign.payments.context import Contexts
from countersign.payments.create_payment import CreatedPayment
from countersign.payments.machine import move
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.read_payment import read_payment
from countersign.payments.refusals import confirmation_over, payment_ended
from countersign.spc.begin_confirmation import NoCredential


def ask_again(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> CreatedPayment:
    """Begin a fresh ceremony for a payment that waits for its payer; the old one is void.

    Raises 409 `payment_ended`, 409 `confirmation_over` for one that waits for no confirmation, or
    whose payer cannot be asked or was asked five times, 409 `payment_busy`, and what
    `spc_ceremony.ask` raises.
    """

    def ask(present: PaymentRecord) -> CreatedPayment:
        return _asked(contexts, installation, read_payment(contexts, present))

    return at_present(contexts.payments.table, record, ask)


def _asked(contexts: Contexts, installation: Installation, record: PaymentRecord) -> CreatedPayment:
    if record.has_ended:
        raise payment_ended(record.id)
    if record.status != "requires_step_up":
        raise confirmation_over(record.id)
    try:
        dialog = spc_ceremony.ask(contexts, installation, record)
    except NoCredential:
        raise confirmation_over(record.id) from None
    now, void = contexts.payments.now(), spc_ceremony.void(contexts, record)
    after = move(
        record,
        "ask",
        "requires_step_up",
        now,
        ceremony=dialog["ceremony_id"],
        asked_at=now,
        ceremonies=record.ceremonies + 1,
    )
    return CreatedPayment(store.save(contexts.payments.table, record, after, void), dialog)
