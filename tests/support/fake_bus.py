"""EventBridge's `PutEvents` in this process: it refuses what EventBridge refuses, and fails as a test
orders it to.
"""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ReadTimeoutError

from tests.support.storage import refused

Entry = dict[str, Any]
MOST_BYTES = 1024 * 1024


@dataclass
class FakeBus:
    """A client. `told` has the details that were taken, oldest first, each with its `type`.

    `faults` are what becomes of the next calls: the code of a call that is refused as a whole, `lost`
    for one whose answer never comes, `half` for one that neither takes nor mentions its last event, or
    the codes of single events by their positions in the call. A `poison` event never is taken.
    """

    name: str = "bus"
    faults: deque[str | dict[int, str]] = field(default_factory=deque)
    poison: Callable[[Entry], str] = lambda entry: ""
    told: list[dict[str, Any]] = field(default_factory=list)
    calls: list[list[dict[str, Any]]] = field(default_factory=list)

    def put_events(self, *, Entries: list[Entry]) -> dict[str, Any]:
        details = [json.loads(entry["Detail"]) | {"type": entry["DetailType"]} for entry in Entries]
        self.calls.append(details)
        self._check(Entries)
        fault = self.faults.popleft() if self.faults else {}
        if isinstance(fault, str) and fault not in ("lost", "half"):
            raise refused("PutEvents", fault, "a failure that was ordered")
        codes = [self.poison(entry) for entry in Entries]
        if isinstance(fault, dict):
            codes = [fault.get(at, "") or code for at, code in enumerate(codes)]
        if fault == "half":
            codes[-1] = "not taken"
        self.told += [detail for detail, code in zip(details, codes, strict=True) if not code]
        if fault == "lost":
            raise ReadTimeoutError(endpoint_url="https://events.example.com")
        answers = [{"ErrorCode": code} if code else {"EventId": "e"} for code in codes]
        return {"Entries": answers[:-1] if fault == "half" else answers}

    def _check(self, entries: list[Entry]) -> None:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""
        if not 1 <= len(entries) <= 10:
            raise refused("PutEvents", "ValidationException", f"{len(entries)} entries")
        size = sum(len(value.encode()) for entry in entries for value in entry.values())
        if size - sum(len(entry["EventBusName"]) for entry in entries) > MOST_BYTES:
            raise refused("PutEvents", "ValidationException", f"{size} bytes")
        for entry in entries:
            if entry["EventBusName"] != self.name:
                raise refused("PutEvents", "ResourceNotFoundException", "no such bus")
            assert isinstance(json.loads(entry["Detail"]), dict)
            assert 1 <= len(entry["DetailType"]) <= 128
            assert entry["Source"] == "countersign"

    def identities(self) -> list[tuple[str, int]]:
        """The subject and revision of each event that was taken, oldest first."""
        return [(detail["subject"], detail["revision"]) for detail in self.told]
