"""What became of a decision is read again, or found, where nobody reports it."""

from typing import Any

import pytest
from msgspec.structs import replace

from countersign.aws.due_index import DAY, HOUR, SHARDS
from countersign.aws.redate import RETRY
from countersign.installs.store import record_uninstalled
from countersign.problems import Unavailable
from countersign.step_up import store
from countersign.step_up.context import contexts
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.due_decisions import DueDecision, take_due_decisions
from countersign.step_up.find_payments import find_payments, in_groups
from countersign.step_up.read_again import read_again
from countersign.stripe_api.event_order import moment
from tests.support.authenticator import Passkey
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import DECISIONS, StepUpBundle
from tests.support.step_up_cards import METHODS, at_stripe, paid
from tests.support.step_up_results import CHALLENGED, told
from tests.support.threads import at_once

ALL_REVIEWED = """
[[rule]]
name = "look"
outcome = "review"
[rule.when]
first_seen = true
[default]
outcome = "step_up"
"""


def due() -> dict[str, int]:
    """What is due now, each with its time."""
    context = contexts().step_up
    table, now = context.table, context.now()
    return {pk: at for shard in SHARDS for pk, at in table.due(shard, now, 100).items()}


def read_all() -> int:
    """Read what is due, and return of how many decisions Stripe knew more."""
    taken = take_due_decisions(contexts(), due())
    changed = sum(read_again(contexts(), each) for each in taken if each.is_reported)
    unreported = [each for each in taken if not each.is_reported]
    return changed + sum(find_payments(contexts(), group) for group in in_groups(unreported))


def record_of(decision: Json) -> DecisionRecord:
    found = store.load(contexts().step_up.table, decision["id"])
    assert found is not None
    return found


def results_of(step_up: StepUpBundle, decision: Json) -> Any:
    return step_up.decider().get(f"{DECISIONS}/{decision['id']}").json["results"]


def named(decision: Json) -> Json:
    return {"metadata": {"countersign_decision": decision["id"]}}


def test_a_payment_that_names_its_decision_need_not_be_reported(
    step_up: StepUpBundle, clock: Clock
) -> None:
    decision, other = step_up.decided(), step_up.decided()
    payment = paid(step_up, three_d_secure=CHALLENGED, **named(decision))
    paid(step_up)
    clock.advance(HOUR)
    assert read_all() == 1
    found = results_of(step_up, decision)
    assert found["payment"]["payment_intent"] == payment
    assert found["fulfilled"] is True
    assert results_of(step_up, other)["payment"] is None
    clock.advance(5 * HOUR)
    assert due().keys() == {f"decision#{other['id']}"}


@pytest.mark.exhaustive  # each look of a week
def test_a_decision_that_is_never_paid_is_looked_for_during_a_week(
    step_up: StepUpBundle, clock: Clock
) -> None:
    step_up.decided()
    begun, times = clock(), []
    paid(step_up)
    for _ in range(8 * 24):
        clock.advance(HOUR)
        if due():
            times.append((clock() - begun) / HOUR)
            assert read_all() == 0
            assert due() == {}
    assert times == [1, 6, *range(24, 7 * 24 + 1, 24)]


def test_a_payment_that_was_reported_too_early_is_read_until_it_has_ended(
    step_up: StepUpBundle, clock: Clock
) -> None:
    decision = step_up.decided()
    payment = paid(step_up, three_d_secure=CHALLENGED, capture_method="manual")
    assert told(step_up, decision, payment_intent=payment)["fulfilled"] is None
    clock.advance(HOUR)
    assert read_all() == 0
    step_up.stripe.post(
        "/_merchant", {"account": BAKERY, "do": "capture", "payment_intent": payment}
    )
    clock.advance(5 * HOUR)
    assert read_all() == 1
    assert results_of(step_up, decision)["fulfilled"] is True
    clock.advance(8 * DAY)
    assert due() == {}


def test_what_was_reported_whole_leaves_the_index_at_its_first_turn(
    step_up: StepUpBundle, clock: Clock
) -> None:
    decision = step_up.decided()
    told(step_up, decision, payment_intent=paid(step_up, three_d_secure=CHALLENGED))
    clock.advance(HOUR)
    requests = len(step_up.stripe.requests())
    assert take_due_decisions(contexts(), due()) == []
    assert len(step_up.stripe.requests()) == requests
    clock.advance(8 * DAY)
    assert due() == {}


def test_a_ceremony_that_was_reported_pending_is_read_again(
    step_up: StepUpBundle, user: str, clock: Clock
) -> None:
    passkey: Passkey = step_up.register(user)
    decision, ceremony = step_up.decided(payer=step_up.allow(user)), step_up.ask(user)
    names = {"ceremony_id": ceremony["ceremony_id"]}
    assert told(step_up, decision, **names)["spc"]["status"] == "pending"
    assert step_up.confirm(ceremony, passkey).status == 200
    clock.advance(HOUR)
    assert read_all() == 1
    assert results_of(step_up, decision)["spc"]["status"] == "authenticated"


