"""Windows: how long they are, and how far events have been read."""

from hypothesis import given
from hypothesis import strategies as st

from countersign.reconciliation.windows import (
    DELAY,
    HOUR,
    KEPT,
    MOST_PAGES,
    OVERLAP,
    Progress,
    Window,
    next_length,
)

NOW = 1_800_000_000


def test_a_first_run_begins_where_stripes_memory_ends() -> None:
    assert Progress.first(NOW).resumed(NOW) == NOW - KEPT
    assert Progress.first(NOW).resumed(NOW + HOUR) == NOW + HOUR - KEPT


def test_what_was_read_within_an_hour_is_read_again() -> None:
    progress = Progress.first(NOW).after(NOW - DELAY, NOW)
    assert progress.read_to == NOW - DELAY
    assert progress.resumed(NOW + 600) == NOW - OVERLAP


def test_what_was_read_an_hour_late_is_not_read_again() -> None:
    assert Progress.first(NOW).after(NOW - 5 * HOUR, NOW).resumed(NOW) == NOW - 5 * HOUR


@given(st.lists(st.tuples(st.integers(-KEPT, 0), st.integers(-100, HOUR)), max_size=20))
def test_progress_never_goes_back_and_never_passes_what_was_read(
    ends: list[tuple[int, int]],
) -> None:
    progress, furthest = Progress.first(NOW), NOW - KEPT
    for end, clock in ends:
        before, furthest = progress, max(furthest, NOW + end)
        progress = progress.after(NOW + end, NOW + clock)
        assert before.read_to <= progress.read_to <= furthest
        assert before.settled_to <= progress.settled_to <= progress.read_to


def test_a_busy_window_is_cut_and_a_quiet_one_is_followed_by_a_longer() -> None:
    window = Window(NOW, NOW + HOUR)
    assert next_length(window, HOUR, None) == HOUR // 2
    assert next_length(window, HOUR, 1) == 2 * HOUR
    assert next_length(window, HOUR, 2) == HOUR
    assert next_length(Window(NOW, NOW + 60), 60, MOST_PAGES) == 60
    assert next_length(Window(NOW, NOW + 60), 60, MOST_PAGES // 2) == 120
    assert next_length(Window(NOW, NOW + 1), 1, None) == 1
    assert next_length(window, KEPT, 1) == KEPT
