"""Calls at the same moment, and calls with an event loop of their own."""

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

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


def run_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns, run in a thread of its own: a browser's loop may be running in
    this one.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
