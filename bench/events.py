"""Domain events: how long after its webhook one is on the bus of a running service, and how many
calls of `PutEvents` the changes of a day take.
"""

import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import Figure, keep
from bench.soak.consumer import subscribe
from bench.soak.ledger import make_ledger
from bench.soak.players import Marks
from bench.soak.streams import BATCH, plain_image
from countersign.aws.due_index import ATTRIBUTES
from countersign.aws.table import Table
from countersign.aws.telemetry import logger
from countersign.identity.session import session_key
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import store_snapshot
from countersign.stripe_api.events import parse_event
from tests.support.expressions import Row
from tests.support.quick_dynamodb import QuickDynamoDB, Request
from tests.support.service import Service, client, free_port, new_user, running_service
from tools.signed_event import session, signed_request

WEBHOOKS = 60
EVENTS = 10_000
"""A day's."""
CHANGES, MOST_CALLS = 1_000, 110
"""So many changes may take so many calls at most."""
_PATIENCE = 120
_STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/identity/stream/1"
_ISSUER = "0" * 16
_ENVIRONMENT = {
    "DEPLOYMENT": "bench",
    "STRIPE_MODE": "test",
    "IDENTITY_TABLE": "identity",
    "INSTALLS_TABLE": "installs",
    "SPC_TABLE": "spc",
    "STEP_UP_TABLE": "step_up",
    "EVENT_BUS": "bus",
    "PUT_ASIDE_BUCKET": "bucket",
    "EPOCH": "0",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def main() -> None:
    """Print both."""
    found = publish_a_day()
    title = f"{CHANGES:,} changes of a day's sessions, published"
    keep([Figure(title, "calls of PutEvents", found.calls, "calls", goal=MOST_CALLS)])
    print(f"\n{title}")
    verdict = "within" if found.calls <= MOST_CALLS else "OVER"
    print(
        f"  {found.calls} calls of PutEvents for {found.told} domain events, in batches of {BATCH}:"
        f" {verdict} the {MOST_CALLS} that it may take"
    )
    with (
        tempfile.TemporaryDirectory() as home,
        running_service(Path(home), free_port()) as service,
    ):
        latencies = measure_latency(service)
    low, median, high = statistics.quantiles(latencies, n=4)
    worst = statistics.quantiles(latencies, n=100)[98]
    title = "From a webhook to its domain event on the bus, on the emulator"
    keep([Figure(title, "a verified session", median, "ms", (low, high))])
    print(f"\n{title}, {len(latencies)} times")
    print(f"  {median:.0f} ms  [{low:.0f} to {high:.0f}], 99th of a hundred {worst:.0f} ms")


def measure_latency(service: Service) -> list[float]:
    """Return the milliseconds from the sending of each webhook to its event's arrival in a queue
    behind a rule of the bus.
    """
    environment = json.loads((service.home / "env.json").read_text())
    os.environ.update(environment["WebhookReceipt"])
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    queues = client(service, "sqs")
    bus = environment["EventPublication"]["EVENT_BUS"]
    address = subscribe(client(service, "events"), queues, bus)
    table = Table(environment["WebhookReceipt"]["IDENTITY_TABLE"], client(service, "dynamodb"))
    found = [_latency(service, queues, address, table) for _ in range(WEBHOOKS + 1)]
    return found[1:]  # the first starts the functions


def _latency(service: Service, queues: Any, address: str, table: Table) -> float:
    now = int(time.time())
    known = session("created", f"vs_1SQ{new_user('bench')}", now - 60)
    known["metadata"]["countersign_issuer"] = _ISSUER
    store_snapshot(table, Snapshot.from_read(known, None))
    request = signed_request("identity.verification_session.verified", known["id"], now)
    began = time.perf_counter()
    answer = service.http.post("/webhook", content=request["body"], headers=request["headers"])
    assert answer.json()["outcome"] == "applied", answer.text
    while time.perf_counter() - began < _PATIENCE:
        messages = queues.receive_message(QueueUrl=address, WaitTimeSeconds=0).get("Messages", [])
        for message in messages:
            queues.delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])
            if json.loads(message["Body"])["detail"]["subject"] == known["id"]:
                return (time.perf_counter() - began) * 1000
        time.sleep(0.005)
    raise AssertionError(f"the event of {session_key(known['id'])} is not on the bus")


class _Outbox(QuickDynamoDB):
    """A table in memory that keeps the records of its stream, as Lambda hands them over."""

    def __init__(self) -> None:
        super().__init__("identity")
        self.records: list[dict[str, Any]] = []

    def _store(self, request: Request, row: Row | None) -> None:
        before = self._row(request)
        super()._store(request, row)
        images = {
            name: plain_image(image)
            for name, image in (("OldImage", before), ("NewImage", row))
            if image is not None
        }
        change = {
            "Keys": plain_image(request["Key"]),
            "SequenceNumber": str(len(self.records)),
            "ApproximateCreationDateTime": 0,
            **images,
        }
        kind = "MODIFY" if before is not None else "INSERT"
        self.records.append({"eventName": kind, "eventSourceARN": _STREAM, "dynamodb": change})


class _CountingBus:
    """EventBridge, as far as the publisher uses it: it takes every event."""

    def __init__(self) -> None:
        self.calls = self.events = 0

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803
        """Take the events of one call."""
        self.calls += 1
        self.events += len(Entries)
        return {"Entries": [{"EventId": "1"} for _ in Entries]}


@dataclass(frozen=True)
class Published:
    """What so many changes told, in how many calls of `PutEvents`, and how many of them changed the
    index of what is due.
    """

    calls: int
    told: int
    indexed: int


def publish_a_day() -> Published:
    """Publish the first changes of a day's sessions."""
    os.environ.update(_ENVIRONMENT)
    logger.setLevel("CRITICAL")
    from countersign.aws.bucket import Bucket
    from countersign.aws.event_bus import EventBus
    from countersign.domain_events.context import Context
    from countersign.domain_events.publish_batch import publish_batch
    from countersign.settings import settings

    outbox, bus = _Outbox(), _CountingBus()
    identity = Table("identity", outbox)  # type: ignore[arg-type]
    marks = Marks("bench", _ISSUER)
    ledger = make_ledger(EVENTS, 1, marks, int(time.time()), lambda done: None)
    happened = sorted(
        (sent for life in ledger.sessions for sent in life.sent), key=lambda sent: sent.created
    )
    for sent in happened:
        store_snapshot(identity, Snapshot.from_event(parse_event(sent.body.encode())))
    tables: Any = {"identity": identity}
    context = Context(EventBus("bus", bus), Bucket("bucket"), tables, settings())
    records = outbox.records[:CHANGES]
    assert len(records) == CHANGES
    for first in range(0, CHANGES, BATCH):
        answer = publish_batch(context, records[first : first + BATCH], lambda: 100.0)
        assert answer == {"batchItemFailures": []}
    settings.cache_clear()
    return Published(bus.calls, bus.events, sum(map(_is_indexed, records)))


def _is_indexed(record: dict[str, Any]) -> bool:
    before, after = (record["dynamodb"].get(name, {}) for name in ("OldImage", "NewImage"))
    return any(before.get(name) != after.get(name) for name in ATTRIBUTES)


if __name__ == "__main__":
    main()
