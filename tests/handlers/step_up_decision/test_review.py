"""The end of a review: once, by the merchant, never under the floor, and told in the log."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from countersign.crypto.pseudonyms import pseudonym_of
from countersign.installs import access
from countersign.problems import Problem
from countersign.step_up import store
from countersign.step_up.context import contexts
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.review import Review, ReviewOutcome
from countersign.step_up.review_decision import review_decision
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.load_rules import load_rules
from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.gateway import HttpAnswer
from tests.support.logs import Log
from tests.support.spc_bundle import HOLDER, SERVER
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import DECISIONS, OPERATOR_SCOPE, StepUpBundle, claims
from tests.support.step_up_cards import METHODS, at_stripe, paid, rewrite
from tests.support.step_up_results import CHALLENGED, charge_of, tell, told
from tests.support.threads import at_once
from tests.support.users import qualified

ALL_REVIEWED = '[[rule]]\nname = "look"\noutcome = "review"\n[rule.when]\nfirst_seen = true\n[default]\noutcome = "step_up"\n'
APPLE_PAY: Json = {"wallet": {"type": "apple_pay", "dynamic_last4": "1121"}, "country": "FR"}
GOOGLE_PAY: Json = {"wallet": {"type": "google_pay", "dynamic_last4": "1121"}, "country": "FR"}
UNASKED = ["none", "authenticated", "attempt_acknowledged", "exempted", "not_supported"]


@pytest.fixture
def reviewed(step_up: StepUpBundle, with_rules: Callable[[str], RuleBook]) -> StepUpBundle:
    """A deployment whose rules set every payment aside."""
    with_rules(ALL_REVIEWED)
    return step_up


def end(step_up: StepUpBundle, decision: Json, outcome: Any, **members: Any) -> HttpAnswer:
    path = f"{DECISIONS}/{decision['id']}/review"
    return step_up.decider().post(path, {"outcome": outcome, **members})


def ended(step_up: StepUpBundle, decision: Json, outcome: str, **members: Any) -> Json:
    """The decision after its review, as it is read afterwards, too."""
    answer = end(step_up, decision, outcome, **members)
    assert answer.status == 200, answer
    assert answer.json == step_up.decider().get(f"{DECISIONS}/{decision['id']}").json
    return dict(answer.json)


def on(step_up: StepUpBundle, card: Json, **members: Any) -> Json:
    """A decision on a card at Stripe that waits for its review."""
    decision = step_up.decided(payment_method=at_stripe(step_up, METHODS, card=card), **members)
    assert (decision["outcome"], decision["next"]) == ("review", "wait_for_review")
    assert (decision["captures"], decision["review"]) == ([], None)
    return decision


@pytest.mark.parametrize(("card", "said", "outcome", "next_", "captures"), [
    (APPLE_PAY, "proceed", "proceed", "pay", UNASKED), (GOOGLE_PAY, "proceed", "proceed", "pay", UNASKED),
    # Under the floor, a review gets what a rule would get.
    ({"country": "FR"}, "proceed", "step_up", "authenticate", ["authenticated"]),
    ({"country": "FR"}, "step_up", "step_up", "authenticate", ["authenticated"]),
    (APPLE_PAY, "step_up", "step_up", "another_card", []), ({"country": "FR"}, "decline", "decline", "stop", []),
    ({"country": "US"}, "proceed", "proceed", "pay", UNASKED),
])  # fmt: skip
def test_a_review_decides_within_the_floor(
    reviewed: StepUpBundle,
    clock: Clock,
    card: Json,
    said: str,
    outcome: str,
    next_: str,
    captures: Any,
) -> None:
    decision = on(reviewed, card)
    clock.advance(2 * 24 * 3600)
    found = ended(reviewed, decision, said, note="called back")
    assert (found["outcome"], found["next"], found["captures"]) == (outcome, next_, captures)
    assert found["expires_at"] == clock.now + 1800
    assert found["created"] == decision["created"]
    assert found["review"] == {"outcome": said, "ended_at": clock.now, "note": "called back"}
    assert found["reasons"][: len(decision["reasons"]) + 1] == [*decision["reasons"], "reviewed"]


def test_a_claim_that_was_made_when_it_was_decided_counts_in_the_review(
    reviewed: StepUpBundle,
) -> None:
    """The browser said that Google had not authenticated the cardholder."""
    less = {"cardHolderAuthenticated": False, "accountVerified": True}
    decision = on(reviewed, GOOGLE_PAY, google_pay={"payment_data": claims(less)})
    found = ended(reviewed, decision, "proceed")
    assert (found["outcome"], found["next"]) == ("step_up", "another_card")
    assert found["google_pay"] == {"allowedAuthMethods": ["PAN_ONLY"]}


@pytest.mark.parametrize("said", ["proceed", "step_up"])
def test_a_payment_without_its_payer_and_without_a_saving_can_only_be_declined(
    reviewed: StepUpBundle, said: str
) -> None:
    decision = reviewed.decided(off_session=True)
    assert_problem(end(reviewed, decision, said), 409, "review_below_floor")
    assert ended(reviewed, decision, "decline")["next"] == "stop"


def test_a_payment_without_its_payer_proceeds_by_a_review_where_its_card_was_saved(
    step_up: StepUpBundle,
) -> None:
    method = at_stripe(step_up, METHODS, card={"country": "FR"})
    decision = step_up.decided(payment_method=method, off_session=True)
    assert_problem(end(step_up, decision, "proceed"), 409, "review_below_floor")
    at_stripe(step_up, "/_setup_intents", payment_method=method, three_d_secure=CHALLENGED)
    decision = step_up.decided(payment_method=method, off_session=True)
    assert (decision["outcome"], decision["next"]) == ("review", "wait_for_review")
    found = ended(step_up, decision, "proceed")
    assert (found["outcome"], found["captures"]) == ("proceed", UNASKED)
    assert_problem(end(step_up, decision, "step_up"), 409, "review_ended")


def test_a_review_ends_once(reviewed: StepUpBundle, clock: Clock, log: Log) -> None:
    decision = on(reviewed, APPLE_PAY)
    first = ended(reviewed, decision, "proceed", note="canary-note")
    clock.advance(60)
    assert ended(reviewed, decision, "proceed", note="another") == first
    for other in ("decline", "step_up"):
        assert_problem(end(reviewed, decision, other), 409, "review_ended")
    (line,) = [entry for entry in log.entries() if entry.get("message") == "a review was ended"]
    assert (line["decision"], line["said"], line["outcome"]) == (decision["id"], *["proceed"] * 2)
    assert line["account"] == BAKERY
    assert line["ended_at"] == first["review"]["ended_at"]
    assert line["reviewer"] == pseudonym_of(qualified(SERVER))
    assert SERVER not in log.text()
    assert "canary-note" not in log.text()


def test_of_two_reviews_at_once_one_counts(reviewed: StepUpBundle) -> None:
    held = access.require_may_act(contexts().installs, qualified(SERVER), BAKERY)
    outcomes: tuple[ReviewOutcome, ...] = ("proceed", "decline")
    for _ in range(5):
        record = store.load(contexts().step_up.table, on(reviewed, APPLE_PAY)["id"])
        assert record is not None
        reviews = [Review(said, record.created, said) for said in outcomes]
        tries = [
            partial(review_decision, contexts(), load_rules(), held, record, r) for r in reviews
        ]
        answers = at_once(tries)
        (lost,) = [answer for answer in answers if isinstance(answer, Problem)]
        assert lost.code == "review_ended"
        (won,) = [answer for answer in answers if isinstance(answer, DecisionRecord)]
        assert won == store.load(contexts().step_up.table, record.id)


def test_a_decision_that_does_not_wait_has_no_review(step_up: StepUpBundle) -> None:
    decision = step_up.decided()
    for said in ("proceed", "step_up", "decline"):
        assert_problem(end(step_up, decision, said), 409, "decision_not_in_review")
    assert step_up.decider().get(f"{DECISIONS}/{decision['id']}").json == decision


@pytest.mark.parametrize("body", [
    {}, {"outcome": "review"}, {"outcome": None}, {"outcome": "proceed", "by": "me"}, {"outcome": "proceed", "note": 5},
    {"outcome": "proceed", "note": "x" * 501},
])  # fmt: skip
def test_an_impossible_review_is_refused(reviewed: StepUpBundle, body: Json) -> None:
    decision = reviewed.decided()
    path = f"{DECISIONS}/{decision['id']}/review"
    assert_problem(reviewed.decider().post(path, body), 422, "invalid_request")


def test_only_who_may_act_for_the_account_ends_a_review(reviewed: StepUpBundle) -> None:
    reviewed.open_shop(BOOKSHOP, clients=["books"])
    decision = reviewed.decided()
    path, body = f"{DECISIONS}/{decision['id']}/review", {"outcome": "decline"}
    assert_problem(reviewed.decider("books").post(path, body), 404, "decision_not_found")
    for scope in (OPERATOR_SCOPE, ""):
        answer = reviewed.decider(HOLDER, scope).post(path, body)
        assert_problem(answer, 403, "missing_scope")
    assert reviewed.decider(HOLDER).post(path, body).status == 200


def test_an_attempt_counts_after_the_end_of_its_review(
    reviewed: StepUpBundle, clock: Clock
) -> None:
    decision, other = on(reviewed, APPLE_PAY), on(reviewed, APPLE_PAY)
    begun = clock.now
    clock.advance(24 * 3600)
    decision, other = (ended(reviewed, each, "proceed") for each in (decision, other))
    early, late, manual = (paid(reviewed, card=APPLE_PAY) for _ in range(3))
    for payment, moment in ((early, begun), (late, clock.now + 1862), (manual, begun)):
        rewrite(reviewed, "charge", charge_of(reviewed, payment), created=int(moment))
    rewrite(reviewed, "payment_intent", manual, capture_method="manual")
    assert_problem(tell(reviewed, decision, payment_intent=late), 409, "decision_expired")
    found = told(reviewed, decision, payment_intent=early)
    assert found["reasons"] == ["captured_in_review"]
    # It was held in the meantime, and captured by hand.
    assert told(reviewed, other, payment_intent=manual)["fulfilled"] is True


def test_what_was_captured_in_review_stays_so(reviewed: StepUpBundle) -> None:
    decision = on(reviewed, {"country": "FR"})
    payment = paid(reviewed, card={"country": "FR"}, three_d_secure=CHALLENGED)
    found = told(reviewed, decision, payment_intent=payment)
    assert found["reasons"] == ["captured_in_review"]
    assert ended(reviewed, decision, "proceed")["results"]["reasons"] == ["captured_in_review"]
    again = tell(reviewed, decision, payment_intent=payment).json["results"]
    assert again["reasons"] == ["captured_in_review"]
