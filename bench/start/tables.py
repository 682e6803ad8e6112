"""What was measured, as tables: the inits, the first calls, and the wait for the first response."""

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.figures import Figure
from bench.start.plan import (
    CALLED,
    DEFAULT,
    STARTED,
    WITH_USUAL,
    Build,
    Found,
    Wanted,
    bare,
    floor,
    usual,
    whole,
)

MOST_INIT = 1.05
"""How many times as long as the floor an init may take, less what it prepares."""
MOST_FIRST = 3
"""How many times as long as the second the first call may take."""
MOST_WAIT = 0.25
"""What part of the usual handler's wait ours may be."""
PEER = "session_creation"
"""Whose usual handler stands for those of functions that have none of their own."""


@dataclass(frozen=True)
class Table:
    """What is printed, and what is kept of it."""

    heading: str
    lines: Sequence[str]
    figures: Sequence[Figure]

    @classmethod
    def of(cls, heading: str, rows: Iterable[tuple[str, Sequence[Figure]]]) -> "Table":
        """Return the table of these rows, each with its figures."""
        lines, figures = zip(*rows, strict=True)
        return cls(heading, lines, [figure for each in figures for figure in each])


def inits(found: Found) -> Table:
    """Return the init of each function, less what it prepares, beside the floor's, whose client is
    made, and beside it what is prepared.
    """
    title = "Init, less what it prepares"

    def row(folder: str) -> tuple[str, list[Figure]]:
        own, least, all_of_it = (
            [each.init for each in found[kind(folder)]] for kind in (bare, floor, whole)
        )
        prepared = 1e3 * (statistics.median(all_of_it) - statistics.median(own))
        name = bare(folder).name
        figure = _beside(title, name, own, least, "the floor", MOST_INIT)
        line = f"{_shown(figure)} (at most {MOST_INIT})   and prepares for {prepared:.0f}"
        return line, [figure, Figure(title, f"{name}, what it prepares", prepared, "ms")]

    floors = [each.init for folder in (*CALLED, *STARTED) for each in found[floor(folder)]]
    heading = f"{title}: ms (the floor: {1e3 * statistics.median(floors):.0f})"
    return Table.of(heading, map(row, (*CALLED, *STARTED)))


def first_calls(found: Found, how: str) -> Table:
    """Return the start and the first call of each function at the default size, and how the first
    compares with the second.
    """
    title = f"Start and first call at the share of {DEFAULT} MB ({how})"

    def row(folder: str) -> tuple[str, list[Figure]]:
        starts = found[whole(folder)]
        first, second = ([each.calls[place] for each in starts] for place in range(2))
        init = 1e3 * statistics.median(each.init for each in starts)
        figure = _beside(title, f"{folder}, first call", first, second, "the second", MOST_FIRST)
        line = f"{_shown(figure)} (at most {MOST_FIRST})   start {init:.0f}"
        return line, [Figure(title, f"{folder}, start", init, "ms"), figure]

    return Table.of(f"{title}: ms", map(row, CALLED))


def waits(found: Found) -> Table:
    """Return the wait for the first response at the default size, beside the usual handler's of the
    same job.
    """
    title = f"Init and first call, {DEFAULT} MB"

    def row(wanted: Wanted) -> tuple[str, list[Figure]]:
        own = [each.wait for each in found[wanted]]
        if wanted.build is Build.USUAL:
            figure = Figure(title, wanted.label, *_median(own))
            return _shown(figure), [figure]
        peer = usual(wanted.folder if wanted.folder in WITH_USUAL else PEER)
        goal = MOST_WAIT if wanted.folder == peer.folder else None
        its = [each.wait for each in found[peer]]
        figure = _beside(title, wanted.label, own, its, peer.label, goal)
        return _shown(figure), [figure]

    return Table.of(f"{title}: ms", map(row, _waited_for()))


def _waited_for() -> Iterator[Wanted]:
    yield from map(whole, CALLED)
    yield from map(usual, WITH_USUAL)


def _beside(
    table: str,
    name: str,
    own: Sequence[float],
    its: Sequence[float],
    peer: str,
    goal: float | None,
) -> Figure:
    """Return seconds beside those of a peer, as the median of the ratios of what was measured at
    the same time: a machine that is busy slows both.
    """
    ratio = statistics.median(mine / theirs for mine, theirs in zip(own, its, strict=True))
    return Figure(table, name, *_median(own), ratio, peer, goal)


def _median(seconds: Sequence[float]) -> tuple[float, str, tuple[float, float]]:
    """Return the median of seconds in milliseconds, the unit, and the middle half."""
    low, median, high = (1e3 * part for part in statistics.quantiles(seconds, n=4))
    return median, "ms", (low, high)


def _shown(figure: Figure) -> str:
    assert figure.spread is not None
    low, high = figure.spread
    beside = "" if figure.ratio is None else f"   {figure.ratio:.2f} of {figure.peer}"
    return f"{figure.name:<28} {figure.value:7.1f} [{low:.1f} to {high:.1f}]{beside}"
