"""Confirm a payment with a card: decide on it, require the proof, and attempt to charge it."""

from dataclasses import dataclass
from typing import Any

from countersign.aws.changes import TransactionRefused
from countersign.http.idempotency import IdempotencyKey, resource_of
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.advance_payment import cancel_now, try_advance
from countersign.payments.attempt_payment import (
    SECOND_TRY_AFTER,
    attempt_card,
    repeat,
    resume,
)
from countersign.payments.context import Contexts
from countersign.payments.create_payment import with_card
from countersign.payments.follow_intent import follow_intent
from countersign.payments.machine import move
from countersign.payments.make_intent import resolve_creation
from countersign.payments.name_card import (
    CardRequest,
    ReadCard,
    decide_on,
    load_decision,
    read_named_card,
)
from countersign.payments.on_account import read
from countersign.payments.payment_record import NamedCard, PaymentRecord
from countersign.payments.proof import given_up, refreshed, shown_again, stand, standing_members
from countersign.payments.refusals import (
    begin_again,
    card_required,
    payment_busy,
    payment_ended,
    step_up_required,
)
from countersign.payments.status import BEFORE_CARD
from countersign.step_up.refusals import card_differs
from countersign.step_up.rules import RuleBook

PAUSE = 10
"""Seconds for which a card that was declined is not tried again."""
TRIES = 3
"""Times that a payment is read again that somebody else has written meanwhile."""


@dataclass(frozen=True, slots=True)
class ConfirmedPayment:
    """A payment after a confirmation, and what its payer is shown, where they are asked first."""

    record: PaymentRecord
    dialog: dict[str, Any] | None = None


def confirm_payment(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    record: PaymentRecord,
    card: CardRequest,
    key: IdempotencyKey,
    *,
    gives_up_spc: bool = False,
) -> ConfirmedPayment:
    """Attempt a payment with a card or, without one, go on after the payer has acted. A repeated
    key begins no second attempt and returns the payment as it is.

    Raises 409 `payment_ended`, `payment_busy`, `step_up_required`, `card_differs`, `begin_again`,
    `card_required`, and what reading, deciding and attempting raise.
    """
    confirming = _Confirming(contexts, book, installation, card, key, gives_up_spc)
    for _ in range(TRIES):
        if resource_of(contexts.payments.table, key) is not None:
            return ConfirmedPayment(record, shown_again(contexts, installation, record))
        try:
            return confirming.confirm(record)
        except (store.Changed, TransactionRefused):
            record = store.load(contexts.payments.table, record.id) or record
    raise payment_busy(record.id)


