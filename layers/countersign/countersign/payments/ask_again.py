"""Ask the payer of a payment once more."""

from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.context import Contexts
from countersign.payments.create_payment import CreatedPayment
from countersign.payments.machine import move
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.proof import ask, in_spc, load_ceremony, refreshed
from countersign.payments.refusals import confirmation_over, payment_ended
from countersign.spc import ceremonies
from countersign.spc.begin_confirmation import NoCredential


def ask_again(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> CreatedPayment:
    """Begin a fresh ceremony for a payment that waits for its payer; the old one is void.

    Raises 409 `payment_ended`, 409 `confirmation_over` for one that waits for no confirmation or
    was asked for five times, `Changed`, and as `begin_confirmation` does.
    """
    if record.has_ended:
        raise payment_ended(record.id)
    fresh = refreshed(contexts, installation, record)
    if fresh is not record:
        store.save(contexts.payments.table, record, fresh)
    if fresh.status != "requires_step_up":
        raise confirmation_over(record.id)
    try:
        dialog = ask(contexts, installation, fresh)
    except NoCredential:
        raise confirmation_over(record.id) from None
    now, old = contexts.payments.now(), load_ceremony(contexts, fresh)
    after = move(
        fresh,
        "ask",
        "requires_step_up",
        now,
        ceremony=dialog["ceremony_id"],
        asked_at=now,
        ceremonies=fresh.ceremonies + 1,
    )
    is_pending = old is not None and old.status == "pending"
    void = [in_spc(contexts, ceremonies.void_change(old, now))] if old and is_pending else []
    return CreatedPayment(store.save(contexts.payments.table, fresh, after, void), dialog)
