"""The crash points of a payment, one by one: the process dies, or Stripe does not answer, and
whoever comes next goes on from what is stored and from what Stripe has. Nobody is charged twice, and
nothing is left open.
"""

from collections.abc import Callable

import pytest

from countersign.payments.context import Contexts
from countersign.payments.payment_record import LASTS, PaymentRecord
from countersign.payments.read_named_card import CardRequest
from countersign.payments.status import ENDED
from countersign.problems import Problem
from tests.domain.payments.conftest import MakeWorld
from tests.support.crashes import FuseAt, Killed
from tests.support.exhaustive import exhaustive
from tests.support.ledger_cards import PlayedCard
from tests.support.ledger_stripe import LATE, Fault
from tests.support.payment_model import RULES
from tests.support.payment_world import PaymentWorld

UNKNOWN = "stripe_unavailable", "request_in_progress"
PLAIN, CHALLENGED = PlayedCard(), PlayedCard("3155", "challenge")


@pytest.fixture
def world(make_world: MakeWorld) -> PaymentWorld:
    return make_world(RULES)


def ready(world: PaymentWorld, card: PlayedCard = PLAIN, by: str = "card") -> str:
    """A payment whose card is named by its PaymentMethod or by a `token`, and decided on."""
    made = world.create(card=getattr(world, by)(card))
    assert made.record.status == "ready"
    return made.record.id


def dies(call: Callable[[Contexts], object], world: PaymentWorld, at: str) -> None:
    """A call whose process dies at a place such as `after stripe.create`."""
    with pytest.raises(Killed):
        call(world.dying(FuseAt(at)))


def confirm_dies(world: PaymentWorld, payment: str, at: str) -> None:
    dies(lambda contexts: world.confirm(payment, contexts=contexts), world, at)


def acting(world: PaymentWorld) -> tuple[str, str]:
    """A payment that waits for its payer at Stripe, and its PaymentIntent."""
    payment = ready(world, CHALLENGED)
    record = world.confirm(payment).record
    assert record.status == "requires_action"
    return payment, str(record.payment_intent)


def pays_again(
    world: PaymentWorld, payment: str, card: Callable[[], CardRequest] | None = None
) -> PaymentRecord:
    """The payer comes back and pays until it is over, waiting where they are told to."""
    for _ in range(8):
        try:
            if world.confirm(payment, card() if card else None).record.has_ended:
                break
        except Problem as problem:
            if problem.code == "payment_ended":
                break
            assert problem.code in ("payment_busy", "card_required", *UNKNOWN), problem.code
        world.wait(35)
        world.sweep()
    return world.record(payment)


def sweeps(world: PaymentWorld, seconds: int) -> None:
    """Nobody comes, and the sweep runs each minute."""
    for _ in range(seconds // 60 + 1):
        world.sweep()
        world.wait(60)


def is_charged_once(world: PaymentWorld, payment: str) -> None:
    record = world.record(payment)
    assert record.status == "succeeded", record.steps
    assert world.stripe.captures == [(record.payment_intent, True)]
    assert (record.unproven, record.money.captured) == (False, 1099)


def is_canceled(world: PaymentWorld, payment: str, reason: str) -> None:
    record = world.record(payment)
    assert (record.status, record.reason) == ("canceled", reason), record.steps
    statuses = {found["status"] for found in world.stripe.intents.values()}
    assert statuses <= {"canceled"}
    assert world.stripe.captures == []


def made(world: PaymentWorld, name: str) -> list[str]:
    """The keys of the calls of a name, in order."""
    return [key for called, key in world.stripe.calls if called == name]


def test_dead_before_the_creation_whoever_comes_next_creates(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "before stripe.create")
    pays_again(world, payment)
    is_charged_once(world, payment)
    assert len(world.stripe.intents) == 1


def test_a_payment_intent_that_was_not_stored_is_found_by_its_key(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "after stripe.create")
    assert world.record(payment).payment_intent is None
    pays_again(world, payment)
    is_charged_once(world, payment)
    assert len(world.stripe.intents) == 1
    assert len(set(made(world, "create"))) == 1


def test_one_that_was_not_stored_is_canceled_with_its_payment(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "after stripe.create")
    world.cancel(payment)
    is_canceled(world, payment, "merchant")
    assert len(world.stripe.intents) == 1


def test_one_that_was_not_stored_is_canceled_where_nobody_comes(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "after stripe.create")
    sweeps(world, 240)
    assert world.record(payment).status == "ready"
    world.wait(LASTS)
    world.sweep()
    is_canceled(world, payment, "expired")


def test_a_creation_that_nobody_looked_at_for_two_days_is_not_made_again(
    world: PaymentWorld,
) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "after stripe.create")
    world.wait(2 * 86400)
    sweeps(world, 120)
    is_canceled(world, payment, "expired")
    assert len(world.stripe.intents) == 1


