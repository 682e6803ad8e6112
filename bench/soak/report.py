"""The result of a soak: as JSON, and as the table of docs/operations.md."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.soak.consumer import Consumer
from bench.soak.deliveries import Plan
from bench.soak.difference import Difference
from bench.soak.ledger import Ledger
from bench.soak.load import Load, spread
from bench.soak.streams import Reading

REFUSALS = ("503", "504", "500", "429", "0")
"""Answers after which a webhook is sent again; 0 stands for none."""
_BEGIN, _END = "<!-- soak: begin -->", "<!-- soak: end -->"
"""What the table stands between in the paper. A soak writes it; nobody else does."""


@dataclass(frozen=True)
class Done:
    """A soak that has ended: what was to happen, and how it went."""

    seed: int
    ledger: Ledger
    plan: Plan
    load: Load
    repaired: dict[str, Any]
    readings: list[Reading]
    consumer: Consumer


@dataclass(frozen=True)
class Result:
    """One soak. Latencies are milliseconds, `rate` is deliveries per second."""

    seed: int
    day: str
    machine: str
    events: int
    sessions: int
    accounts: int
    doubled: int
    dropped: int
    deliveries: int
    undelivered: int
    refused: int
    seconds: float
    rate: float
    in_processes: dict[str, float]
    at_the_door: dict[str, float]
    door_deliveries: int
    repaired: int
    reconciled_seconds: float
    changes: int
    put_events: int
    told: int
    told_twice: int
    stored_lost: int
    stored_wrong: int
    told_lost: int
    told_wrong: int

    @property
    def is_good(self) -> bool:
        """Whether nothing is lost and nothing wrong, and everything that should arrive did."""
        differing = self.stored_lost + self.stored_wrong + self.told_lost + self.told_wrong
        return differing == 0 and self.undelivered == 0

    def write(self, file: Path) -> None:
        """Write the result as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self) | {"good": self.is_good}, indent=2) + "\n")

    def table(self) -> str:
        """Return the rows of the paper's table."""
        rows = [
            ("events of Stripe's", f"{self.events:,}, of {self.sessions:,} sessions and"
             f" {self.accounts:,} accounts"),
            ("delivered", f"{self.deliveries:,} in any order: {self.doubled:,} events twice,"
             f" {self.dropped:,} never"),
            ("rate", f"{self.rate:,.0f} deliveries a second, for {_minutes(self.seconds)}"),
            ("built function, in processes", _latency(self.in_processes)),
            (f"whole front door, {self.door_deliveries:,} of them", _latency(self.at_the_door)),
            ("refused for the moment, and sent again", f"{self.refused:,}"),
            ("repaired by reconciliation", f"{self.repaired:,} in"
             f" {_minutes(self.reconciled_seconds)}"),
            ("domain events", f"{self.told:,} of {self.changes:,} changes, in"
             f" {self.put_events:,} calls of `PutEvents`"),
            ("stored, beside the ledger", _verdict(self.stored_lost, self.stored_wrong)),
            ("told, beside the ledger", _verdict(self.told_lost, self.told_wrong)),
        ]  # fmt: skip
        lines = [f"| {name} | {value} |" for name, value in rows]
        head = f"| the soak of {self.day} | {self.machine}, seed {self.seed} |\n|---|---|"
        return "\n".join([head, *lines])

    def put_into(self, paper: Path) -> bool:
        """Put the table into a paper, between its marks, and return whether the paper has them."""
        text = paper.read_text("utf-8")
        before, begin, rest = text.partition(_BEGIN)
        _, end, after = rest.partition(_END)
        if not (begin and end):
            return False
        paper.write_text(f"{before}{begin}\n{self.table()}\n{end}{after}", "utf-8")
        return True


def result_of(done: Done, stored: Difference, told: Difference) -> Result:
    """Return the figures of a soak."""
    ledger, plan, load = done.ledger, done.plan, done.load
    deliveries = sum(parcel["kind"] == "webhook" for parcel in plan.parcels)
    refusals = [name for name in load.outcomes if name.rpartition(" ")[2] in REFUSALS]
    return Result(
        seed=done.seed,
        day=datetime.now(UTC).strftime("%Y-%m-%d"),
        machine=machine(),
        events=sum(len(life.sent) for life in ledger.lives()),
        sessions=len(ledger.sessions),
        accounts=len(ledger.accounts),
        doubled=plan.doubled,
        dropped=len(plan.dropped),
        deliveries=deliveries,
        undelivered=load.undelivered,
        refused=sum(load.outcomes[name] for name in refusals),
        seconds=round(load.seconds, 1),
        rate=round(deliveries / load.seconds, 1),
        in_processes=spread(load.in_processes),
        at_the_door=spread(load.at_the_door),
        door_deliveries=len(load.at_the_door),
        repaired=done.repaired["repaired"],
        reconciled_seconds=round(done.repaired["seconds"], 1),
        changes=sum(reading.records for reading in done.readings),
        put_events=sum(reading.calls for reading in done.readings),
        told=done.consumer.events - done.consumer.repeated,
        told_twice=done.consumer.repeated,
        stored_lost=len(stored.lost),
        stored_wrong=len(stored.wrong),
        told_lost=len(told.lost),
        told_wrong=len(told.wrong),
    )


def machine() -> str:
    """Return the machine in a few words, without a name that is its own."""
    release = platform.freedesktop_os_release() if platform.system() == "Linux" else {}
    system = release.get("PRETTY_NAME", platform.system()).partition(" (")[0]
    return f"{os.cpu_count()} shared cores, {system}, emulated AWS"


def _verdict(lost: int, wrong: int) -> str:
    return f"**{lost} lost, {wrong} wrong**"


def _latency(spread: dict[str, float]) -> str:
    return f"median {spread['median_ms']:g} ms, 99th of a hundred {spread['p99_ms']:g} ms"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} minutes" if seconds >= 100 else f"{seconds:.0f} seconds"
