"""The faults that are known, and what came of them as a table."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.faults.cast import Cast
from tests.faults.ledger import compare
from tests.faults.reconciling import repair
from tests.faults.stage import Stage
from tests.faults.told import compare_told

Injection = Callable[[Cast], int]
"""Lets a fault happen to a cast, and returns how often it did."""


@dataclass(frozen=True)
class FaultCase:
    """A fault, and whether it is tried in the short run too, reconciliation is `repaired` with, the
    stream `forgets` what happened, or what was told late `reorders` revisions. `needs` says why this
    machine cannot have it.
    """

    name: str
    inject: Injection
    short: bool
    repaired: bool
    forgets: bool
    reorders: bool
    needs: Callable[[], str]


@dataclass(frozen=True)
class Row:
    """What came of a fault: `lost` and `doubled` at the end, `repaired` by reconciliation before."""

    name: str
    injected: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    repaired: int

    @property
    def failures(self) -> list[str]:
        """What must not be, in words."""
        problems = [*self.lost, *self.doubled]
        if not self.injected:
            problems.append("it was never injected")
        return [f"{self.name}: {problem}" for problem in problems]


CASES: list[FaultCase] = []


def fault(
    name: str,
    *,
    short: bool = False,
    repaired: bool = False,
    forgets: bool = False,
    reorders: bool = False,
    needs: Callable[[], str] = lambda: "",
) -> Callable[[Injection], Injection]:
    """Add a fault to those that are tried."""

    def add(inject: Injection) -> Injection:
        CASES.append(FaultCase(name, inject, short, repaired, forgets, reorders, needs))
        return inject

    return add


def run(stage: Stage, case: FaultCase, seed: int) -> Row:
    """Let a fault happen, let everything settle, and see what is lost or doubled."""
    cast = Cast(stage, random.Random(f"{seed} {case.name}"))
    try:
        injected = case.inject(cast)
    finally:
        stage.clear()
        stage.deliveries("normal")
    stage.settle()
    if case.repaired:
        repair(cast, cast.began_at)
        assert cast.repaired, f"{case.name}: there was nothing to repair"
    found = compare(cast)
    found += compare_told(cast, forgotten=case.forgets, reordered=case.reorders)
    return Row(case.name, injected, found.lost, found.doubled, cast.repaired)


def table(rows: Sequence[Row]) -> str:
    """The rows as text."""
    width = max(len(row.name) for row in rows)
    head = f"{'fault':{width}}  injected  lost  doubled effect  repaired by reconciliation"
    lines = [
        f"{row.name:{width}}  {row.injected:8}  {len(row.lost):4}  {len(row.doubled):14}"
        f"  {row.repaired:26}"
        for row in rows
    ]
    return "\n".join([head, *lines])
