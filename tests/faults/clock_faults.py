"""Clocks of the functions that are wrong, and delays beyond a day by that clock: libfaketime in a
function's environment, so that Stripe, AWS and this test keep the right time.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.faults.call_faults import TRIES_OF_STRIPE
from tests.faults.cast import Cast
from tests.faults.registry import fault
from tests.faults.stage import CHEAPEST, Stage
from tests.support.fault_proxy import Fault

SKEW = 240
"""Seconds within the tolerance of Stripe's signatures, which is 300."""
LATE = 26 * 3600
ALL = tuple(CHEAPEST)


@contextmanager
def skewed(stage: Stage, seconds: int, *functions: str) -> Iterator[None]:
    """Functions whose clock goes before (or after) by so much, as long as the block lasts. AWS takes
    signatures of the next five minutes: with a clock further ahead, its own is ahead as well.
    """
    variables = faked(seconds)
    with ExitStack() as stack:
        for name in functions:
            if abs(seconds) > SKEW:
                stack.enter_context(stage.resigning(name))
            stack.enter_context(stage.configured(name, **variables))
        _warm(stage, functions)
        yield
    _warm(stage, functions)


def faked(seconds: int) -> dict[str, str]:
    """The variables that set a process's clock; empty where there is no library for this machine."""
    found = find_spec("libfaketime")
    if found is None or found.origin is None:
        return {}
    library = Path(found.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"
    variables = {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{seconds:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    read = [sys.executable, "-c", "import time; print(time.time())"]
    shown = subprocess.run(read, env=variables, capture_output=True, text=True, check=True).stdout
    return variables if abs(float(shown) - time.time() - seconds) < 60 else {}


def can_fake() -> str:
    """Why clocks cannot be set on this machine; empty if they can."""
    return "" if faked(SKEW) else "libfaketime does not work on this machine"


@fault("clocks are four minutes fast", needs=can_fake)
def fast(cast: Cast) -> int:
    return _work_with(cast, SKEW)


@fault("clocks are four minutes slow", needs=can_fake)
def slow(cast: Cast) -> int:
    return _work_with(cast, -SKEW)


@fault("webhooks come after more than a day", needs=can_fake)
def late_webhooks(cast: Cast) -> int:
    cast.stage.deliveries("drop")
    sessions = [cast.verifies() for _ in range(3)]
    events = [event for session in sessions for event in cast.events(session)]
    with skewed(cast.stage, LATE, "WebhookReceipt"):
        answers = [cast.posts(event, at=time.time() + LATE) for event in events]
    assert {answer.status_code for answer in answers} == {200}, answers
    return len(events)


@fault("a user whose session was lost comes back after more than a day", needs=can_fake)
def late_user(cast: Cast) -> int:
    lost = cast.stage.front("SessionCreation", "stripe").order(Fault("lose", times=TRIES_OF_STRIPE))
    user = cast.fails_to_open()
    cast.stage.clear()
    with skewed(cast.stage, LATE, "SessionCreation"):
        cast.opens(user)
    return lost.injected


def _work_with(cast: Cast, seconds: int) -> int:
    """All that there is to do with a clock that is wrong; returns how many things were done."""
    with skewed(cast.stage, seconds, *ALL):
        cast.live_through_everything()
    return len(ALL)


def _warm(stage: Stage, functions: tuple[str, ...]) -> None:
    if callable_by_http := [name for name in functions if name in CHEAPEST]:
        stage.warm(*callable_by_http)