@dataclass(frozen=True, slots=True)
class _Confirming:
    """One request to confirm a payment."""

    contexts: Contexts
    book: RuleBook
    installation: Installation
    card: CardRequest
    key: IdempotencyKey
    gives_up_spc: bool

    def confirm(self, record: PaymentRecord) -> ConfirmedPayment:
        """Do what is next for a payment in its status."""
        if record.has_ended:
            raise payment_ended(record.id)
        if record.status == "processing":
            return self._go_on_with(record)
        if record.status == "unreachable":
            record = try_advance(self.contexts, record)
        if record.status == "requires_action":
            return self._acting(record)
        if record.status not in BEFORE_CARD:
            raise payment_busy(record.id)
        fresh = self._refreshed(record)
        if fresh.has_ended:  # its review has ended against it
            raise payment_ended(record.id)
        return self._with_card(fresh)

    def _go_on_with(self, record: PaymentRecord) -> ConfirmedPayment:
        """Go on with what runs, once the request that began it has ended."""
        if record.settle is not None:
            return ConfirmedPayment(try_advance(self.contexts, record))
        claim = record.attempt if record.payment_intent else record.creation
        now = self.contexts.payments.now()
        if claim is None or now < claim.at + SECOND_TRY_AFTER:
            raise payment_busy(record.id)
        if record.payment_intent is None:
            return self.confirm(resolve_creation(self.contexts, self.installation, record))
        return ConfirmedPayment(repeat(self.contexts, self.installation, record))

    def _acting(self, record: PaymentRecord) -> ConfirmedPayment:
        """The payer was asked to act. Another card ends this payment: nobody knows whether the
        first one is being authenticated right now.
        """
        contexts, installation = self.contexts, self.installation
        if self.card.names_card:
            read_card = read_named_card(contexts, installation, self.card)
            if record.card is not None and not record.card.is_same(read_card.named):
                cancel_now(contexts, installation, record, "another_card")
                raise begin_again(record.id)
        found = read(contexts, installation, record)
        if found["status"] == "requires_confirmation":
            return ConfirmedPayment(resume(contexts, installation, record, self.key))
        return ConfirmedPayment(follow_intent(contexts, installation, record, found))

    def _with_card(self, record: PaymentRecord) -> ConfirmedPayment:
        """Name the card, require the proof, and attempt."""
        card = self._card(record)
        self._check_pause(record, card)
        self._check_proof(record, card)
        named, dialog = self._decided(record, card)
        if named.status == "requires_step_up":
            if not self.gives_up_spc:
                if named is record:
                    raise step_up_required(record.id)
                return ConfirmedPayment(named, dialog)
            named = self._give_up(named)
        decision = load_decision(self.contexts, named.decision)
        if named.status != "ready" or decision is None:
            return ConfirmedPayment(named)
        attempted = attempt_card(self.contexts, self.installation, named, decision.order, self.key)
        return ConfirmedPayment(attempted)

    def _card(self, record: PaymentRecord) -> ReadCard:
        """Return the card that the request names, else the one that was named before, as Stripe has
        it now.
        """
        request, known = self.card, record.card
        if not request.names_card:
            if known is None or not known.param or record.next == "again":
                raise card_required(record.id)
            request = CardRequest(known.payment_method, known.confirmation_token)
        return read_named_card(self.contexts, self.installation, request)

    def _check_pause(self, record: PaymentRecord, card: ReadCard) -> None:
        """Raise 409 `payment_busy` for a card that was declined a moment ago: two taps are one."""
        last, fingerprint = record.attempt, card.at_stripe.fingerprint
        if last is None or not last.is_declined or last.fingerprint != fingerprint:
            return
        left = (last.ended_at or 0) + PAUSE - self.contexts.payments.now()
        if fingerprint is not None and left > 0:
            raise payment_busy(record.id, left)

    def _check_proof(self, record: PaymentRecord, card: ReadCard) -> None:
        """Raise 409 `card_differs` where a proof was given for another card: the payer has
        confirmed that one, or Google has signed it.
        """
        known = record.card
        if known is None or known.is_same(card.named) or known.card.is_charged(card.at_stripe):
            return
        decision = load_decision(self.contexts, record.decision)
        is_signed = decision is not None and decision.order.evidence == "signed"
        if record.proof == "spc" or is_signed:
            raise card_differs("is named")

    def _decided(
        self, record: PaymentRecord, card: ReadCard
    ) -> tuple[PaymentRecord, dict[str, Any] | None]:
        """Return a payment with the card that is named, stored, and what its payer is shown where
        they are asked now. It stays as it is where that card is decided on already.
        """
        contexts, known = self.contexts, record.card
        if known is not None and self._is_decided(record, known, card):
            if known.param == card.named.param:
                return record, None
            named = self._renamed(record, known, card)
            return named, shown_again(contexts, self.installation, named)
        decision = decide_on(
            contexts, self.book, self.installation, record.order, self.card, card, record
        )
        now, named = contexts.payments.now(), with_card(record, card, decision)
        standing = stand(contexts, self.installation, named, decision)
        members = standing_members(standing, named, now)
        after = move(named, "name_card", standing.status, now, **members)
        return store.save(contexts.payments.table, record, after), standing.dialog

    def _is_decided(self, record: PaymentRecord, known: NamedCard, card: ReadCard) -> bool:
        """Whether the present decision is on this card, and counts still. That on a signed token is
        on the card that Stripe has of it.
        """
        decision = load_decision(self.contexts, record.decision)
        if decision is None or not decision.covers(self.contexts.payments.now()):
            return False
        is_signed = decision.order.evidence == "signed"
        is_of_token = is_signed and known.card.is_charged(card.at_stripe)
        return known.is_same(card.named) or is_of_token

    def _renamed(self, record: PaymentRecord, known: NamedCard, card: ReadCard) -> PaymentRecord:
        """Return a payment whose card is named by another id, with the proof that it has."""
        now, proof = self.contexts.payments.now(), record.proof
        ids = NamedCard(known.card, card.named.payment_method, card.named.confirmation_token)
        goes_on = record.status == "requires_card" and proof is not None
        status, following = record.status, record.next
        if goes_on:
            status, following = "ready", "authenticate" if proof == "3ds" else "pay"
        after = move(record, "name_card", status, now, card=ids, next=following)
        return store.save(self.contexts.payments.table, record, after)

    def _give_up(self, record: PaymentRecord) -> PaymentRecord:
        decision = load_decision(self.contexts, record.decision)
        if decision is None:
            raise RuntimeError("the decision of a payment is not stored")
        after, others = given_up(self.contexts, record, decision)
        return store.save(self.contexts.payments.table, record, after, others)

    def _refreshed(self, record: PaymentRecord) -> PaymentRecord:
        after = refreshed(self.contexts, self.installation, record)
        return (
            record if after is record else store.save(self.contexts.payments.table, record, after)
        )
