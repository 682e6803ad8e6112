"""`python -m bench.soak`: the whole soak, from the ledger to the result.

The same seed makes the same choices, of objects with other ids. `--papers` puts the table into
docs/operations.md.
"""

import os
import secrets
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from random import Random

from bench.progress import Bar
from bench.soak.comparison import compare_stored, compare_told
from bench.soak.consumer import consuming, subscribe
from bench.soak.deliveries import Parcel, Plan, make_plan
from bench.soak.ledger import make_ledger, write_down
from bench.soak.load import Load, deliver
from bench.soak.players import Marks
from bench.soak.processes import Bundle, bundle_of, stop_triggers
from bench.soak.repair import reconcile
from bench.soak.report import Done, Result, result_of
from bench.soak.streams import Reading, reading_streams
from local.places import find_places
from tests.support.merchants import Merchant
from tests.support.service import ROOT, Service, client, free_port, running_service

AT_THE_DOOR = 20
"""One of so many deliveries comes through the whole front door."""
_SHOWN = 10
"""Differences that are printed."""


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.soak")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--papers", action="store_true")
    chosen = parser.parse_args()
    # Whoever ends the soak ends all that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    size, seed = chosen.events, chosen.seed
    print(f"soak of {size:,} events, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "service"
        with running_service(home, free_port()) as service:
            found = soak(service, Path(folder), size, seed)
    found.write(find_places(os.environ).shared / "soak.json")
    print(f"\n{found.table()}")
    if chosen.papers and not found.put_into(ROOT / "docs" / "operations.md"):
        print("docs/operations.md has no place for the table", file=sys.stderr)
        return 1
    return 0 if found.is_good else 1


def soak(service: Service, folder: Path, size: int, seed: int) -> Result:
    """Make the ledger, deliver it, have it reconciled, and compare."""
    bundle = bundle_of(service)
    environment = bundle.environment["EventPublication"]
    stop_triggers(service)
    queues = client(service, "sqs")
    address = subscribe(client(service, "events"), queues, environment["EVENT_BUS"])
    marks = Marks(environment["DEPLOYMENT"], bundle.issuer)
    bar = Bar("making the ledger", size)
    ledger = make_ledger(size, seed, marks, int(time.time()), bar.set)
    write_down(ledger, service.home / "state" / "stripe.sqlite")
    bar.end()
    plan = make_plan(ledger, seed)
    dynamodb, streams = client(service, "dynamodb"), client(service, "dynamodbstreams")
    # The one callback that asks Stripe: it shows that our key is the app developer's. Those of the
    # ledger come too late to be asked about.
    assert Merchant(service).connect().status_code == 303
    with (
        consuming(queues, address) as consumer,
        reading_streams(bundle, dynamodb, streams, folder) as everything_read,
    ):
        load = _deliver(bundle, service, plan, folder, seed)
        repaired = reconcile(service.http, ledger.began, int(time.time()), size)
        readings: list[Reading] = everything_read()
        print("reading what is left on the bus", flush=True)
    done = Done(seed, ledger, plan, load, repaired, readings, consumer)
    stored = compare_stored(dynamodb, environment, ledger, bundle.issuer)
    told = compare_told(consumer, ledger, bundle.issuer)
    for name, difference in (("stored", stored), ("told", told)):
        for line in difference.lines(_SHOWN):
            print(f"{name}: {line}")
    print(f"outcomes: {dict(sorted(load.outcomes.items()))}")
    return result_of(done, stored, told)


def _deliver(bundle: Bundle, service: Service, plan: Plan, folder: Path, seed: int) -> Load:
    random = Random(seed + 2)  # noqa: S311
    at_the_door: list[Parcel] = []
    others: list[Parcel] = []
    for parcel in plan.parcels:
        is_there = parcel["kind"] == "webhook" and random.random() < 1 / AT_THE_DOOR
        (at_the_door if is_there else others).append(parcel)
    return deliver(bundle, service.url, others, at_the_door, folder)


if __name__ == "__main__":
    sys.exit(main())
