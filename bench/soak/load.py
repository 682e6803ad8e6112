"""Everything arrives: through the built function in several processes, and a part of it through the
whole front door, at the same time.
"""

import json
import os
import selectors
import statistics
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.soak.deliveries import Parcel, write_parcels
from bench.soak.processes import BuiltProcess, Bundle
from bench.soak.progress import Bar
from bench.soak.worker import request
from local.stripe_settings import STAND_IN_WEBHOOK_SECRETS

PROCESSES, CALLERS = 3, 4
"""Processes with the built function, and callers at the front door."""


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

    def count(self, outcome: str, number: int = 1) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + number


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
        load.undelivered += told["undelivered"]
        for outcome, number in told["outcomes"].items():
            load.count(outcome, number)
    load.at_the_door = door.latencies
    load.undelivered += door.undelivered
    for outcome, number in door.outcomes.items():
        load.count(outcome, number)
    return load


class FrontDoor:
    """A few callers that send webhooks as Stripe does."""

    def __init__(self, url: str, parcels: list[Parcel]) -> None:
        self._url, self._left = url, parcels[::-1]
        self._secrets = STAND_IN_WEBHOOK_SECRETS.split(",")
        self._threads = [threading.Thread(target=self._call, daemon=True) for _ in range(CALLERS)]
        self.latencies: list[int] = []
        self.outcomes: dict[str, int] = {}
        self.undelivered = 0

    @property
    def done(self) -> int:
        return len(self.latencies)

    @property
    def is_calling(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        with httpx.Client(base_url=self._url, timeout=40, trust_env=False) as http:
            while True:
                try:
                    parcel = self._left.pop()
                except IndexError:
                    return
                self._deliver(http, parcel)

    def _deliver(self, http: httpx.Client, parcel: Parcel) -> None:
        for pause in (0.5, 1, 2, 4, 8, None):
            sent = request(parcel["body"], self._secrets[parcel["secret"]])
            began = time.perf_counter_ns()
            try:
                answer = http.post("/webhook", content=sent["body"], headers=sent["headers"])
                status = answer.status_code
            except httpx.HTTPError:
                status = 0
            took = (time.perf_counter_ns() - began) // 1000
            outcome = answer.json()["outcome"] if status == 200 else str(status)
            key = f"front door {outcome}"
            self.outcomes[key] = self.outcomes.get(key, 0) + 1
            if status == 200 or pause is None:
                self.latencies.append(took)
                self.undelivered += status != 200
                return
            time.sleep(pause)


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
