"""Attempts are completed checks within a day, counted by distinct report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.identity.attempts import WINDOW, completed_at, recent_marks, wait_before_next
from tests.support.clock import START

marks = st.builds(
    "{}:{}{}".format,
    st.sampled_from(["vr_1", "vr_2", "vr_3"]),
    st.sampled_from("er"),
    st.integers(START, START + 100),
)


def test_a_report_counts_once_however_often_it_is_marked() -> None:
    assert completed_at(["vr_1:e5", "vr_1:e9", "vr_1:r3", "vr_2:r7"]) == {"vr_1": 5, "vr_2": 7}


def test_an_events_time_wins_over_a_reads() -> None:
    assert completed_at(["vr_1:r3", "vr_1:e5"]) == {"vr_1": 5}
    assert completed_at(["vr_1:r9", "vr_1:e5"]) == {"vr_1": 5}


def test_of_several_reads_the_first_counts() -> None:
    assert completed_at(["vr_1:r9", "vr_1:r3"]) == {"vr_1": 3}


@given(st.lists(marks).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_marks_does_not_matter(both: tuple[list[str], list[str]]) -> None:
    assert completed_at(both[0]) == completed_at(both[1])


@given(st.lists(marks), st.lists(marks))
def test_marks_seen_again_change_nothing(first: list[str], second: list[str]) -> None:
    assert completed_at(first + second) == completed_at(second + first + second)


@given(st.lists(marks), marks)
def test_one_more_mark_never_forgets_a_check(found: list[str], another: str) -> None:
    assert completed_at(found).keys() <= completed_at([*found, another]).keys()


@pytest.mark.parametrize(("age", "counts"), [(0, True), (WINDOW - 1, True), (WINDOW, False)])
def test_a_check_counts_for_a_day(age: int, counts: bool) -> None:
    assert recent_marks({f"vr_1:e{START}"}, START + age) == (
        {f"vr_1:e{START}"} if counts else set()
    )


def test_all_marks_of_a_check_that_counts_are_kept() -> None:
    both = {f"vr_1:e{START}", f"vr_1:r{START + 900}"}
    assert recent_marks(both, START + WINDOW - 1) == both
    assert recent_marks(both, START + WINDOW) == set()


@pytest.mark.parametrize(
    ("now", "wait"),
    [(START + 20, WINDOW - 20), (START + WINDOW - 1, 1), (START + WINDOW, 0)],
)
def test_another_check_is_allowed_exactly_when_the_first_is_a_day_old(now: int, wait: int) -> None:
    found = [f"vr_{index}:e{START + index * 10}" for index in range(3)]
    assert wait_before_next(found, 3, now) == wait


def test_with_fewer_checks_than_allowed_there_is_no_wait() -> None:
    assert wait_before_next([], 1, START) == 0
    assert wait_before_next([f"vr_1:e{START}"], 2, START) == 0
    assert wait_before_next([f"vr_1:e{START}"], 1, START) == WINDOW


def test_with_more_checks_than_allowed_the_wait_is_until_enough_are_a_day_old() -> None:
    found = [f"vr_{index}:e{START + index}" for index in range(5)]
    assert wait_before_next(found, 2, START + 10) == START + 3 + WINDOW - (START + 10)


@given(st.lists(marks), st.integers(1, 4), st.integers(START, START + WINDOW + 200))
def test_after_the_wait_another_check_is_allowed_and_not_before(
    found: list[str], allowed: int, now: int
) -> None:
    wait = wait_before_next(found, allowed, now)
    assert wait_before_next(found, allowed, now + wait) == 0
    if wait > 0:
        assert wait_before_next(found, allowed, now + wait - 1) == 1
