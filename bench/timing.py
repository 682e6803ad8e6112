"""Times calls fairly: they take turns, so that a busy machine slows all of them, and what counts is
the processor's time, so that nobody pays for waiting until it is their turn.
"""

import statistics
import time
from collections.abc import Callable, Mapping

from bench.figures import Figure, keep

ROUNDS = 200
CALLS = 50


def compare(contestants: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return processor microseconds per call of each, one figure per round of `CALLS` calls."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, call in contestants.items():
            began = time.thread_time()
            for _ in range(CALLS):
                call()
            found[name].append((time.thread_time() - began) / CALLS * 1e6)
    return found


def report(
    title: str,
    found: Mapping[str, list[float]],
    peer: str,
    goals: Mapping[str, float] | None = None,
) -> None:
    """Print and keep medians with the middle half of the rounds, and each as a part of the peer,
    which is taken per round, since a busy machine slows both in the same round. `goals` are the
    largest parts that are wanted.
    """
    print(f"\n{title}")
    goals = goals or {}
    for name, times in found.items():
        low, median, high = statistics.quantiles(times, n=4)
        ratio = statistics.median(mine / its for mine, its in zip(times, found[peer], strict=True))
        goal = goals.get(name)
        figure = Figure(title, name, median, "us", (low, high), ratio, peer, goal)
        verdict = "within" if figure.is_within else "OVER"
        print(
            f"  {name:<40} {median:8.1f} us  [{low:.1f} to {high:.1f}]  {ratio:.3f} of the peer"
            + ("" if goal is None else f", {verdict} the {goal:g} that it may cost")
        )
        keep([figure])
