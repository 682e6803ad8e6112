"""What Lambda's runtime emulator has logged of a start and of the calls that follow it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_INIT = re.compile(rb"INIT REPORT\(durationMs: ([\d.]+)\)")
_CALL = re.compile(rb"INVOKE RTDONE\(status: success, .*duration: ([\d.]+)ms\)")
_PROCESSOR = re.compile(rb"^PROCESSOR ([\d.]+)$", re.MULTILINE)
"""As `held/held_app.py` writes it."""


@dataclass(frozen=True)
class Start:
    """Seconds of a start and of each call, and how often Stripe was asked by the start and by the
    calls.
    """

    init: float
    calls: Sequence[float]
    asked_by_init: int = 0
    asked_by_calls: int = 0

    @property
    def wait(self) -> float:
        """Seconds from nothing to the first response."""
        return self.init + self.calls[0]


def read_start(log: bytes, count: int, reckoned_at: float | None = None) -> Start:
    """Return what a log has of a start and of so many calls.

    Where nothing held them, their times at a share of a processor are reckoned: what they used of a
    whole one takes as many times longer, and their waiting takes as long as it took. Raises
    `ValueError`, with the log, if one of the calls has failed.
    """
    inits, calls, processor = (
        [float(each) for each in pattern.findall(log)] for pattern in (_INIT, _CALL, _PROCESSOR)
    )
    if (len(inits), len(calls), len(processor)) != (1, count, count):
        shown = log.decode(errors="replace")
        raise ValueError(f"not one start and {count} calls that succeed:\n{shown}")
    slower = 0.0 if reckoned_at is None else 1 / reckoned_at - 1
    seconds = [call / 1e3 + used * slower for call, used in zip(calls, processor, strict=True)]
    return Start(inits[0] / 1e3, seconds)
