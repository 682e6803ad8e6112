"""A token counts once, whoever tries again, in whatever way, at whatever moment."""

from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from countersign.http.idempotency import KEEP, IdempotencyKey
from countersign.installs import access
from countersign.problems import Problem
from countersign.step_up.context import Contexts, contexts
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.make_decision import make_decision
from countersign.step_up.order import Order
from countersign.step_up.rules.load_rules import load_rules
from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.exhaustive import exhaustive
from tests.support.spc_bundle import HOLDER, SERVER
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import DECISIONS, StepUpBundle, asked
from tests.support.step_up_cards import DEVICE_CARD, METHODS, at_stripe
from tests.support.threads import at_once
from tests.support.users import qualified

REPLAYED, REUSED = "google_pay_token_replayed", "idempotency_key_reused"


@pytest.mark.parametrize("changed", [{"amount": 1098}, {"metadata": {"a": "b"}}, {"key": "k2"}])
def test_a_token_serves_no_second_decision(step_up: StepUpBundle, changed: dict[str, Any]) -> None:
    google_pay = {"token": step_up.google.token()}
    step_up.decided(google_pay=google_pay, key="k")
    before = step_up.items()
    changed = {"key": "k1"} | changed
    assert_problem(step_up.decide(google_pay=google_pay, **changed), 409, REPLAYED)
    del changed["key"]
    assert_problem(step_up.decide(google_pay=google_pay, **changed), 409, REPLAYED)
    if changed:
        assert_problem(step_up.decide(google_pay=google_pay, key="k", **changed), 409, REUSED)
    assert step_up.items() == before


def test_neither_another_caller_nor_another_merchant_gets_the_decision(
    step_up: StepUpBundle,
) -> None:
    step_up.open_shop(BOOKSHOP)
    google_pay = {"token": step_up.google.token()}
    told = step_up.decided(google_pay=google_pay, key="k")
    for subject, account in ((HOLDER, BAKERY), (HOLDER, BOOKSHOP), (SERVER, BOOKSHOP)):
        body = asked(google_pay=google_pay, account_id=account)
        answer = step_up.decider(subject).post(DECISIONS, body, headers={"idempotency-key": "k"})
        assert_problem(
            answer, 409, REUSED if (subject, account) == (SERVER, BOOKSHOP) else REPLAYED
        )
        assert told["id"] not in answer.text


def test_a_replay_stores_nothing_under_its_key(
    step_up: StepUpBundle,
) -> None:
    google_pay = {"token": step_up.google.token()}
    step_up.decided(google_pay=google_pay)
    assert_problem(step_up.decide(google_pay=google_pay, key="k"), 409, REPLAYED)
    fresh = {"token": step_up.google.token()}
    assert step_up.decided(google_pay=fresh, key="k")["outcome"] == "proceed"


def test_the_stored_decision_is_returned_after_the_token_has_expired(
    step_up: StepUpBundle, clock: Clock
) -> None:
    lasts_ms = (clock() + 60) * 1000
    google_pay = {"token": step_up.google.token(message_expiration_ms=lasts_ms)}
    late = {"token": step_up.google.token(message_expiration_ms=lasts_ms)}
    told = step_up.decided(google_pay=google_pay, key="k")
    clock.advance(60)
    assert_problem(step_up.decide(google_pay=late), 422, "google_pay_token_expired")
    assert_problem(step_up.decide(google_pay=google_pay), 422, "google_pay_token_expired")
    assert step_up.decided(google_pay=google_pay, key="k") == told


def test_a_token_is_good_until_its_last_whole_second_and_not_a_moment_longer(
    step_up: StepUpBundle, clock: Clock
) -> None:
    lasts_ms = (clock() + 60) * 1000
    tokens = [step_up.google.token(message_expiration_ms=lasts_ms) for _ in range(2)]
    clock.advance(59)
    assert step_up.decided_on(tokens[0])["outcome"] == "proceed"
    clock.advance(1)
    answer = step_up.decide(google_pay={"token": tokens[1]})
    assert_problem(answer, 422, "google_pay_token_expired")


