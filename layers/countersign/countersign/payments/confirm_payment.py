"""Confirm a payment: pay with a card, or go on once the payer has acted."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct

from countersign.aws.changes import TransactionRefused
from countersign.http.idempotency import IdempotencyKey, remember_change, resource_of
from countersign.installs.installation import Installation
from countersign.payments import spc_ceremony, store
from countersign.payments.advance_payment import advance_payment, cancel_now, try_advance
from countersign.payments.at_present import at_present
from countersign.payments.attempt_payment import attempt_card, repeat, resume
from countersign.payments.check_permissions import check_permissions
from countersign.payments.confirm_card import CardConfirmation
from countersign.payments.context import Contexts
from countersign.payments.follow_intent import follow_intent
from countersign.payments.load_decision import load_decision
from countersign.payments.make_intent import resolve_creation
from countersign.payments.mark_decision import resolve_marking
from countersign.payments.on_account import read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.read_named_card import CardRequest, read_named_card
from countersign.payments.read_payment import read_payment
from countersign.payments.refusals import begin_again, payment_busy, payment_ended
from countersign.payments.send_attempt import Attempted
from countersign.payments.status import BEFORE_CARD
from countersign.step_up.rules import RuleBook
from countersign.stripe_api.calls import AccountUnreachable

SECOND_TRY_AFTER = 30
"""Seconds after which the request that claimed something has ended: another may repeat it."""
ANOTHER_CARD = "another_card"
"""The reason of a payment that was canceled since another card was named while Stripe waited."""


class ConfirmedPayment(Struct, frozen=True):
    """A payment after a confirmation, and what its payer is shown, where they are asked first.
    `found` is its PaymentIntent, where it was read since: it holds its `client_secret`, so it is
    neither logged nor stored.
    """

    record: PaymentRecord
    dialog: dict[str, Any] | None = None
    found: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, attempted: Attempted) -> "ConfirmedPayment":
        """Return a payment after an attempt."""
        return cls(attempted.record, None, attempted.found)


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
    `card_required`, `permission_missing`, and what reading, deciding and attempting raise.
    """
    table = contexts.payments.table
    confirming = _Confirming(contexts, book, installation, card, key, gives_up_spc)

    def confirm(present: PaymentRecord) -> ConfirmedPayment:
        if resource_of(table, key) is None:
            return confirming.confirm(present)
        made = store.load(table, present.id) or present
        return ConfirmedPayment(made, spc_ceremony.shown_again(contexts, installation, made))

    return at_present(table, record, confirm)


class _Confirming(CardConfirmation, frozen=True):
    """One request to confirm a payment."""

    def confirm(self, record: PaymentRecord) -> ConfirmedPayment:
        """Do what is next for a payment in its status."""
        if record.has_ended:
            raise _ended(record)
        if record.status == "unreachable":
            return self._found_again(record)
        if record.status == "processing":
            return self._running(record)
        if record.status == "requires_action":
            return self._acting(record)
        fresh = read_payment(self.contexts, record)
        return self._with_card(fresh) if fresh.status in BEFORE_CARD else self.confirm(fresh)

    def _found_again(self, record: PaymentRecord) -> ConfirmedPayment:
        """Go on with a payment whose account can be reached again."""
        found = advance_payment(self.contexts, record)
        if found.status == "unreachable":
            raise AccountUnreachable
        return self.confirm(found)

    def _running(self, record: PaymentRecord) -> ConfirmedPayment:
        """Go on with what runs, once the request that began it has ended."""
        contexts, installation = self.contexts, self.installation
        claim = record.running
        if record.settle is not None or claim is None:
            return ConfirmedPayment(try_advance(contexts, record))
        left = claim.claimed_at + SECOND_TRY_AFTER - contexts.payments.now()
        if left > 0:
            raise payment_busy(record.id, left)
        if record.payment_intent is None:
            return self.confirm(resolve_creation(contexts, installation, record))
        if record.marking is not None:
            return self.confirm(resolve_marking(contexts, installation, record))
        repeated = ConfirmedPayment.of(repeat(contexts, installation, record))
        return self._answered(repeated)

    def _acting(self, record: PaymentRecord) -> ConfirmedPayment:
        """The payer was asked to act. Another card ends this payment: nobody knows whether the
        first one is being authenticated right now.
        """
        contexts, installation = self.contexts, self.installation
        if self.card.names_card:
            named = read_named_card(contexts, installation, self.card).named
            if record.card is None or not record.card.is_same(named):
                ended = cancel_now(contexts, installation, record, ANOTHER_CARD)
                raise _ended(ended) if ended.has_ended else payment_busy(record.id)
        found = read(contexts, installation, record)
        if found["status"] == "requires_confirmation":
            return ConfirmedPayment.of(
                resume(contexts, installation, record, [remember_change(self.key, record.id)])
            )
        followed = follow_intent(contexts, installation, record, found)
        return self._answered(ConfirmedPayment(followed, None, found))

    def _answered(self, done: ConfirmedPayment) -> ConfirmedPayment:
        """Return a response that no attempt of this request stands behind, once its key stands for
        it: a repetition of the request, which meets another state then, begins none either.
        """
        with suppress(TransactionRefused):
            change = remember_change(self.key, done.record.id)
            self.contexts.payments.table.transact([change])
        return done

    def _with_card(self, record: PaymentRecord) -> ConfirmedPayment:
        """Name the card, require the proof, and attempt."""
        contexts, installation = self.contexts, self.installation
        check_permissions(contexts, installation)
        named = self.name(record)
        decision = load_decision(contexts, named.record.decision)
        if named.record.status != "ready" or decision is None:
            return ConfirmedPayment(named.record, named.dialog)
        others = [remember_change(self.key, record.id)]
        return ConfirmedPayment.of(
            attempt_card(contexts, installation, named.record, decision.order, others)
        )


def _ended(record: PaymentRecord) -> Exception:
    """Return the refusal for a payment that has ended."""
    is_left = record.reason == ANOTHER_CARD and record.status == "canceled"
    return begin_again(record.id) if is_left else payment_ended(record.id)
