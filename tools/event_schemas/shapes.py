"""The kinds of event that the deployment tells, each with an example as the bus has it."""

from countersign.domain_events.catalog import CATALOG
from countersign.domain_events.domain_event import detail_of
from tools.event_schemas.examples import EXAMPLES
from tools.event_schemas.json_schema import Schema, Shape

_DEPLOYMENT = "123456789012/eu-west-1/countersign"
_DELAY_S = 2


class NoExample(Exception):
    """A kind of event has no example."""


def read_shapes() -> list[Shape]:
    """Return every kind of event of the catalog, in its order. Raises `NoExample`."""
    return [
        Shape(name, kind.version, kind.data, kind.meaning, _example(name))
        for name, kind in CATALOG.items()
    ]


def _example(name: str) -> Schema:
    if name not in EXAMPLES:
        raise NoExample(f"tools/event_schemas/examples.py has no example of {name}: add one")
    event = EXAMPLES[name]
    return detail_of(
        event,
        version=CATALOG[name].version,
        deployment=_DEPLOYMENT,
        livemode=False,
        epoch=0,
        published_at=event.occurred_at + _DELAY_S,
        replayed=False,
    )