def test_a_payment_that_cannot_be_the_decisions_is_not_recorded(
    step_up: StepUpBundle, clock: Clock
) -> None:
    decision = step_up.decided()
    paid(step_up, amount=1100, **named(decision))
    clock.advance(HOUR)
    assert read_all() == 0
    assert results_of(step_up, decision)["payment"] is None
    clock.advance(8 * DAY)
    assert due() == {}  # it has ended as another, and will not become this decision's


def test_of_two_payments_that_name_a_decision_the_one_that_it_can_be_counts(
    step_up: StepUpBundle, clock: Clock
) -> None:
    decision = step_up.decided()
    paid(step_up, amount=1100, **named(decision))
    payment = paid(step_up, **named(decision))
    clock.advance(HOUR)
    assert read_all() == 1
    assert results_of(step_up, decision)["payment"]["payment_intent"] == payment


def test_the_payments_of_many_decisions_are_listed_at_once(
    step_up: StepUpBundle, clock: Clock
) -> None:
    decisions = [step_up.decided() for _ in range(5)]
    for decision in decisions:
        paid(step_up, **named(decision))
    clock.advance(HOUR)
    step_up.stripe.backend.store.clear("request")
    assert read_all() == 5
    asked = [request["path"] for request in step_up.stripe.requests()]
    assert asked.count("/v1/payment_intents") <= 2  # the half hour may have ended in between


def test_another_merchants_payment_is_nobodys(step_up: StepUpBundle, clock: Clock) -> None:
    step_up.open_shop(BOOKSHOP)
    decision = step_up.decided()
    paid(step_up, BOOKSHOP, **named(decision))
    clock.advance(HOUR)
    assert read_all() == 0


def test_a_merchant_who_has_not_agreed_that_payments_are_read_holds_up_no_other(
    step_up: StepUpBundle, clock: Clock
) -> None:
    decision = step_up.decided()
    paid(step_up, **named(decision))
    withdrawn = {
        "account": BAKERY,
        "do": "withdraw_permission",
        "permission": "payment_intent_read",
    }
    assert step_up.stripe.post("/_merchant", withdrawn).status_code == 200
    clock.advance(HOUR)
    assert read_all() == 0
    clock.advance(5 * HOUR - 1)
    assert due() == {}
    clock.advance(1)
    assert len(due()) == 1


def test_a_decision_of_an_earlier_installation_is_looked_for_no_more(
    step_up: StepUpBundle, clock: Clock
) -> None:
    step_up.decided()
    record_uninstalled(contexts().installs.table, BAKERY, moment(clock() + 1))
    clock.advance(HOUR)
    assert read_all() == 0
    clock.advance(8 * DAY)
    assert due() == {}


def test_while_stripe_is_down_a_decision_comes_again_in_a_while(
    step_up: StepUpBundle, clock: Clock
) -> None:
    decision = step_up.decided()
    paid(step_up, **named(decision))
    clock.advance(HOUR)
    step_up.stripe.fault(path="/v1/payment_intents", status=500, times=2)
    with pytest.raises(Unavailable):
        read_all()
    assert due() == {}
    clock.advance(RETRY)
    assert read_all() == 1


def test_of_several_readers_each_decision_has_one(step_up: StepUpBundle, clock: Clock) -> None:
    for _ in range(4):
        step_up.decided()
    clock.advance(HOUR)
    found = due()
    results: list[list[DueDecision]] = at_once([lambda: take_due_decisions(contexts(), found)] * 6)
    taken = [each.record.pk for result in results for each in result]
    assert sorted(taken) == sorted(found)


@pytest.mark.exhaustive  # dies after each call
def test_a_reader_that_dies_anywhere_leaves_the_decision_due_or_read(
    step_up: StepUpBundle, clock: Clock
) -> None:
    begun, decisions = clock.now, []

    def work(fuse: Fuse) -> None:
        clock.now = begun
        decisions.append(step_up.decided())
        paid(step_up, three_d_secure=CHALLENGED, **named(decisions[-1]))
        clock.advance(HOUR)
        whole = contexts()
        dying = replace(
            whole, step_up=fused(whole.step_up, fuse), installs=fused(whole.installs, fuse)
        )
        for group in in_groups(take_due_decisions(dying, due())):
            find_payments(dying, group)

    for at in every_crash(work):
        clock.advance(RETRY)
        read_all()
        assert results_of(step_up, decisions[-1])["fulfilled"] is True, at
        clock.advance(6 * HOUR)
        read_all()
        assert due() == {}, at
    assert len(decisions) > 10


def test_the_end_of_a_review_begins_another_week(
    step_up: StepUpBundle, with_rules: Any, clock: Clock
) -> None:
    with_rules(ALL_REVIEWED)
    decision = step_up.decided(payment_method=at_stripe(step_up, METHODS))
    clock.advance(3 * DAY)
    while due():
        read_all()
    answer = step_up.decider().post(f"{DECISIONS}/{decision['id']}/review", {"outcome": "step_up"})
    assert answer.status == 200, answer
    assert record_of(decision).next_read(clock()) == clock() + HOUR
    clock.advance(HOUR)
    assert due().keys() == {f"decision#{decision['id']}"}
