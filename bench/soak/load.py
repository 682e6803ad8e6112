"""Everything arrives: through the built function in several processes, and a part of it through the
whole front door, at the same time.
"""

import json
import os
import selectors
import statistics
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.progress import Bar
from bench.soak.deliveries import Parcel, write_parcels
from bench.soak.front_door import FrontDoor
from bench.soak.processes import BuiltProcess, Bundle

PROCESSES = 3
"""Processes with the built function."""


@dataclass
class Load:
    """How the deliveries went: seconds, latencies of webhooks in microseconds, and how often there
    was each outcome.
    """

    seconds: float = 0.0
    in_processes: list[int] = field(default_factory=list)
    at_the_door: list[int] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    undelivered: int = 0

    def add(self, outcomes: Mapping[str, int], undelivered: int) -> None:
        """Add what came of a part of the deliveries."""
        for outcome, number in outcomes.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + number
        self.undelivered += undelivered


def deliver(
    bundle: Bundle, url: str, parcels: list[Parcel], at_the_door: list[Parcel], folder: Path
) -> Load:
    """Deliver everything, and return how it went."""
    load = Load()
    bar = Bar("delivering", len(parcels) + len(at_the_door))
    door = FrontDoor(url, at_the_door)
    results = []
    with ExitStack() as stack:
        workers = []
        for number in range(PROCESSES):
            file, result = folder / f"parcels-{number}", folder / f"result-{number}"
            write_parcels(parcels[number::PROCESSES], file)
            results.append(result)
            arguments = (str(file), str(result))
            log = folder / f"worker-{number}.log"
            running = bundle.running("worker.py", "WebhookReceipt", *arguments, log=log)
            workers.append(stack.enter_context(running))
        door.start()
        _follow(workers, door, bar)
        door.join()
        load.seconds = bar.end()
    for result, worker in zip(results, workers, strict=True):
        if not result.exists():
            raise RuntimeError(f"a process of the soak has ended: {worker.last_lines()}")
        told = json.loads(result.read_text())
        load.in_processes += told["latencies_us"]
        load.add(told["outcomes"], told["undelivered"])
    load.at_the_door = door.latencies
    load.add(door.outcomes, door.undelivered)
    return load


def spread(latencies_us: list[int]) -> dict[str, float]:
    """Return the median and the 99th of a hundred latencies, in milliseconds."""
    if len(latencies_us) < 2:
        return {"median_ms": 0.0, "p99_ms": 0.0}
    cuts = statistics.quantiles(latencies_us, n=100)
    return {"median_ms": round(cuts[49] / 1000, 1), "p99_ms": round(cuts[98] / 1000, 1)}


def _follow(workers: list[BuiltProcess], door: FrontDoor, bar: Bar) -> None:
    """Show the progress of all until every process has ended."""
    done = 0
    with selectors.DefaultSelector() as selector:
        for worker in workers:
            selector.register(worker.answers, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(timeout=0.5):
                told = os.read(key.fd, 65536)
                done += sum(map(int, told.split()))
                if not told:
                    selector.unregister(key.fileobj)
            bar.set(done + door.done)
    while door.is_calling:
        bar.set(done + door.done)
        time.sleep(0.2)
