"""The total order of what is known about a Stripe object."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.stripe_api.event_order import (
    event_order,
    order_permanence,
    order_time,
    read_order,
)

times = st.integers(0, 9_999_999_999)
permanences = st.sampled_from([0, 1, 2])
ranks = st.integers(1, 4)
ids = st.from_regex(r"evt_[A-Za-z0-9]{1,24}", fullmatch=True)


@given(permanences, times, ranks, ids, permanences, times, ranks, ids)
def test_events_are_ordered_by_permanence_time_rank_and_id(
    p1: int, t1: int, r1: int, i1: str, p2: int, t2: int, r2: int, i2: str
) -> None:
    first, second = event_order(p1, t1, r1, i1), event_order(p2, t2, r2, i2)
    assert (first < second) == ((p1, t1, r1, i1) < (p2, t2, r2, i2))


@given(permanences, times, ranks, ids, permanences, times)
def test_a_read_is_below_every_event_of_its_second_and_above_those_before(
    p1: int, t1: int, rank: int, event_id: str, p2: int, t2: int
) -> None:
    event, read = event_order(p1, t1, rank, event_id), read_order(p2, t2)
    assert (read < event) == ((p2, t2) <= (p1, t1))
    assert read != event


@pytest.mark.exhaustive  # drawn orders
@given(permanences, times, ranks, ids)
def test_the_parts_of_an_order_can_be_read_back(
    permanence: int, time: int, rank: int, event_id: str
) -> None:
    for order in (event_order(permanence, time, rank, event_id), read_order(permanence, time)):
        assert order_permanence(order) == permanence
        assert order_time(order) == time


@given(times, times)
def test_what_is_final_is_above_all_that_is_not(early: int, late: int) -> None:
    assert read_order(1, early) > event_order(0, late, 4, "evt_zzz")
    assert read_order(2, early) > event_order(1, late, 4, "evt_zzz")
