"""Reconciling a day of which everything arrived: what it asks of Stripe and of DynamoDB, and how
long it takes, on a running service. The number of events may be given.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.figures import Figure, keep
from bench.progress import Bar
from bench.requests import Ledger as Requests
from bench.soak.deliveries import make_plan
from bench.soak.ledger import make_ledger, write_down
from bench.soak.load import deliver
from bench.soak.players import Marks
from bench.soak.processes import bundle_of, stop_triggers
from countersign.aws.telemetry import logger
from tests.support.gateway import LambdaContext
from tests.support.service import Service, free_port, running_service
from tools.functions import load_function

EVENTS = 10_000
QUARTER_OF_AN_HOUR = 900_000
"""Milliseconds of an invocation."""


def main() -> None:
    """Print the requests and the time, and that nothing was repaired."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_service(Path(folder) / "service", free_port()) as service,
    ):
        began, events = _a_day(service, Path(folder))
        environment = json.loads((service.home / "env.json").read_text())
        os.environ.update(environment["Reconciliation"])
        logger.setLevel("CRITICAL")
        os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
        os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "Reconciliation"
        handler: Any = load_function("reconciliation").handler
        requests, before = Requests(), len(service.stripe_requests())
        since = time.perf_counter()
        wanted = {"reconcile": {"from": began, "to": int(time.time())}}
        run = handler(wanted, LambdaContext(milliseconds=QUARTER_OF_AN_HOUR))
        took = time.perf_counter() - since
        asked, units, indexed = requests.take()
        at_stripe = len(service.stripe_requests()) - before
    assert run["status"] == "done", run
    title = f"A day of {events:,} events that all arrived, reconciled on a running service"
    keep(
        [
            Figure(title, "to Stripe", at_stripe, "requests"),
            Figure(title, "to DynamoDB", asked, "requests"),
            Figure(title, "repaired", run["repaired"], "sessions", goal=0),
            Figure(title, "whole run", took, "s"),
        ]
    )
    print(f"\n{title}")
    print(
        f"  {at_stripe:,} requests to Stripe, {asked:,} to DynamoDB with {units:,.0f} units and"
        f" {indexed:,.0f} of indexes, {took:.1f} s: {run['found']:,} found,"
        f" {run['repaired']} repaired"
    )


def _a_day(service: Service, folder: Path) -> tuple[int, int]:
    """Have a day's events happen and arrive once each, and return when it began and their number,
    without those of connected accounts.
    """
    bundle = bundle_of(service)
    stop_triggers(service)
    marks = Marks(bundle.environment["WebhookReceipt"]["DEPLOYMENT"], bundle.issuer)
    size = int(sys.argv[1]) if sys.argv[1:] else EVENTS
    bar = Bar("making the ledger", size)
    ledger = make_ledger(size, 1, marks, int(time.time()), bar.set)
    write_down(ledger, service.home / "state" / "stripe.sqlite")
    bar.end()
    plan = make_plan(ledger, 1, doubled=0, dropped=0)
    load = deliver(bundle, service.url, plan.parcels, [], folder)
    assert load.undelivered == 0
    return ledger.began, sum(len(life.sent) for life in ledger.sessions)


if __name__ == "__main__":
    main()
