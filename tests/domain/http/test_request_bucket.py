"""The bucket of a person's requests to Stripe."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.table import Table
from countersign.http.request_bucket import CAPACITY, SECONDS_EACH, metered, spend_request
from countersign.problems import Problem
from tests.support.clock import START
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.threads import at_once

ALICE, BOB = "issuer#alice", "issuer#bob"


@pytest.fixture
def bucket() -> Table:
    return Table("quick", QuickDynamoDB())  # type: ignore[arg-type]


def spent(table: Table, user: str, now: int) -> int:
    """The seconds to wait, 0 for a request that was allowed."""
    try:
        spend_request(table, user, now)
    except Problem as problem:
        assert (problem.status, problem.code) == (429, "too_many_requests")
        return int(problem.headers["Retry-After"])
    return 0


def test_a_person_has_thirty_requests_and_one_comes_back_every_twenty_seconds(
    bucket: Table,
) -> None:
    assert [spent(bucket, ALICE, START) for _ in range(CAPACITY + 2)] == [0] * 30 + [20, 20]
    assert spent(bucket, BOB, START) == 0
    assert spent(bucket, ALICE, START + SECONDS_EACH - 1) == 1
    assert spent(bucket, ALICE, START + SECONDS_EACH) == 0
    assert spent(bucket, ALICE, START + SECONDS_EACH) == SECONDS_EACH
    later = START + 10 * CAPACITY * SECONDS_EACH
    assert sum(spent(bucket, ALICE, later) == 0 for _ in range(2 * CAPACITY)) == CAPACITY


@given(st.lists(st.integers(0, 50), max_size=120))
def test_no_rhythm_of_requests_gets_more_than_the_bucket_gives(pauses: list[int]) -> None:
    table = Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    now, allowed, left = START, 0, float(CAPACITY)
    for pause in pauses:
        now += pause
        left = min(CAPACITY, left + pause / SECONDS_EACH)
        wait = spent(table, ALICE, now)
        assert (wait == 0) is (left >= 1 - 1e-9)
        assert wait <= SECONDS_EACH
        left -= wait == 0
        allowed += wait == 0


def test_requests_at_the_same_moment_get_no_more_than_the_bucket_holds(bucket: Table) -> None:
    results = at_once([lambda: spent(bucket, ALICE, START)] * (CAPACITY + 10))
    assert Counter(result == 0 for result in results) == {True: CAPACITY, False: 10}


def test_a_full_bucket_expires_and_names_nobody(bucket: Table) -> None:
    spend_request(bucket, ALICE, START)
    spend_request(bucket, ALICE, START)
    (item,) = bucket._client.rows.values()  # type: ignore[attr-defined]
    assert "alice" not in str(item)
    assert spent(bucket, ALICE, START) == 0


def test_every_call_is_paid_for_before_it_is_made() -> None:
    made: list[str] = []

    class Calls:
        def retrieve(self, session_id: str, expand: tuple[str, ...] = ()) -> str:
            made.append(session_id)
            return session_id

    calls = metered(Calls(), lambda: made.append("paid"))
    assert calls.retrieve("vs_1", expand=("x",)) == "vs_1"
    assert made == ["paid", "vs_1"]
