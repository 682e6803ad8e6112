"""A publisher over a bus, a bucket and tables that a test holds in its hands."""

from dataclasses import dataclass, field
from typing import Any

from countersign.aws.bucket import Bucket
from countersign.aws.event_bus import EventBus
from countersign.aws.items import StoredForm
from countersign.aws.table import Table
from countersign.domain_events.context import Context
from countersign.domain_events.told import TableName
from countersign.settings import Settings
from tests.support.clock import Clock
from tests.support.fake_bucket import FakeBucket
from tests.support.fake_bus import FakeBus
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stream_records import NAMES
from tests.support.stripe_objects import DEPLOYMENT

TABLES: tuple[TableName, ...] = ("identity", "installs", "spc", "step_up", "payments")


@dataclass
class Publishing:
    """What a publisher works with; `seconds` are left of its invocation."""

    livemode: bool = False
    epoch: int = 0
    bus: FakeBus = field(default_factory=FakeBus)
    bucket: FakeBucket = field(default_factory=FakeBucket)
    dynamodb: QuickDynamoDB = field(default_factory=lambda: QuickDynamoDB(*NAMES.values()))
    clock: Clock = field(default_factory=Clock)
    seconds: float = 120
    pauses: list[float] = field(default_factory=list)

    @property
    def context(self) -> Context:
        """The context of these."""
        client: Any = self.dynamodb
        return Context(
            EventBus("bus", self.bus),
            Bucket("aside", self.bucket),
            {name: Table(NAMES[name], client, livemode=self.livemode) for name in TABLES},
            Settings(DEPLOYMENT, livemode=self.livemode, epoch=self.epoch),
            self.clock,
            self.pauses.append,
        )

    def left(self) -> float:
        """The seconds of this invocation."""
        return self.seconds

    def store(self, table: TableName, item: dict[str, Any]) -> None:
        """Have an item in a table."""
        row = StoredForm(self.livemode).typed(item)
        self.dynamodb.tables[NAMES[table]][row["pk"]["S"]] = row