def test_one_that_stripe_made_though_it_answered_500_is_adopted(world: PaymentWorld) -> None:
    payment = ready(world)
    world.stripe.fail("create", "failed_done")
    pays_again(world, payment)
    is_charged_once(world, payment)
    assert len(world.stripe.intents) == 1


def test_among_many_payment_intents_the_one_of_the_payment_is_adopted(world: PaymentWorld) -> None:
    others = [ready(world) for _ in range(4)]
    for other in others:
        world.confirm(other)
    world.stripe.captures.clear()
    payment = ready(world)
    world.stripe.fail("create", "failed_done")
    for other in (ready(world), ready(world)):
        confirm_dies(world, other, "after stripe.create")
    pays_again(world, payment)
    is_charged_once(world, payment)
    assert len(world.intents_of(payment)) == 1


def test_after_a_500_with_nothing_to_show_the_next_creation_has_another_key(
    world: PaymentWorld,
) -> None:
    payment = ready(world)
    world.stripe.fail("create", "failed")
    pays_again(world, payment)
    is_charged_once(world, payment)
    assert len(set(made(world, "create"))) == 2


def test_one_that_stripe_makes_late_after_a_500_is_canceled_by_the_sweep(
    world: PaymentWorld,
) -> None:
    payment = ready(world)
    world.stripe.fail("create", "failed_late")
    with pytest.raises(Problem):
        world.confirm(payment)
    world.wait(LATE + 1)
    pays_again(world, payment)
    is_charged_once(world, payment)
    sweeps(world, 3600)
    statuses = sorted(found["status"] for found in world.intents_of(payment))
    assert statuses == ["canceled", "succeeded"]


def test_an_attempt_that_was_not_sent_is_sent_with_the_same_key(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "before stripe.confirm")
    pays_again(world, payment)
    is_charged_once(world, payment)
    assert len(set(made(world, "confirm"))) == 1


def test_an_attempt_that_was_not_sent_is_given_up_where_nobody_comes(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "before stripe.confirm")
    sweeps(world, 240)
    assert world.record(payment).status == "ready"
    assert made(world, "confirm") == []
    pays_again(world, payment)
    is_charged_once(world, payment)


def test_a_token_of_an_attempt_that_was_not_sent_is_asked_for_again(world: PaymentWorld) -> None:
    payment = ready(world, by="token")
    confirm_dies(world, payment, "before stripe.confirm")
    sweeps(world, 240)
    record = world.record(payment)
    assert (record.status, record.next) == ("requires_card", "again")
    pays_again(world, payment, lambda: world.token(PLAIN))
    is_charged_once(world, payment)


def test_an_attempt_that_nobody_heard_of_is_settled_by_the_sweep(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "after stripe.confirm")
    sweeps(world, 120)
    is_charged_once(world, payment)


def test_an_attempt_that_nobody_heard_of_is_settled_by_whoever_comes(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "after stripe.confirm")
    with pytest.raises(Problem, match="payment_busy"):
        world.confirm(payment)
    world.wait(31)
    assert world.confirm(payment).record.status == "succeeded"
    is_charged_once(world, payment)


@pytest.mark.parametrize("by", ["card", exhaustive("token")])
@pytest.mark.parametrize(
    "fault", ["lost", "unanswered", "late", "busy", "running", "failed", "failed_done"]
)
@pytest.mark.parametrize("call", ["create", "confirm", "capture"])
def test_whatever_a_call_ends_in_the_payment_is_charged_once(
    world: PaymentWorld, call: str, fault: Fault, by: str
) -> None:
    payment = ready(world, by=by)
    world.stripe.fail(call, fault)
    if by == "card":
        pays_again(world, payment)
    else:
        pays_again(world, payment, lambda: world.token(PLAIN))
    world.settle_down()
    is_charged_once(world, payment)


