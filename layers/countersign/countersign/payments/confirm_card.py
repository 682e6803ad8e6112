"""Name the card that a payment is confirmed with: decide on it, and require the proof."""

from typing import Any

from msgspec import Struct

from countersign.http.idempotency import IdempotencyKey, remember_change
from countersign.installs.installation import Installation
from countersign.payments import spc_ceremony, store
from countersign.payments.context import Contexts
from countersign.payments.decide_on_card import counts_for, decide_on_card, with_card
from countersign.payments.load_decision import load_decision
from countersign.payments.machine import move
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.proof import given_up, stand
from countersign.payments.read_named_card import CardRequest, ReadCard, read_named_card
from countersign.payments.refusals import (
    card_required,
    payment_busy,
    step_up_required,
    too_many_cards,
)
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.refusals import card_differs
from countersign.step_up.rules import RuleBook

MOST_CARDS = 20
"""Times that a card is named for one payment: each is decided on and stored."""
MOST_STEPS = 100
"""Steps of a payment after which nobody tries it any more: what is stored of it is bounded."""
PAUSE = 10
"""Seconds for which a card that was declined is not tried again."""


class CardNamed(Struct, frozen=True):
    """A payment whose card is named, and what its payer is shown, where they are asked now."""

    record: PaymentRecord
    dialog: dict[str, Any] | None = None


class CardConfirmation(Struct, frozen=True):
    """One request to confirm a payment, as far as its card."""

    contexts: Contexts
    book: RuleBook
    installation: Installation
    card: CardRequest
    key: IdempotencyKey
    gives_up_spc: bool

    def name(self, record: PaymentRecord) -> CardNamed:
        """Return a payment with the card that is named, stored.

        Raises 409 `payment_busy` for a card that was declined a moment ago, `card_differs`,
        `card_required`, `step_up_required` where the payer was asked before and has yet to confirm,
        `too_many_cards`, 422 for a card that is not possible, and what deciding and asking raise.
        """
        if len(record.steps) >= MOST_STEPS:
            raise too_many_cards(record.id)
        card = self._read(record)
        self._check_pause(record, card)
        self._check_proof(record, card)
        named = self._decided(record, card)
        if named.record.status != "requires_step_up":
            return named
        if self.gives_up_spc:
            return CardNamed(self._give_up(named.record))
        if named.dialog is None:
            raise step_up_required(record.id)
        return named

    def _read(self, record: PaymentRecord) -> ReadCard:
        """Return the card that the request names, else the one that was named before, as Stripe has
        it now.
        """
        request, known = self.card, record.card
        if not request.names_card:
            is_declined = record.attempt is not None and record.attempt.is_declined
            if known is None or not known.param or record.next == "again" or is_declined:
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

    def _decided(self, record: PaymentRecord, card: ReadCard) -> CardNamed:
        """Return a payment with the card. It stays as it is where that card is decided on already,
        and its payer was asked if that is needed.
        """
        contexts, decision = self.contexts, self._present(record, card)
        is_new = record.card is None or record.card.param != card.named.param
        is_wanted = record.status == "requires_card" and record.next == "again"
        if decision is not None and not is_new and not (is_wanted and card.is_reusable):
            return CardNamed(record)
        _check_cards(record)
        if decision is not None and not (is_wanted and record.proof is None):
            return CardNamed(self._renamed(record, card))
        if decision is None:
            request = CardRequest(card.named.payment_method, card.named.confirmation_token)
            decision = decide_on_card(
                contexts, self.book, self.installation, record.order, request, card, record
            )
        now, named = contexts.payments.now(), with_card(record, card, decision)
        standing = stand(contexts, self.installation, named, decision)
        after = move(named, "name_card", standing.status, now, **standing.members(named, now))
        return CardNamed(self._save(record, after), standing.dialog)

    def _present(self, record: PaymentRecord, card: ReadCard) -> DecisionRecord | None:
        """Return the present decision of a payment if it is on this card, and counts still. That on
        a signed token is on the card that Stripe has of it.
        """
        known, decision = record.card, load_decision(self.contexts, record.decision)
        is_unasked = record.status == "requires_step_up" and record.ceremony is None
        if known is None or decision is None or is_unasked:
            return None
        if not counts_for(decision, card, self.contexts.payments.now()):
            return None
        is_signed = decision.order.evidence == "signed"
        return decision if is_signed or known.is_same(card.named) else None

    def _renamed(self, record: PaymentRecord, card: ReadCard) -> PaymentRecord:
        """Return a payment whose card is named by another id, with the proof that it has."""
        now, proof, ids = self.contexts.payments.now(), record.proof, card.named
        status, following = record.status, record.next
        if status == "requires_card" and proof is not None:
            status, following = "ready", "authenticate" if proof == "3ds" else "pay"
        after = move(record, "name_card", status, now, card=ids, next=following)
        return store.save(self.contexts.payments.table, record, after)

    def _give_up(self, record: PaymentRecord) -> PaymentRecord:
        decision = load_decision(self.contexts, record.decision)
        if decision is None:
            raise RuntimeError("the decision of a payment is not stored")
        return self._save(record, given_up(self.contexts, record, decision))

    def _save(self, record: PaymentRecord, after: PaymentRecord) -> PaymentRecord:
        """Store a payment. An earlier confirmation is void with it, and the key stands for it where
        no attempt follows.
        """
        is_given_up = after.status == "requires_step_up" and self.gives_up_spc
        is_last = after.status != "ready" and not is_given_up
        others = [
            *spc_ceremony.void(self.contexts, record),
            *([remember_change(self.key, record.id)] if is_last else []),
        ]
        return store.save(self.contexts.payments.table, record, after, others)


def _check_cards(record: PaymentRecord) -> None:
    """Raise 409 `too_many_cards` where a card was named often enough."""
    if sum(step.did == "name_card" for step in record.steps) >= MOST_CARDS:
        raise too_many_cards(record.id)
