"""End an attempt that did not authorize the payment: it was declined, or came to nothing."""

from msgspec import Struct
from msgspec.structs import replace

from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.context import Contexts
from countersign.payments.intent import Intent
from countersign.payments.machine import move
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.settle_payment import settle_payment
from countersign.stripe_api.calls import StripeRefused

MOST_DECLINES = 5
"""Declined attempts after which a payment has failed."""
NOT_AUTHENTICATED = "payment_intent_authentication_failure"
"""Stripe's code for a payer who has failed 3-D Secure."""


class Decline(Struct, frozen=True):
    """Why the issuer, or 3-D Secure, refused: Stripe's codes, and the charge that failed, if it
    came to one.
    """

    code: str
    decline_code: str | None = None
    failed_charge: str | None = None

    @classmethod
    def read(cls, intent: Intent) -> "Decline":
        """Return the last decline of a PaymentIntent."""
        return cls(intent.code or NOT_AUTHENTICATED, intent.decline_code, intent.failed_charge)

    @classmethod
    def answered(cls, refused: StripeRefused, intent: Intent) -> "Decline":
        """Return the decline that Stripe has answered a confirmation with."""
        code = refused.code or intent.code or "card_declined"
        return cls(code, refused.decline_code, intent.failed_charge)


def decline_attempt(
    contexts: Contexts, installation: Installation, record: PaymentRecord, why: Decline
) -> PaymentRecord:
    """Return a payment whose attempt was declined: another can follow, after the fifth none. Raises
    `Changed`.
    """
    now = contexts.payments.now()
    if record.attempt is None:
        raise RuntimeError("no attempt was claimed")
    over = replace(
        record.attempt, ended=True, ended_at=now,
        code=why.code, decline_code=why.decline_code, failed_charge=why.failed_charge,
    )  # fmt: skip
    facts = {"code": why.code} | ({"decline_code": why.decline_code} if why.decline_code else {})
    if record.declines + 1 >= MOST_DECLINES:
        last = move(record, "decline", "processing", now, facts, attempt=over)
        return settle_payment(
            contexts, installation, record, "cancel", "declined", "failed", moved=last
        )
    if _is_spent(record):
        after = move(record, "decline", "requires_card", now, facts, attempt=over, next="again")
    else:
        after = move(record, "decline", "ready", now, facts, attempt=over)
    return store.save(contexts.payments.table, record, after)


def give_up_attempt(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Return a payment whose attempt came to nothing. A confirmation token may be spent with it.
    Raises `Changed`.
    """
    if record.attempt is None:
        raise RuntimeError("no attempt was claimed")
    now = contexts.payments.now()
    over = replace(record.attempt, ended=True, ended_at=now)
    if _is_spent(record):
        after = move(record, "lose_token", "requires_card", now, attempt=over, next="again")
    else:
        after = move(record, "not_sent", "ready", now, attempt=over)
    return store.save(contexts.payments.table, record, after)


def _is_spent(record: PaymentRecord) -> bool:
    """Whether the card was named by a confirmation token: it serves one attempt."""
    return record.card is not None and record.card.payment_method is None
