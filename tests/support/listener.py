"""Somebody who hears what every change of a table tells, as the function on its stream does."""

from collections import defaultdict
from typing import Any

from countersign.aws.items import StoredForm
from countersign.domain_events.catalog import CATALOG
from countersign.domain_events.domain_event import DomainEvent
from countersign.domain_events.told import TableName, present, told
from tests.support.clock import Clock
from tests.support.expressions import Row
from tests.support.quick_dynamodb import QuickDynamoDB

FORM = StoredForm(livemode=False)


class Listener:
    """Keeps what was told of each subject, and holds it to what consumers rely on: its revisions
    rise strictly, and its data is what the catalog says. `writes` counts the changes.
    """

    def __init__(self, table: TableName, dynamodb: QuickDynamoDB, clock: Clock) -> None:
        self.table = table
        self.dynamodb = dynamodb
        self.clock = clock
        self.writes = 0
        self.events: list[DomainEvent] = []
        self.of: dict[str, list[DomainEvent]] = defaultdict(list)
        dynamodb.stream = self._hear

    def _hear(self, before: Row | None, after: Row | None) -> None:
        if before == after:
            return
        self.writes += 1
        event = told(self.table, _plain(before), _plain(after), self.clock())
        if event is None:
            return
        assert type(event.data) is CATALOG[event.type].data
        earlier = self.of[event.subject]
        assert not earlier or event.revision > earlier[-1].revision
        earlier.append(event)
        self.events.append(event)

    def types(self, subject: str) -> list[str]:
        """What was told of a subject, without the name of the capability."""
        return [event.type.partition(".")[2] for event in self.of[subject]]

    def last(self, subject: str) -> DomainEvent | None:
        """What was last told of a subject."""
        return self.of[subject][-1] if self.of[subject] else None

    def present(self) -> dict[str, DomainEvent]:
        """What all that is stored tells as it is now, by subject. It is never behind what was told."""
        found = [present(self.table, FORM.plain(row)) for row in self.dynamodb.rows.values()]
        events = {event.subject: event for event in found if event is not None}
        for subject, event in events.items():
            last = self.last(subject)
            assert last is None or event.revision >= last.revision
        return events

    def heard(self, call: Any, *args: Any, **kwargs: Any) -> list[str]:
        """The types of what a call told, which has written something."""
        writes, events = self.writes, len(self.events)
        call(*args, **kwargs)
        assert self.writes > writes, "nothing was written"
        return [event.type for event in self.events[events:]]


def _plain(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else FORM.plain(row)
