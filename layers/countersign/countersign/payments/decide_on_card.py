"""Decide on the card that is named for a payment: never lower for the same card."""

from msgspec.structs import replace

from countersign.http.idempotency import IdempotencyKey
from countersign.installs.installation import Installation
from countersign.payments.context import Contexts
from countersign.payments.load_decision import load_decision
from countersign.payments.named_card import NamedCard
from countersign.payments.order import PaymentOrder
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.read_named_card import CardRequest, ReadCard
from countersign.problems import Problem
from countersign.spc.refusals import unknown_payer
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.make_decision import make_decision
from countersign.step_up.order import Order
from countersign.step_up.rules import RuleBook

GOOGLE_PAY = "google_pay"
"""What the decision on a token is kept by, before Stripe has its card."""
ATTEMPT = 60
"""Seconds that may lie between naming a card and its attempt."""


def decide_on_card(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: PaymentOrder,
    request: CardRequest,
    card: ReadCard | None,
    known: PaymentRecord | None = None,
    key: IdempotencyKey | None = None,
) -> DecisionRecord:
    """Return the decision on a card: the one that counts still, else a new one. Of the same card, a
    later decision is never lower. Raises as `make_decision` does.
    """
    before = _decided_before(contexts, known, card)
    if before is not None and counts_for(before, card, contexts.payments.now()):
        return before
    before = before or _claimed_before(contexts, known, card)
    asked = Order(
        account_id=order.account_id,
        amount=order.amount,
        currency=order.currency,
        payer=order.payer,
        token=request.token,
        payment_data=request.payment_data,
        payment_method=request.payment_method,
        confirmation_token=request.confirmation_token,
        metadata=order.metadata,
        at_stripe=card.at_stripe if card else None,
    )
    floor = before.order if before else None
    try:
        return make_decision(contexts.decisions, book, installation, asked, key, floor)
    except Problem as problem:
        if known is None or problem.code != unknown_payer().code:
            raise
    # They have left this merchant since the payment was created: they are nobody now.
    nobody = replace(asked, payer=None)
    return make_decision(contexts.decisions, book, installation, nobody, key, floor)


def _decided_before(
    contexts: Contexts, known: PaymentRecord | None, card: ReadCard | None
) -> DecisionRecord | None:
    """Return the last decision of this payment on this card."""
    decision = known.decided.get(card.named.known_as) if known and card else None
    return load_decision(contexts, decision)


def counts_for(decision: DecisionRecord, card: ReadCard | None, now: int) -> bool:
    """Whether a decision is on a card as the payer holds it now, and counts for an attempt that is
    made within the minute, or will once its review has ended.
    """
    decided, waits = decision.order.card, decision.order.outcome == "review"
    is_held_alike = (
        card is not None and decided is not None and decided.is_held_alike(card.at_stripe)
    )
    return is_held_alike and (waits or decision.covers(now + ATTEMPT))


def _claimed_before(
    contexts: Contexts, known: PaymentRecord | None, card: ReadCard | None
) -> DecisionRecord | None:
    """Return the decision on what Google Pay gave before Stripe had the card, for a device token:
    what was signed or admitted then counts for it. A token that names another card says nothing.
    """
    is_token = card is not None and card.at_stripe.is_device_token
    if known is None or card is None or not is_token or card.at_stripe.wallet != "google_pay":
        return None
    before = load_decision(contexts, known.decided.get(GOOGLE_PAY))
    signed = before.order.card if before else None
    return before if signed is None or signed.is_charged(card.at_stripe) else None


def with_card(
    record: PaymentRecord, card: ReadCard | None, decision: DecisionRecord
) -> PaymentRecord:
    """Return a payment with the card that was decided about: a move follows."""
    decided, read = decision.order.card, card.named if card else None
    known_as = read.known_as if read else GOOGLE_PAY
    every = {**record.decided, known_as: decision.id}
    if decided is None:
        return replace(record, card=None, decision=decision.id, decided=every)
    method, token = (read.payment_method, read.confirmation_token) if read else (None, None)
    named = NamedCard(decided, method, token)
    return replace(record, card=named, decision=decision.id, decided=every)