@pytest.mark.parametrize("fault", ["lost", "unanswered", "late", "busy", "running", "failed_done"])
def test_whatever_a_cancellation_ends_in_the_payment_is_canceled(
    world: PaymentWorld, fault: Fault
) -> None:
    payment, _ = acting(world)
    world.stripe.fail("cancel", fault)
    world.cancel(payment)
    world.settle_down()
    is_canceled(world, payment, "merchant")


@pytest.mark.parametrize("kind", ["capture", "cancel"])
def test_a_500_that_stripe_has_saved_for_a_settlement_does_not_keep_it_open(
    world: PaymentWorld, kind: str
) -> None:
    world.stripe.fail(kind, "failed")
    if kind == "capture":
        payment = ready(world)
        world.confirm(payment)
        world.settle_down()
        is_charged_once(world, payment)
    else:
        payment, _ = acting(world)
        world.cancel(payment)
        world.settle_down()
        is_canceled(world, payment, "merchant")


def test_a_500_on_a_spent_token_leads_to_a_new_one(world: PaymentWorld) -> None:
    payment, spent = world.create().record.id, world.token(PLAIN)
    world.stripe.fail("confirm", "failed")
    world.confirm(payment, spent)
    world.stripe.spent.add(str(spent.confirmation_token))
    sweeps(world, 240)
    record = world.record(payment)
    assert (record.status, record.next) == ("requires_card", "again")
    with pytest.raises(Problem, match="card_required"):
        world.confirm(payment)
    pays_again(world, payment, lambda: world.token(PLAIN))
    is_charged_once(world, payment)


def test_an_attempt_that_arrives_after_it_was_given_up_charges_once(world: PaymentWorld) -> None:
    payment = ready(world)
    world.stripe.fail("confirm", "late")
    world.confirm(payment)
    world.wait(LATE - 1)
    world.confirm(payment)
    world.wait(2)
    sweeps(world, 240)
    is_charged_once(world, payment)


def test_a_payer_who_leaves_in_3d_secure_is_waited_for_15_minutes(world: PaymentWorld) -> None:
    payment, _ = acting(world)
    sweeps(world, 780)
    assert world.record(payment).status == "requires_action"
    sweeps(world, 120)
    is_canceled(world, payment, "abandoned")


def test_what_the_payer_has_authenticated_is_confirmed_when_they_are_back(
    world: PaymentWorld,
) -> None:
    payment, intent = acting(world)
    world.stripe.authenticate(intent)
    sweeps(world, 300)
    assert world.confirm(payment).record.status == "succeeded"
    is_charged_once(world, payment)


def test_what_the_payer_has_authenticated_is_canceled_where_nobody_comes_back(
    world: PaymentWorld,
) -> None:
    payment, intent = acting(world)
    world.stripe.authenticate(intent)
    world.event(intent, "payment_intent.requires_action")
    sweeps(world, 960)
    is_canceled(world, payment, "abandoned")


@pytest.mark.parametrize("at", ["before stripe.confirm", "after stripe.confirm"])
def test_a_second_confirmation_that_is_cut_short_is_gone_on_with(
    world: PaymentWorld, at: str
) -> None:
    payment, intent = acting(world)
    world.stripe.authenticate(intent)
    confirm_dies(world, payment, at)
    pays_again(world, payment)
    is_charged_once(world, payment)


@pytest.mark.parametrize("at", ["before stripe.capture", "after stripe.capture"])
def test_a_capture_that_was_chosen_is_made_once(world: PaymentWorld, at: str) -> None:
    payment = ready(world)
    confirm_dies(world, payment, at)
    assert world.record(payment).settle is not None
    with pytest.raises(Problem, match=r"payment_(succeeded|busy)"):
        world.cancel(payment)
    sweeps(world, 120)
    is_charged_once(world, payment)
    assert len(set(made(world, "capture"))) == 1


def reviewed_before_its_capture(world: PaymentWorld) -> tuple[str, str]:
    """A payment whose capture was chosen and not made, and of which Stripe has begun a review
    since; and its PaymentIntent.
    """
    payment = ready(world)
    confirm_dies(world, payment, "before stripe.capture")
    intent = str(world.record(payment).payment_intent)
    world.stripe.review(intent, is_open=True)
    return payment, intent


