"""Which starts a round consists of. Each serves every figure that it can."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.start.emulator_log import Start

SIZES = (256, 512, 1024, 1769)
"""Megabytes. At the last one a function has a whole core."""
DEFAULT = 512
"""Megabytes at which starts and calls are compared: what `template.yaml` gives to all functions but
the two that mostly wait for Stripe.
"""
CALLS = 2
"""The first call, and the second, which it is compared with."""
CALLED = (
    "session_creation",
    "install_callback",
    "spc_verification",
    "step_up_decision",
    "payments",
    "webhook_receipt",
    "reconciliation",
    "pages",
)
"""The folders of the functions that somebody waits for."""
STARTED = ("event_publication",)
"""Those of the others, which are only started."""
WITH_USUAL = ("session_creation", "webhook_receipt")
"""Those whose job a usual handler does too."""
PAIRS = 3
"""Times that a round has an init and the floor right after it. They differ by less than a busy
machine makes of them, so that more of these are needed than of anything else.
"""


class Build(StrEnum):
    """Where a function comes from."""

    OURS = "ours"
    USUAL = "usual"
    FLOOR = "floor"


@dataclass(frozen=True)
class Wanted:
    """A kind of start: of which function, whether it prepares its first call, and what follows; of
    the floor, also the function that it is held `beside`.
    """

    folder: str
    build: Build = Build.OURS
    memory: int = DEFAULT
    prepared: bool = True
    calls: int = 0
    beside: str = ""

    @property
    def label(self) -> str:
        """What the function is called in the tables."""
        return f"usual {self.folder}" if self.build is Build.USUAL else self.folder

    @property
    def name(self) -> str:
        """What the function is called in its build."""
        return function_name(self.folder)


Found = Mapping[Wanted, Sequence[Start]]
"""What was measured: the starts of each kind, in the order in which they were made."""


def bare(folder: str) -> Wanted:
    """A start that prepares nothing."""
    return Wanted(folder, prepared=False)


def floor(folder: str) -> Wanted:
    """The least that a function starts with, which the start of this one is held beside."""
    return Wanted(Build.FLOOR, Build.FLOOR, beside=folder)


def whole(folder: str) -> Wanted:
    """A start that prepares the first call, which follows where there is one to make."""
    return Wanted(folder, calls=CALLS if folder in CALLED else 0)


def sized(folder: str, memory: int) -> Wanted:
    """A start with calls at the share of a size."""
    return Wanted(folder, memory=memory, calls=CALLS)


def usual(folder: str) -> Wanted:
    """A start of the usual handler of a function's job, with calls."""
    return Wanted(folder, Build.USUAL, calls=CALLS)


def a_round() -> Iterator[Wanted]:
    """Yield the starts of a round, those of a function one after the other."""
    for folder in CALLED:
        yield from _pairs(folder)
        for size in SIZES:
            yield sized(folder, size)
        if folder in WITH_USUAL:
            yield usual(folder)
    for folder in STARTED:
        yield from _pairs(folder)
        yield whole(folder)


def _pairs(folder: str) -> Iterator[Wanted]:
    for _ in range(PAIRS):
        yield bare(folder)
        yield floor(folder)


def function_name(folder: str) -> str:
    """Return the name in the template of the function of a folder."""
    return "".join(map(str.capitalize, folder.split("_")))
