"""Times calls fairly: they take turns, so that a busy machine slows all of them."""

import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 200
CALLS = 50


def compare(contestants: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return microseconds per call of each, one figure per round of `CALLS` calls."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, call in contestants.items():
            began = time.perf_counter()
            for _ in range(CALLS):
                call()
            found[name].append((time.perf_counter() - began) / CALLS * 1e6)
    return found


def report(title: str, found: Mapping[str, list[float]], peer: str) -> None:
    """Print medians with the middle half of the rounds, and each as a part of the peer."""
    print(f"\n{title}")
    base = statistics.median(found[peer])
    for name, times in found.items():
        low, median, high = statistics.quantiles(times, n=4)
        print(
            f"  {name:<40} {median:8.1f} us  [{low:.1f} to {high:.1f}]"
            f"  {median / base:.3f} of the peer"
        )
