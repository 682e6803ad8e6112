"""What may happen to payments: calls, events, crashes and faults, in any order. Whatever happens, one
order is charged once, as it was decided, and every payment ends as Stripe has it.
"""

from collections.abc import Callable
from typing import Any

from countersign.http import deadline
from countersign.payments import store
from countersign.payments.close_payments import end_with_payments
from countersign.payments.context import Contexts
from countersign.payments.lost_account import LOST
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.read_named_card import CardRequest
from countersign.payments.spc_ceremony import shown_again
from countersign.payments.status import ENDED
from countersign.problems import Problem
from countersign.step_up.review import Review
from countersign.step_up.review_decision import review_decision
from countersign.step_up.store import load as load_decision
from tests.support.crashes import Fuse, Killed
from tests.support.ledger_cards import PlayedCard
from tests.support.ledger_stripe import Fault
from tests.support.payment_model import CARDS, RULES, why_not_captured
from tests.support.payment_world import PaymentWorld
from tests.support.spc_people import ACCOUNT, HOME, SHOP, bound_browser, identified, registered

USERS = "user_1", "user_2"
PERMISSIONS = "charge_read", "review_read", "payment_intent_read", "payment_intent_write"
FAULTS: tuple[Fault, ...] = (
    *("lost", "unanswered", "late", "failed", "failed_done", "failed_late", "busy", "running"),
)
WAITS = (1, 5, 11, 31, 31, 61, 61, 130, 130, 130, 901, 901, 1900, 7200, 22 * 3600, 6 * 86400)


