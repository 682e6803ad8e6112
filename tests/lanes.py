"""All tests, in three lanes side by side: `python -m tests.lanes`.

Each lane is one process, two of them with one running service and one browser each, so that nothing
is set up twice. These wait now and then, for a function or a page; what needs no running service
never does, and has the processors meanwhile. The lines of a lane begin with its name. The exit status
is that of the first lane that failed.
"""

import subprocess
import sys
import time
from threading import Thread

BROWSERS = (
    "tests/browser",
    "tests/handlers/payments/test_in_a_browser.py",
    "tests/pages",
    "tests/stand_in",
)
"""What needs a browser, most of it in a lane of its own, and with it what leaves this lane as long as
the others.
"""
LAST = (
    "tests/browser/test_connect_pages_looks.py",
    "tests/browser/test_connection.py",
    "tests/browser/test_looks.py",
    "tests/browser/test_unbound_link.py",
    "tests/browser/test_verification.py",
)
"""What of it the lane of the servers runs when it has done the rest, so that both take as long. From
then on Playwright has an event loop in that thread.
"""
STACK = ("tests/faults", "tests/runtime", "tests/stack", "tests/papers/test_guides.py")
"""What needs a running service, or the functions as they are built."""


def lanes() -> dict[str, list[str]]:
    """The arguments of each lane, every test being in one of them."""
    return {
        "browsers": [*BROWSERS, *map(_ignored, LAST)],
        "servers": [*STACK, *LAST],
        "others": ["tests", *map(_ignored, BROWSERS + STACK)],
    }


def _ignored(path: str) -> str:
    return f"--ignore={path}"


class Lane:
    """A run of pytest, whose lines are printed as they come."""

    def __init__(self, name: str, arguments: list[str], width: int) -> None:
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._head = f"{name:{width}} | "
        self._reader = Thread(target=self._print)
        self._reader.start()

    def status(self) -> int:
        """Wait for its end, and return pytest's exit status."""
        self._reader.join()
        return self._process.wait()

    def _print(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            print(self._head + line, end="", flush=True)
        print(f"{self._head}ended after {time.monotonic() - self._began:.0f} s", flush=True)


def main(arguments: list[str]) -> int:
    """Run all lanes with these further arguments of pytest, to the end of the longest."""
    chosen = lanes()
    width = max(map(len, chosen))
    running = [Lane(name, [*own, *arguments], width) for name, own in chosen.items()]
    return next((status for lane in running if (status := lane.status())), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
