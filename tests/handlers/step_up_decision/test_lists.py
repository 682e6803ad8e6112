"""The lists of decisions, newest first: a merchant's own, and for the operator those of a day."""

import time
from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.gateway import Caller
from tests.support.spc_bundle import HOLDER
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import DECISIONS, OPERATOR_SCOPE, StepUpBundle

DAY = "2030-01-02"
NOON = 1_893_585_600
"""Of that day, Unix seconds."""


def pages(caller: Caller, limit: int, **query: str) -> list[Json]:
    """Every page, by its cursor."""
    found: list[Json] = []
    more: dict[str, str] = {}
    while True:
        answer = caller.get(DECISIONS, query={"limit": str(limit), **query, **more})
        assert answer.status == 200, answer
        assert len(answer.json["data"]) <= limit
        found += answer.json["data"]
        if answer.json["next_cursor"] is None:
            return found
        more = {"cursor": answer.json["next_cursor"]}


@pytest.fixture
def operator(step_up: StepUpBundle) -> Caller:
    return step_up.decider("operator", OPERATOR_SCOPE)


def made(step_up: StepUpBundle, clock: Clock, *moments: int, account: str = BAKERY) -> list[Json]:
    """Decisions of these moments, newest first."""
    found = []
    for moment in moments:
        clock.now = moment
        body = {"account_id": account, "amount": 1099, "currency": "eur"}
        found.append(step_up.decider(HOLDER).post(DECISIONS, body).json)
    return found[::-1]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_list_has_each_decision_once_newest_first_in_pages_of_any_size(
    step_up: StepUpBundle, operator: Caller, clock: Clock, limit: int
) -> None:
    whole = made(step_up, clock, *range(NOON, NOON + 5))
    assert pages(step_up.decider(), limit, account_id=BAKERY) == whole
    assert pages(operator, limit, day=DAY) == whole
    assert pages(operator, limit, account_id=BAKERY) == whole


def test_decisions_of_one_second_are_each_listed_once(step_up: StepUpBundle, clock: Clock) -> None:
    whole = made(step_up, clock, *[NOON] * 5)
    for limit in (1, 2, 5):
        found = [entry["id"] for entry in pages(step_up.decider(), limit, account_id=BAKERY)]
        assert sorted(found) == sorted(entry["id"] for entry in whole)


def test_a_new_decision_moves_nothing_to_another_page(
    step_up: StepUpBundle, operator: Caller, clock: Clock
) -> None:
    whole = made(step_up, clock, *range(NOON, NOON + 4))
    asking: list[tuple[Caller, dict[str, str]]] = [
        (step_up.decider(), {"account_id": BAKERY}),
        (operator, {"day": DAY}),
    ]
    for caller, query in asking:
        first = caller.get(DECISIONS, query={"limit": "2", **query}).json
        newer = made(step_up, clock, *range(clock() + 1, clock() + 4))
        rest = {"limit": "2", "cursor": first["next_cursor"], **query}
        second = caller.get(DECISIONS, query=rest).json
        assert [*first["data"], *second["data"]] == whole[:4]
        whole = newer + whole


def test_a_page_that_is_just_full_says_whether_there_is_more(
    step_up: StepUpBundle, clock: Clock
) -> None:
    made(step_up, clock, NOON, NOON + 1)
    query = {"account_id": BAKERY, "limit": "2"}
    full = step_up.decider().get(DECISIONS, query=query).json
    assert len(full["data"]) == 2
    if full["next_cursor"]:
        more = step_up.decider().get(DECISIONS, query=query | {"cursor": full["next_cursor"]}).json
        assert more == {"data": [], "next_cursor": None}


def test_a_page_whose_decisions_are_gone_is_not_the_last(
    step_up: StepUpBundle, clock: Clock
) -> None:
    """The index follows the table after a moment, and what has expired is removed from both."""
    whole = made(step_up, clock, *range(NOON, NOON + 6))
    gone = [f"decision#{entry['id']}" for entry in whole[:4]]
    held: Any = step_up.client.batch_get_item

    def without(**request: Any) -> Any:
        answer = held(**request)
        rows = answer["Responses"]["step-up"]
        answer["Responses"]["step-up"] = [row for row in rows if row["pk"]["S"] not in gone]
        return answer

    step_up.client.batch_get_item = without  # type: ignore[method-assign]
    for limit in (1, 3):
        assert pages(step_up.decider(), limit, account_id=BAKERY) == whole[4:]


