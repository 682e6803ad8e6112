"""The context of publishing: the bus, the bucket for what cannot be published, the tables that are
told of, the settings and the clock.
"""

import time
from collections.abc import Callable, Mapping
from functools import cache

from msgspec import Struct

from countersign.aws.bucket import Bucket
from countersign.aws.event_bus import EventBus
from countersign.aws.table import Table, table
from countersign.domain_events.told import TableName
from countersign.settings import Settings, settings


def _now() -> int:
    return int(time.time())


class Context(Struct, frozen=True):
    """What the publisher works with; a clock in Unix seconds says when an event was published."""

    bus: EventBus
    bucket: Bucket
    tables: Mapping[TableName, Table]
    settings: Settings
    now: Callable[[], int] = _now
    sleep: Callable[[float], None] = time.sleep

    def table_of(self, stream_arn: str) -> TableName:
        """Return which table has this stream. Raises `LookupError` when none has."""
        name = stream_arn.partition(":table/")[2].partition("/")[0]
        found = [known for known, table in self.tables.items() if table.name == name]
        if not found:
            raise LookupError("the record is of no table of this deployment")
        return found[0]


@cache
def context() -> Context:
    """Return the context of this process."""
    own = settings()
    tables: dict[TableName, Table] = {
        "identity": table(own.identity_table),
        "installs": table(own.installs_table),
        "spc": table(own.spc_table),
        "step_up": table(own.step_up_table),
        "payments": table(own.payments_table),
    }
    return Context(EventBus(own.event_bus), Bucket(own.put_aside_bucket), tables, own)
