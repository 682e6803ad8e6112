"""The publisher of domain events as an operator has it: invoked, stopped and started."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults.stage import Stage

PUBLISHER = "EventPublication"


@contextmanager
def stopped(stage: Stage) -> Iterator[None]:
    """No change reaches the publisher as long as the block lasts; all come afterwards."""
    for mapping in _mappings(stage):
        _enable(stage, mapping["UUID"], enabled=False)
    try:
        yield
    finally:
        for mapping in _mappings(stage):
            _enable(stage, mapping["UUID"], enabled=True)


def invoke(stage: Stage, function: str, payload: dict[str, Any]) -> Any:
    """What a function returns to an operator's command."""
    answer = stage.client("lambda").invoke(
        FunctionName=stage.functions[function], Payload=json.dumps(payload)
    )
    body = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, body
    return body


def _mappings(stage: Stage) -> list[dict[str, Any]]:
    listed = stage.client("lambda").list_event_source_mappings(
        FunctionName=stage.functions[PUBLISHER]
    )
    return list(listed["EventSourceMappings"])


def _enable(stage: Stage, mapping: str, *, enabled: bool) -> None:
    stage.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=enabled)