def test_a_day_ends_at_midnight_in_utc(
    step_up: StepUpBundle, operator: Caller, clock: Clock
) -> None:
    midnight = NOON + 12 * 3600
    newer, older = made(step_up, clock, midnight - 1, midnight)
    assert pages(operator, 5, day=DAY) == [older]
    assert pages(operator, 5, day="2030-01-03") == [newer]
    assert pages(operator, 5, day="2030-01-04") == []


def test_the_operator_sees_every_merchant_and_a_merchant_only_itself(
    step_up: StepUpBundle, operator: Caller, clock: Clock
) -> None:
    step_up.open_shop(BOOKSHOP, clients=["books"])
    (bread,) = made(step_up, clock, NOON)
    (book,) = made(step_up, clock, NOON + 1, account=BOOKSHOP)
    assert pages(operator, 5, day=DAY) == [book, bread]
    assert pages(operator, 5, account_id=BOOKSHOP) == [book]
    assert pages(step_up.decider("books"), 5, account_id=BOOKSHOP) == [book]
    refused = step_up.decider("books").get(DECISIONS, query={"account_id": BAKERY})
    assert_problem(refused, 404, "installation_not_found")


def test_a_day_is_for_the_operator_only(step_up: StepUpBundle) -> None:
    for subject in (HOLDER, "shop-server"):
        answer = step_up.decider(subject).get(DECISIONS, query={"day": DAY})
        assert_problem(answer, 403, "missing_scope")


def test_a_merchants_cursor_shows_nothing_of_another(step_up: StepUpBundle, clock: Clock) -> None:
    step_up.open_shop(BOOKSHOP, clients=["books"])
    made(step_up, clock, NOON, NOON + 1)
    books = made(step_up, clock, NOON - 1, NOON + 2, account=BOOKSHOP)
    query = {"account_id": BAKERY, "limit": "1"}
    cursor = step_up.decider().get(DECISIONS, query=query).json["next_cursor"]
    query = {"account_id": BOOKSHOP, "cursor": cursor}
    assert step_up.decider("books").get(DECISIONS, query=query).json["data"] == books[1:]


WRONG: list[tuple[Json, str]] = [
    ({}, "/account_id"), ({"day": DAY, "account_id": BAKERY}, "/account_id"), ({"account_id": ""}, "/account_id"),
    ({"account_id": "x" * 256}, "/account_id"),
    *(({"day": day}, "/day") for day in (
        "", "2030-02-30", "2030-1-2", "2030-01-02 ", "0000-01-01", "٢٠٣٠-٠١-٠٢",
    )),
    *(({"day": DAY, "cursor": cursor}, "/cursor") for cursor in (
        "", "x", "1893585600.", f"1893585600.dec_{'A' * 21}", f"1893585600.dec_{'A' * 22}\n", f"-893585600.dec_{'A' * 22}",
    )),
    *(({"day": DAY, "limit": limit}, "/limit") for limit in ("0", "101", "1.5", "x", "9" * 400)),
]  # fmt: skip


def test_an_impossible_list_is_refused(operator: Caller) -> None:
    for query, pointer in WRONG:
        answer = operator.get(DECISIONS, query=query)
        assert answer.status == 422, query
        assert_problem(answer, 422, "invalid_request")
        assert pointer in [fault["pointer"] for fault in answer.json["errors"]], query


def test_a_cursor_may_be_before_everything_or_after_it(
    step_up: StepUpBundle, operator: Caller
) -> None:
    told = step_up.decided()
    today = time.strftime("%Y-%m-%d", time.gmtime(told["created"]))
    last, first = f"9999999999.dec_{'z' * 22}", f"0000000000.dec_{'A' * 22}"
    for query in ({"day": today}, {"account_id": BAKERY}):
        assert operator.get(DECISIONS, query={**query, "cursor": last}).json["data"] == [told]
        assert operator.get(DECISIONS, query={**query, "cursor": first}).json["data"] == []


def test_an_unknown_account_has_no_decisions(operator: Caller) -> None:
    for account_id in ("acct_1SQunknown", "é"):
        answer = operator.get(DECISIONS, query={"account_id": account_id})
        assert answer.json == {"data": [], "next_cursor": None}
