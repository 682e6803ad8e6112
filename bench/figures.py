"""The figures of a run of `make bench`, which each measurement keeps, and the table of them all."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

RUN = "BENCH_RUN"
"""The environment variable that names the file in which a run keeps its figures."""


@dataclass(frozen=True)
class Figure:
    """One figure. Its goal is what the ratio is at most, or the value where there is no ratio."""

    table: str
    name: str
    value: float
    unit: str
    spread: tuple[float, float] | None = None
    """The middle half of what was measured."""
    ratio: float | None = None
    peer: str = ""
    """What the ratio is to: a peer or a floor, measured in the same run."""
    goal: float | None = None

    @property
    def measured(self) -> float:
        """What is held against the goal."""
        return self.value if self.ratio is None else self.ratio

    @property
    def is_within(self) -> bool:
        """Whether the goal is reached, as far as its digits go, or there is none."""
        return self.goal is None or round(self.measured, 2 + (self.goal < 1)) <= self.goal


def keep(figures: Iterable[Figure]) -> None:
    """Add these to the run. Outside of `python -m bench` there is none, and nothing is kept."""
    run = os.environ.get(RUN)
    if run is None:
        return
    with Path(run).open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(figure)) + "\n" for figure in figures)


def kept(run: Path) -> list[Figure]:
    """Return what was kept, in that order."""
    found = map(json.loads, run.read_text("utf-8").splitlines())
    return [
        Figure(**members | {"spread": members["spread"] and tuple(members["spread"])})
        for members in found
    ]


def by_table(figures: Iterable[Figure]) -> dict[str, list[Figure]]:
    """Return the figures of each table, tables in the order of their first figure."""
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.table, []).append(figure)
    return found


def markdown(figures: Sequence[Figure]) -> str:
    """Return the table of all figures, which reads well in a terminal too."""
    rows: list[tuple[str, ...]] = [("measured", "figure", "middle half", "ratio", "goal", "")]
    for table, found in by_table(figures).items():
        rows.append((f"**{table}**", "", "", "", "", ""))
        rows.extend(map(_row, found))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *body = (
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([head, rule, *body]) + "\n"


def number(value: float) -> str:
    """Return a number with three digits, or with all of those before the point."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:#.3g}".rstrip(".")


def _row(figure: Figure) -> tuple[str, ...]:
    low_high = "" if figure.spread is None else " to ".join(map(number, figure.spread))
    ratio = "" if figure.ratio is None else f"{number(figure.ratio)} of {figure.peer}"
    if figure.goal is None:
        return figure.name, _value(figure), low_high, ratio, "", ""
    verdict = "within" if figure.is_within else "OVER"
    return figure.name, _value(figure), low_high, ratio, f"at most {number(figure.goal)}", verdict


def _value(figure: Figure) -> str:
    if figure.unit.startswith("$"):
        return f"${number(figure.value)}{figure.unit[1:]}"
    return f"{number(figure.value)} {figure.unit}"
