"""A table that is throttled at a chosen call, and what each of its changes tells: so that a test can
say that an effect was neither lost nor doubled.
"""

from typing import Any

from countersign.aws.items import StoredForm
from countersign.domain_events.told import TableName, told
from tests.support.expressions import Row
from tests.support.quick_dynamodb import QuickDynamoDB, Request
from tests.support.storage import refused

_FORM = StoredForm(livemode=False)


class WatchedDynamoDB(QuickDynamoDB):
    """DynamoDB over dictionaries. Its call number `throttled_at` is refused with `code`; `told` has
    the types of the domain events that its changes are published as, in order.
    """

    def __init__(self, *tables: str) -> None:
        super().__init__(*tables)
        self.throttled_at: int | None = None
        self.code = "ThrottlingException"
        self.calls = 0
        self.told: list[str] = []

    def begin(self, throttled_at: int | None, code: str = "ThrottlingException") -> None:
        """Count and note from here on."""
        self.throttled_at, self.code = throttled_at, code
        self.calls, self.told = 0, []

    @property
    def was_throttled(self) -> bool:
        """Whether a call was refused since then."""
        return self.throttled_at is not None and self.calls >= self.throttled_at

    def _admit(self, operation: str, request: Request) -> str:
        self.calls += 1
        if self.calls == self.throttled_at:
            raise refused(operation, self.code, "a throttle that was ordered")
        return super()._admit(operation, request)

    def _store(self, request: Request, row: Row | None) -> None:
        before = self._row(request)
        super()._store(request, row)
        table: TableName = request["TableName"]
        event = told(table, _plain(before), _plain(row), 0) if before != row else None
        if event is not None:
            self.told.append(event.type)


def _plain(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else _FORM.plain(row)
