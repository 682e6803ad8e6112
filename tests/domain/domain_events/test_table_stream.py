"""From the writes of the store to events on the bus, over a table with its stream."""

from typing import Any

import pytest

from countersign.aws.table import Table
from countersign.domain_events.publish_batch import publish_batch
from countersign.domain_events.republish import republish
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import store_snapshot
from countersign.stripe_api.events import parse_event
from tests.support.clock import START
from tests.support.poller import Poller
from tests.support.publishing import Publishing
from tests.support.stream_records import NAMES
from tests.support.streamed_dynamodb import StreamedDynamoDB
from tests.support.stripe_objects import identity_event
from tests.support.webhooks import payload_of


@pytest.fixture
def dynamodb() -> StreamedDynamoDB:
    return StreamedDynamoDB(*NAMES.values())


@pytest.fixture
def world(dynamodb: StreamedDynamoDB) -> Publishing:
    return Publishing(dynamodb=dynamodb)


@pytest.fixture
def table(world: Publishing) -> Table:
    return world.context.tables["identity"]


def store(table: Table, kind: str) -> None:
    event = identity_event(kind, created=START)
    store_snapshot(table, Snapshot.from_event(parse_event(payload_of(event))))


def poll(world: Publishing, dynamodb: StreamedDynamoDB, **members: Any) -> Poller:
    """Have the publisher see everything that was written."""

    def invoke(event: dict[str, Any]) -> dict[str, Any]:
        return publish_batch(world.context, event["Records"], world.left)

    poller = Poller(invoke, lambda *_: None, world.clock.time, **members)
    poller.stream = dynamodb.streams[NAMES["identity"]]
    poller.drain()
    return poller


def types(world: Publishing) -> list[str]:
    return [told["type"] for told in world.bus.told]


@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_what_becomes_of_a_session_is_told_in_its_order(
    world: Publishing, dynamodb: StreamedDynamoDB, table: Table, batch_size: int
) -> None:
    store(table, "created")
    store(table, "processing")
    store(table, "requires_input")
    store(table, "processing")  # late: it changes nothing
    store(table, "verified")
    poller = poll(world, dynamodb, batch_size=batch_size)
    assert len(poller.stream) == 4
    assert types(world) == ["identity.processing", "identity.requires_input", "identity.verified"]
    revisions = [revision for _, revision in world.bus.identities()]
    assert revisions == sorted(set(revisions))
    assert {told["subject"] for told in world.bus.told} == {"vs_1"}


def test_a_republish_tells_what_the_stream_told_last(
    world: Publishing, dynamodb: StreamedDynamoDB, table: Table
) -> None:
    store(table, "processing")
    store(table, "verified")
    poll(world, dynamodb)
    assert republish(world.context, world.left).published == 1
    last, again = world.bus.told[-2:]
    assert again == last | {"replayed": True}
