"""The publisher of domain events as an operator has it: invoked, stopped and started."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults.stage import Stage
from tests.support import deployed

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
    return deployed.invoke(stage.service, function, payload)


def _mappings(stage: Stage) -> list[dict[str, Any]]:
    listed = stage.client("lambda").list_event_source_mappings(
        FunctionName=stage.functions[PUBLISHER]
    )
    return list(listed["EventSourceMappings"])


def _enable(stage: Stage, mapping: str, *, enabled: bool) -> None:
    stage.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=enabled)


def forget(stage: Stage) -> None:
    """The streams forget what was not told yet, as they do after a day. Each goes on with what comes
    next, once it is started.
    """
    functions = stage.client("lambda")
    for mapping in _mappings(stage):
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
        made = {name: mapping[name] for name in _SETTINGS if name in mapping}
        functions.create_event_source_mapping(
            FunctionName=stage.functions[PUBLISHER],
            StartingPosition="LATEST",
            Enabled=False,
            **made,
        )


_SETTINGS = ("EventSourceArn", "BatchSize", "FilterCriteria", "FunctionResponseTypes")


def republish(stage: Stage) -> None:
    """Have the present state of everything told again."""
    after: dict[str, str] = {}
    while True:
        done = invoke(stage, PUBLISHER, {"republish": after})
        if not done["next"]:
            return
        after = {"after": done["next"]}
