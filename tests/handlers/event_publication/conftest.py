"""A deployment of the publisher over a bus, a bucket and tables in this process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from countersign.aws import bucket, event_bus, table
from tests.support.processes import forget_settings
from tests.support.publishing import Publishing
from tests.support.roles import acting_as
from tests.support.stream_records import NAMES
from tests.support.stripe_objects import DEPLOYMENT
from tools.functions import load_function

SETTINGS = {
    "DEPLOYMENT": DEPLOYMENT,
    "STRIPE_MODE": "test",
    "IDENTITY_TABLE": NAMES["identity"],
    "INSTALLS_TABLE": NAMES["installs"],
    "SPC_TABLE": NAMES["spc"],
    "STEP_UP_TABLE": NAMES["step_up"],
    "PAYMENTS_TABLE": NAMES["payments"],
    "EVENT_BUS": "bus",
    "PUT_ASIDE_BUCKET": "aside",
    "EPOCH": "3",
}


@dataclass
class LambdaContext:
    """As much of Lambda's context as the function looks at."""

    milliseconds: Callable[[], float]

    def get_remaining_time_in_millis(self) -> int:
        return int(self.milliseconds())


@dataclass
class Deployed:
    """The function's handler in its role, and what it works with."""

    world: Publishing = field(default_factory=Publishing)

    def invoke(self, event: Any) -> Any:
        handler = load_function("event_publication").handler
        with acting_as(handler):
            return handler(event, LambdaContext(lambda: self.world.left() * 1000))


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    deployed = Deployed()
    for variable, value in SETTINGS.items():
        monkeypatch.setenv(variable, value)
    clients = ((table, "dynamodb"), (event_bus, "bus"), (bucket, "bucket"))
    for module, name in clients:
        client = getattr(deployed.world, name)
        monkeypatch.setattr(module, "_client", lambda client=client: client)
    forget_settings()
    yield deployed
    forget_settings()
