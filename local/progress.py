"""What the person at the terminal sees: one line per step, with the time it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print the step's name as it begins and its duration, or that it failed, as it ends."""
    _write(sys.stdout, f"{text} ... ")
    started = time.monotonic()
    done = False
    try:
        yield
        done = True
    finally:
        took = f"{time.monotonic() - started:.1f} s"
        say(took if done else f"not done ({took})")


def say(text: str) -> None:
    _write(sys.stdout, f"{text}\n")


def complain(text: str) -> None:
    _write(sys.stderr, f"{text}\n")


def _write(stream: TextIO, text: str) -> None:
    # The terminal may be closed, which must not stop the cleanup.
    with suppress(OSError):
        stream.write(text)
        stream.flush()