class PaymentMachine:
    """A world of payments, and what may happen in it. The first user's browser is trusted everywhere."""

    def __init__(self, world: PaymentWorld) -> None:
        self.world = world
        self.fuse: Fuse | None = None
        self.ended: dict[str, str] = {}
        self.reviewed: set[str] = set()
        self.methods: dict[str, CardRequest] = {}
        self.world.stripe.watch = self.watch
        spc = self.world.spc
        self.passkeys = {
            "user_1": identified(spc, "user_1", bound_browser(HOME, "user_1")),
            "user_2": registered(spc, "user_2"),
        }

    def begin(self, card: PlayedCard, by: str) -> None:
        self.world.create("order-1", card=self.card(card, by))

    # What merchants do.

    def create(
        self,
        reference: int,
        card: PlayedCard | None,
        by: str,
        payer: str | None,
        replaces: bool,
        twice: bool,
    ) -> None:
        options: dict[str, Any] = {
            "replaces": replaces,
            "card": self.card(card, by) if card else CardRequest(),
            "payer": self.world.payer(payer) if payer else None,
            "key": f"create-{len(self.world.records())}-{len(self.world.stripe.calls)}",
        }

        def call(contexts: Contexts) -> None:
            made = self.world.create(f"order-{reference}", contexts=contexts, **options)
            if twice:
                again = self.world.create(f"order-{reference}", contexts=contexts, **options)
                assert again.record.id == made.record.id

        self.attempt(call)

    def go_on(self, act: str, which: int, card: PlayedCard | None, by: str, gives_up: bool) -> None:
        record = self.pick(which)
        if record is None:
            return
        if card is None and record.card is not None and record.card.confirmation_token:
            card = next(one for one in CARDS if one.fingerprint == record.card.card.fingerprint)
        request = self.card(card, by) if card else CardRequest()
        calls: dict[str, Callable[[Contexts], object]] = {
            "confirm": lambda contexts: self.world.confirm(
                record.id, request, contexts=contexts, gives_up_spc=gives_up
            ),
            "cancel": lambda contexts: self.world.cancel(record.id, contexts),
            "ask": lambda contexts: self.world.ask(record.id, contexts),
        }
        self.attempt(calls[act])

    def review(self, which: int, outcome: Any) -> None:
        record = self.pick(which, "in_review")
        decisions = self.world.contexts.decisions
        decision = load_decision(decisions.step_up.table, str(record.decision)) if record else None
        if decision is None:
            return
        review = Review(outcome, self.world.clock(), "f" * 64)
        self.attempt(
            lambda _: review_decision(decisions, RULES, self.world.installation(), decision, review)
        )
        if (found := load_decision(decisions.step_up.table, decision.id)) and found.review:
            self.reviewed |= {decision.id} if found.review.outcome != "decline" else set()

    # What payers do.

    def act(self, which: int, act: str) -> None:
        """What Stripe asks is passed or failed; a payment is confirmed in the payer's own browser,
        or elsewhere.
        """
        intent = self.intent(which, "requires_action")
        if act in ("pass", "fail"):
            if intent:
                self.world.stripe.authenticate(intent, passed=act == "pass")
            return
        record = self.pick(which, "requires_step_up")
        if record is None:
            return
        user = next(one for one in USERS if self.world.payer(one) == record.order.payer)
        browser = bound_browser(SHOP, user if act == "answer" else "elsewhere")
        if shown_again(self.world.contexts, self.world.installation(), record):
            self.attempt(lambda _: self.world.answer(record.id, self.passkeys[user], browser))

    # What happens by itself, and what goes wrong.

    def wait(self, seconds: int, which: int, told: bool) -> None:
        """Time passes, Stripe tells of a PaymentIntent, and the sweep runs."""
        self.world.wait(seconds)
        intents = list(self.world.stripe.intents)
        if told and intents:
            self.world.event(intents[which % len(intents)])
        self.attempt(self.world.sweep)

    def fail(self, faults: list[Fault]) -> None:
        self.world.stripe.faults.extend(faults)

    def crash(self, step: int, after: bool) -> None:
        """The process of the next call dies."""
        self.fuse = Fuse(step, after=after)

    def account(self, act: str, taken: set[str]) -> None:
        """The account is lost and found, permissions are taken from the app and given again, and
        the app is about to be uninstalled.
        """
        stripe = self.world.stripe
        if act in ("lose", "find"):
            stripe.unreachable = {ACCOUNT} if act == "lose" else set()
        if act in ("take", "give"):
            stripe.withdrawn = taken if act == "take" else set()
        if act == "leave":
            self.attempt(self.leave)

    def leave(self, contexts: Contexts) -> None:
        """Nothing is open any more when an installation ends."""
        deadline.start(29)
        end_with_payments(contexts, self.world.installation(), lambda: None, force=False)
        assert all(record.has_ended for record in self.world.records())
        ours = {record.payment_intent for record in self.world.records()}
        held = {name for name, found in self.intents() if found["status"] == "requires_capture"}
        assert not held & ours

    def at_stripe(self, which: int, act: str, approved: bool) -> None:
        """What the merchant does in the Dashboard, and Stripe's own review."""
        stripe, held = self.world.stripe, self.intent(which, "requires_capture")
        if act in ("refund", "dispute") and (paid := self.intent(which, "succeeded")):
            stripe.change_charge(paid, amount_refunded=500, disputed=act == "dispute")
            self.world.event(paid, "charge.refunded")
        if act in ("capture", "part") and held:
            stripe.merchant_captures(held, None if act == "capture" else 500)
        if act in ("review", "end") and held:
            reason = "approved" if approved else "refunded_as_fraud"
            stripe.review(held, is_open=act == "review", reason=reason)
        if act == "cancel" and (one := held or self.intent(which, "requires_action")):
            stripe.merchant_cancels(one)

    # What always holds.

    def watch(self, intent: str) -> None:
        """We capture only what was decided, with the proof that was asked for."""
        (record,) = [one for one in self.world.records() if one.payment_intent == intent]
        assert why_not_captured(self.world, record, self.reviewed) == []
        assert record.id not in self.ended

    def one_capture_of_an_order(self) -> None:
        paid: dict[str, list[str]] = {}
        by_id = {record.id: record for record in self.world.records()}
        for intent, _ in self.world.stripe.captures:
            payment = self.world.stripe.intents[intent]["metadata"]["countersign_payment"]
            paid.setdefault(by_id[payment].order.reference, []).append(intent)
        assert all(len(intents) == 1 for intents in paid.values()), paid

    def a_final_state_is_never_left(self) -> None:
        for record in self.world.records():
            known = self.ended.get(record.id)
            assert known in (None, record.status), (known, record.steps)
            if record.has_ended:
                self.ended[record.id] = record.status

    def check(self) -> None:
        """What holds after each act."""
        self.one_capture_of_an_order()
        self.a_final_state_is_never_left()

    def end(self) -> None:
        """Everything comes to its end, and is as Stripe has it."""
        self.world.settle_down()
        for intent in self.world.stripe.intents:
            self.world.event(intent, "charge.refunded")
        # What is left over at Stripe is looked for after ten minutes, and where Stripe has saved a
        # failure with the key of its cancellation, canceled with the next hour's.
        for seconds in [61] * 12 + [3600] * 2:
            self.world.wait(seconds)
            self.world.sweep()
        self.all_is_as_stripe_has_it()
        self.check()

    def all_is_as_stripe_has_it(self) -> None:
        assert {found["status"] for _, found in self.intents()} <= {"succeeded", "canceled"}
        ours = dict(self.world.stripe.captures)
        for record in self.world.records():
            assert record.status in ENDED
            holder = store.holder_of(self.world.contexts.payments.table, record.order)
            assert (holder == record.id) == (record.status == "succeeded"), record.steps
            if record.payment_intent is None:
                assert record.status != "succeeded"
                continue
            found = self.world.stripe.whole(self.world.stripe.intents[record.payment_intent])
            charge = found["latest_charge"] or {}
            is_paid = found["status"] == "succeeded"
            if record.reason == LOST and is_paid:
                assert record.unproven, record.steps  # what others did while nothing was permitted
                continue
            assert is_paid == (record.status == "succeeded"), (found["status"], record.steps)
            assert is_paid or found["status"] == "canceled"
            assert record.money.captured == found["amount_received"]
            assert record.money.refunded == (charge["amount_refunded"] if is_paid else 0)
            assert record.money.disputed == charge.get("disputed", False)
            if is_paid:
                chosen, amount = record.settle, record.order.amount
                # Once we have chosen to capture, whoever captures all of it does what was decided.
                is_decided = chosen is not None and chosen.kind == "capture"
                is_as_decided = is_decided and found["amount_received"] == amount
                is_ours = ours[record.payment_intent]
                assert record.unproven == (not is_ours and not is_as_decided), record.steps

    # How.

    def attempt(self, call: Callable[[Contexts], object]) -> None:
        """A call by a process that may die. It is refused with a reason, and never breaks."""
        fuse, self.fuse = self.fuse, None
        try:
            call(self.world.dying(fuse) if fuse else self.world.contexts)
        except Killed:
            return
        except Problem as problem:
            assert problem.status < 500 or problem.status == 503, problem.code

    def card(self, card: Any, by: str) -> CardRequest:
        """The card by a fresh token, or by its one PaymentMethod."""
        if by == "token":
            return self.world.token(card)
        return self.methods.setdefault(card.last4, self.world.card(card))

    def pick(self, which: int, status: str | None = None) -> PaymentRecord | None:
        """One of the payments in a status; without one an open one mostly."""
        records = self.world.records()
        wanted = [record for record in records if record.status == status]
        open_ = [record for record in records if not record.has_ended]
        chosen = wanted if status else open_ if open_ and which < 18 else records
        return chosen[which % len(chosen)] if chosen else None

    def intents(self) -> list[tuple[str, Any]]:
        return list(self.world.stripe.intents.items())

    def intent(self, which: int, status: str) -> str | None:
        found = [name for name, each in self.intents() if each["status"] == status]
        return found[which % len(found)] if found else None
