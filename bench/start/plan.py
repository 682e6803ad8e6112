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


class Build(StrEnum):
    """Where a function comes from."""

    OURS = "ours"
    USUAL = "usual"
    FLOOR = "floor"


@dataclass(frozen=True)
class Wanted:
    """A kind of start: of which function, whether it prepares its first call, and what follows."""

    folder: str
    build: Build = Build.OURS
    memory: int = DEFAULT
    prepared: bool = True
    calls: int = 0

    @property
    def label(self) -> str:
        """What the function is called in the tables."""
        return f"usual {self.folder}" if self.build is Build.USUAL else self.folder

    @property
    def name(self) -> str:
        """What the function is called in its build."""
        return function_name(self.folder)


Found = Mapping[Wanted, Sequence[Start]]
"""What was measured: a start of each kind in each round, in the order of the rounds."""
FLOOR = Wanted("floor", Build.FLOOR)


def bare(folder: str) -> Wanted:
    """A start that prepares nothing."""
    return Wanted(folder, prepared=False)


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
        yield bare(folder)
        for size in SIZES:
            yield sized(folder, size)
        if folder in WITH_USUAL:
            yield usual(folder)
    for folder in STARTED:
        yield bare(folder)
        yield whole(folder)
    yield FLOOR


def function_name(folder: str) -> str:
    """Return the name in the template of the function of a folder."""
    return "".join(map(str.capitalize, folder.split("_")))
