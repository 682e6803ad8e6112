"""Calls at the same moment."""

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

OFTEN = 1e-5
"""Seconds after which one thread makes way for another, so that they meet in the middle of a call."""


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each call answers or raises, all begun at the same moment."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = calls[number]()
        except BaseException as problem:  # noqa: BLE001 (looked at by the test)
            results[number] = problem

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    before = sys.getswitchinterval()
    sys.setswitchinterval(OFTEN)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    return results