def test_only_the_message_id_distinguishes_one_token_from_another(step_up: StepUpBundle) -> None:
    step_up.decided_on(step_up.google.token(message_id="AH2Ejt-one"))
    for members in ({}, {"assurance": None}, {"eci": "05"}, {"pan": "4111111111111111"}):
        again = step_up.google.token(message_id="AH2Ejt-one", **members)
        assert_problem(step_up.decide(google_pay={"token": again}), 409, REPLAYED)
    assert step_up.decided_on(step_up.google.token(message_id="AH2Ejt-two"))["outcome"] == "proceed"


def test_when_a_key_is_forgotten_its_token_stays_used(step_up: StepUpBundle) -> None:
    google_pay = {"token": step_up.google.token()}
    step_up.decided(google_pay=google_pay, key="k")
    plain = step_up.decided(key="l")
    rows = step_up.client.tables["step-up"]
    for pk in [pk for pk in rows if pk.startswith("idempotency#")]:
        rows[pk] = rows[pk] | {"expires_at": {"N": "1"}}
    assert_problem(step_up.decide(google_pay=google_pay, key="k"), 409, REPLAYED)
    assert step_up.decided(key="l")["id"] != plain["id"]


def test_a_used_token_is_remembered_for_longer_than_it_is_good(step_up: StepUpBundle) -> None:
    told = step_up.decided_on(step_up.google.token())
    (used,) = [item for pk, item in step_up.items().items() if pk.startswith("google-pay-token#")]
    assert used["decision"] == told["id"]
    assert used["expires_at"] >= told["created"] + 7 * 24 * 3600
    assert set(used) == {"pk", "decision", "expires_at"}


