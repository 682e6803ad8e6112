"""One window of Stripe's list: all of it, oldest first, or too much at once."""

from typing import Any

import pytest

from countersign.reconciliation.list_window import list_window
from countersign.reconciliation.windows import HOUR, MOST_PAGES, Window
from tests.support.clock import START, Clock
from tests.support.fake_events import FakeEvents
from tests.support.stripe_objects import session_object, stripe_event

WINDOW = Window(START - HOUR, START)
TYPES = ("identity.verification_session.verified",)


def some(number: int, *, seconds: int = HOUR, type_: str = "verified") -> list[dict[str, Any]]:
    """So many events, spread over the last seconds before the window's end."""
    return [
        stripe_event(
            type_, session_object(f"vs_{at}"), created=START - seconds + at * seconds // number
        )
        for at in range(number)
    ]


def listed_of(events: list[dict[str, Any]], window: Window = WINDOW) -> tuple[Any, FakeEvents]:
    stripe = FakeEvents(Clock(START + HOUR), lambda: events)
    return list_window(window, TYPES, stripe.events), stripe


def test_all_pages_are_read_and_the_oldest_comes_first() -> None:
    events = some(250)
    listed, stripe = listed_of(events)
    assert [event["id"] for event in listed.events] == [event["id"] for event in events]
    assert (listed.pages, len(stripe.asked)) == (3, 3)


def test_nothing_from_outside_the_window_is_read() -> None:
    events = some(4, seconds=4 * HOUR)
    listed, _ = listed_of(events, Window(START - 3 * HOUR, START - HOUR))
    assert listed.events == events[1:3]


def test_events_of_one_second_stay_in_the_order_in_which_they_happened() -> None:
    events = some(150, seconds=1)
    listed, _ = listed_of(events)
    assert listed.events == events


@pytest.mark.exhaustive  # thousands of events
def test_a_window_with_too_much_is_cut_before_all_of_it_is_read() -> None:
    listed, stripe = listed_of(some(MOST_PAGES * 100 + 100))
    assert listed is None
    assert len(stripe.asked) == MOST_PAGES + 1


@pytest.mark.exhaustive  # 1,500 events
def test_one_second_is_read_whatever_is_in_it() -> None:
    listed, _ = listed_of(some(1500, seconds=1), Window(START - 1, START))
    assert len(listed.events) == 1500


def test_more_types_than_one_request_may_name_are_asked_for_in_several() -> None:
    types = [f"a.type.{number:02}" for number in range(45)]
    events = [event for each in types for event in some(2, type_=each)]
    stripe = FakeEvents(Clock(START + HOUR), lambda: events)
    listed = list_window(WINDOW, types, stripe.events)
    assert listed is not None
    assert len(listed.events) == 90
    times = [event["created"] for event in listed.events]
    assert times == sorted(times)
    assert [len(asked["types"]) for asked in stripe.asked] == [20, 20, 5]


def test_the_moment_is_that_of_the_first_page() -> None:
    clock = Clock(START + HOUR)
    stripe = FakeEvents(clock, lambda: some(150))
    stripe.meanwhile = lambda: clock.advance(60)
    listed = list_window(WINDOW, TYPES, stripe.events)
    assert listed is not None
    assert START + HOUR - 5 <= (listed.clock or 0) <= START + HOUR