def test_a_capture_that_was_chosen_waits_for_a_review_that_began_meanwhile(
    world: PaymentWorld,
) -> None:
    payment, intent = reviewed_before_its_capture(world)
    with pytest.raises(Problem, match="payment_busy"):
        world.cancel(payment)
    sweeps(world, 600)
    assert world.record(payment).status == "processing"
    assert made(world, "capture") == []
    world.stripe.review(intent, is_open=False, reason="approved")
    sweeps(world, 120)
    is_charged_once(world, payment)


def test_a_capture_that_was_chosen_is_not_made_after_a_review_that_refuses_it(
    world: PaymentWorld,
) -> None:
    payment, intent = reviewed_before_its_capture(world)
    world.stripe.review(intent, is_open=False, reason="refunded_as_fraud")
    sweeps(world, 600)
    assert made(world, "capture") == []
    world.wait(8 * 86400)
    sweeps(world, 60)
    is_canceled(world, payment, "hold_expired")


@pytest.mark.parametrize("at", ["before stripe.cancel", "after stripe.cancel"])
def test_a_cancellation_that_was_chosen_is_made(world: PaymentWorld, at: str) -> None:
    payment, _ = acting(world)
    dies(lambda contexts: world.cancel(payment, contexts), world, at)
    sweeps(world, 120)
    is_canceled(world, payment, "merchant")


def test_a_capture_of_the_merchants_that_wins_over_a_cancellation_is_marked(
    world: PaymentWorld,
) -> None:
    payment = ready(world)
    world.stripe.fail("capture", "lost")
    confirm_dies(world, payment, "after stripe.confirm")
    intent = str(world.record(payment).payment_intent)
    dies(lambda contexts: world.cancel(payment, contexts), world, "before stripe.cancel")
    world.stripe.merchant_captures(intent)
    sweeps(world, 120)
    record = world.record(payment)
    assert (record.status, record.unproven, record.money.captured) == ("succeeded", True, 1099)
    with pytest.raises(Problem, match="payment_succeeded"):
        world.cancel(payment)


def test_a_cancellation_of_the_merchants_that_wins_over_a_capture_is_recorded(
    world: PaymentWorld,
) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "before stripe.capture")
    world.stripe.merchant_cancels(str(world.record(payment).payment_intent))
    sweeps(world, 120)
    is_canceled(world, payment, "canceled_at_stripe")


def test_a_hold_that_ends_is_recorded(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "before stripe.capture")
    world.wait(8 * 86400)
    sweeps(world, 60)
    is_canceled(world, payment, "hold_expired")


def test_no_event_is_needed(world: PaymentWorld) -> None:
    payments = [ready(world) for _ in range(5)]
    for payment in payments:
        confirm_dies(world, payment, "after stripe.confirm")
    sweeps(world, 120)
    assert {world.record(payment).status for payment in payments} == {"succeeded"}


def test_a_decline_that_was_cut_short_after_the_fifth_ends(world: PaymentWorld) -> None:
    card = world.card(PlayedCard("0002", "declined"))
    payment = world.create(card=card).record.id
    for _ in range(4):
        world.confirm(payment, card)
        world.wait(11)
    dies(
        lambda contexts: world.confirm(payment, card, contexts=contexts),
        world,
        "before stripe.cancel",
    )
    world.settle_down()
    record = world.record(payment)
    assert (record.status, record.reason, record.declines) == ("failed", "declined", 5)


def test_a_lost_account_is_looked_for_until_it_is_back(world: PaymentWorld) -> None:
    payment = ready(world)
    confirm_dies(world, payment, "after stripe.confirm")
    world.stripe.unreachable.add(world.record(payment).order.account_id)
    sweeps(world, 180)
    assert world.record(payment).status == "unreachable"
    world.settle_down()
    is_charged_once(world, payment)


def test_whatever_was_lost_with_the_account_everything_ends(world: PaymentWorld) -> None:
    places = ("before stripe.create", "after stripe.create", "before stripe.confirm")
    payments = [ready(world) for _ in places]
    for payment, at in zip(payments, places, strict=True):
        confirm_dies(world, payment, at)
    payments += [acting(world)[0], ready(world)]
    world.stripe.unreachable.add(world.record(payments[0]).order.account_id)
    sweeps(world, 1200)
    world.settle_down()
    assert all(world.record(payment).status in ENDED for payment in payments)
    statuses = {found["status"] for found in world.stripe.intents.values()}
    assert statuses <= {"canceled", "succeeded"}