def test_the_same_key_returns_what_is_stored_and_not_what_would_be_decided_now(
    step_up: StepUpBundle, clock: Clock
) -> None:
    google_pay = {"token": step_up.google.token()}
    told = step_up.decided(google_pay=google_pay, key="k")
    clock.advance(KEEP // 2)
    assert step_up.decided(google_pay=google_pay, key="k") == told


def test_without_a_token_a_key_makes_one_decision_and_no_key_makes_many(
    step_up: StepUpBundle,
) -> None:
    assert step_up.decided(key="k") == step_up.decided(key="k")
    assert step_up.decided()["id"] != step_up.decided()["id"]
    assert_problem(step_up.decide(key="k", amount=1), 409, REUSED)


def test_a_key_counts_for_its_own_call_only(step_up: StepUpBundle) -> None:
    told = step_up.decided(key="k")
    path = f"{DECISIONS}/simulate"
    answer = step_up.decider().post(path, asked(), headers={"idempotency-key": "k"})
    assert (answer.status, answer.json["outcome"]) == (200, "step_up")
    assert "id" not in answer.json
    assert step_up.decided(key="k") == told


@dataclass(frozen=True)
class Try:
    """One request of the bakery's server, below the edge, where requests meet."""

    order: Order
    key: IdempotencyKey | None = None

    def make(self, asking: Contexts | None = None) -> DecisionRecord:
        asking = asking or contexts()
        held = access.require_may_act(asking.installs, qualified(SERVER), BAKERY)
        return make_decision(asking, load_rules(), held, self.order, self.key)

    def under(self, key: str, body: bytes = b"{}") -> "Try":
        return replace(self, key=IdempotencyKey(qualified(SERVER), "step-up-decisions", key, body))


def order(token: str, **members: Any) -> Try:
    return Try(Order(BAKERY, 1099, "eur", token=token, **members))


def decisions(step_up: StepUpBundle) -> list[str]:
    return [pk for pk in step_up.items() if pk.startswith("decision#")]


CROWDS = [8, exhaustive(50)]


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("keys", [True, False])
def test_of_many_at_once_one_gets_a_decision(step_up: StepUpBundle, keys: bool, crowd: int) -> None:
    first = order(step_up.google.token())
    tries = [first.under(f"k{number}") if keys else first for number in range(crowd)]
    answers = at_once([each.make for each in tries])
    won = [answer for answer in answers if isinstance(answer, DecisionRecord)]
    lost = [answer for answer in answers if isinstance(answer, Problem)]
    assert (len(won), len(lost)) == (1, crowd - 1)
    assert {(problem.status, problem.code) for problem in lost} == {(409, REPLAYED)}
    assert decisions(step_up) == [won[0].pk]
    kept = [pk for pk in step_up.items() if pk.startswith("idempotency#")]
    assert len(kept) == (1 if keys else 0)


@pytest.mark.parametrize("crowd", CROWDS)
def test_many_of_one_key_and_body_get_the_one_decision(step_up: StepUpBundle, crowd: int) -> None:
    for same in (order(step_up.google.token()).under("k"), Try(Order(BAKERY, 1, "eur")).under("l")):
        answers = at_once([same.make] * crowd)
        assert len({answer.id for answer in answers}) == 1
    assert len(decisions(step_up)) == 2


def test_of_two_bodies_under_one_key_at_once_one_is_refused(step_up: StepUpBundle) -> None:
    for number in range(5):
        key = f"k{number}"
        tries = [order(step_up.google.token()).under(key, body) for body in (b"{}", b"[]")]
        answers = at_once([each.make for each in tries])
        (refused,) = [answer for answer in answers if isinstance(answer, Problem)]
        assert refused.code == REUSED
    assert len(decisions(step_up)) == 5


@pytest.mark.exhaustive  # dies after each call
def test_a_process_that_dies_has_used_nothing_up(step_up: StepUpBundle) -> None:
    """It is killed before and after each of its calls, and the request is sent again."""
    step_up.open_shop()
    passkey_owner = step_up.allow("payer-who-crashes")
    method = at_stripe(step_up, METHODS, card=DEVICE_CARD)
    tried: list[Try] = []

    def work(fuse: Fuse) -> None:
        token = step_up.google.token()
        members = {"payer": passkey_owner, "payment_method": method}
        tried.append(order(token, **members).under(f"k{len(tried)}"))
        now = contexts()
        crashing = Contexts(
            fused(now.step_up, fuse), fused(now.installs, fuse), fused(now.spc, fuse)
        )
        tried[-1].make(crashing)

    for number, where in enumerate(every_crash(work), 1):
        again = tried[-1].make()
        assert again.order.outcome == "proceed", where
        assert tried[-1].make() == again, where
        with pytest.raises(Problem) as refused:
            tried[-1].under("other").make()
        assert refused.value.code == REPLAYED, where
        assert len(decisions(step_up)) <= number + 1, where
    assert len(tried) >= 12


FAILURES = [
    ("GetItem", "ThrottlingException"), ("TransactWriteItems", "InternalServerError"),
    ("TransactWriteItems", "TransactionConflict"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "code"), FAILURES)
def test_a_table_that_fails_at_any_call_has_stored_nothing(
    step_up: StepUpBundle, monkeypatch: pytest.MonkeyPatch, operation: str, code: str
) -> None:
    monkeypatch.setattr("countersign.aws.dynamodb_calls.time.sleep", lambda _: None)
    google_pay, before = {"token": step_up.google.token()}, step_up.items()
    call = partial(step_up.decide, google_pay=google_pay, key="k")
    step_up.client.failures[operation] = deque([code] * 9)
    answer = call()
    assert_problem(answer, 503, "storage_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert step_up.items() == before
    step_up.client.failures.clear()
    assert call().json["outcome"] == "proceed"


def test_a_conflict_with_another_write_is_waited_for(
    step_up: StepUpBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countersign.aws.dynamodb_calls.time.sleep", lambda _: None)
    step_up.client.failures["TransactWriteItems"] = deque(["TransactionConflict"] * 3)
    assert step_up.decided_on(step_up.google.token())["outcome"] == "proceed"


def test_a_decision_whose_answer_was_lost_is_returned_again(step_up: StepUpBundle) -> None:
    """The table has stored everything, and its own answer never came."""
    google_pay, client = {"token": step_up.google.token()}, step_up.client
    stored: Any = client.transact_write_items

    def losing(**request: Any) -> Any:
        stored(**request)
        client.failures["TransactWriteItems"] = deque(["InternalServerError"])
        return stored(**request)

    client.transact_write_items = losing  # type: ignore[method-assign]
    assert_problem(step_up.decide(google_pay=google_pay, key="k"), 503, "storage_unavailable")
    client.transact_write_items = stored  # type: ignore[method-assign]
    told = step_up.decided(google_pay=google_pay, key="k")
    assert decisions(step_up) == [f"decision#{told['id']}"]
    assert_problem(step_up.decide(google_pay=google_pay), 409, REPLAYED)
