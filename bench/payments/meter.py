"""Counts and times what this process asks of DynamoDB and of Stripe."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from countersign.aws import table
from countersign.stripe_api import calls

_READS = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"})


@dataclass
class Used:
    """What was asked: requests and seconds of each, DynamoDB's units of reads and of writes, those
    of indexes among them.
    """

    dynamodb: int = 0
    dynamodb_seconds: float = 0.0
    stripe: int = 0
    stripe_seconds: float = 0.0
    reads: float = 0.0
    writes: float = 0.0

    def plus(self, other: "Used") -> "Used":
        """Return both together."""
        mine, others = vars(self), vars(other)
        return Used(**{name: mine[name] + others[name] for name in mine})


@dataclass
class Meter:
    """What was asked since it was last taken. It sees the one client that all tables share."""

    used: Used = field(default_factory=Used)
    _began: float = 0.0

    def __post_init__(self) -> None:
        events: Any = table._client().meta.events
        events.register("provide-client-params.dynamodb", self._ask)
        events.register("before-call.dynamodb", self._begin)
        events.register("after-call.dynamodb", self._note)
        watch_stripe(self._note_stripe)

    def take(self) -> Used:
        """Return what was asked since then."""
        found, self.used = self.used, Used()
        return found

    def _note_stripe(self, seconds: float) -> None:
        self.used.stripe += 1
        self.used.stripe_seconds += seconds

    def _ask(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return params | {"ReturnConsumedCapacity": "TOTAL"}

    def _begin(self, **_: Any) -> None:
        self._began = time.perf_counter()

    def _note(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self.used.dynamodb_seconds += time.perf_counter() - self._began
        self.used.dynamodb += 1
        told = parsed.get("ConsumedCapacity", {})
        units = sum(map(_units, told if isinstance(told, list) else [told]))
        if model.name in _READS:
            self.used.reads += units
        else:
            # A write whose condition fails costs a unit, which the emulator does not say.
            failed = parsed.get("Error", {}).get("Code") == "ConditionalCheckFailedException"
            self.used.writes += units + failed


def watch_stripe(note: Callable[[float], None]) -> None:
    """Have every request of this process to Stripe noted, with its seconds."""
    stripe: Any = calls
    send = stripe._send

    def timed(*sent: Any) -> Any:
        began = time.perf_counter()
        try:
            return send(*sent)
        finally:
            note(time.perf_counter() - began)

    stripe._send = timed


def _units(consumed: dict[str, Any]) -> float:
    return float(consumed.get("CapacityUnits", 0.0))
