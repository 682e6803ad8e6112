"""Tell the present state of every item, from the tables themselves.

The stream forgets a change after 24 hours, the table does not. What happened in between is not
told, the state that it led to is (docs/decisions.md#the-stream-is-the-outbox).
"""

from collections.abc import Iterator
from typing import get_args

from msgspec import Struct

from countersign.aws.telemetry import logger
from countersign.domain_events.context import Context
from countersign.domain_events.publish_events import (
    LEAST_TIME,
    NO_TIME_LEFT,
    Outgoing,
    SecondsLeft,
    outgoing,
    publish_events,
)
from countersign.domain_events.told import TableName, present
from countersign.formats.records import Item
from countersign.problems import Unavailable

TABLES: tuple[TableName, ...] = get_args(TableName)
PAGE = 100
"""Items that are read at a time."""


class Republish(Struct):
    """What a republish has done. `untold` counts the items that cannot be told, which the log
    names. If it did not come to the end, `next` is where to go on and `reason` says why.
    """

    items: int = 0
    published: int = 0
    untold: int = 0
    next: str = ""
    reason: str = ""


def republish(
    context: Context, left: SecondsLeft, table: TableName | None = None, after: str = ""
) -> Republish:
    """Publish the present state of the items of one table, or of all, as far as the time allows.
    `after` is the `next` of the run before.

    Raises `ValueError` for a table or a place that is none.
    """
    done = Republish()
    for name, place in _places(table, after):
        at: str | None = place
        while at is not None:
            done.next = f"{name}:{at}"
            if left() < LEAST_TIME:
                done.reason = NO_TIME_LEFT
                return done
            at = _republish_page(context, name, at, left, done)
            if done.reason:
                return done
    done.next = ""
    return done


def _places(table: TableName | None, after: str) -> Iterator[tuple[TableName, str]]:
    """Yield each table that is still to be told, with the place to begin at."""
    first, _, place = after.partition(":")
    names = [name for name in TABLES if table in (None, name)]
    found = [name for name in names if name == first]
    if not names or (after and not found):
        raise ValueError(
            f"`table` must be one of {', '.join(TABLES)}, or left out, and `after` the `next` of a"
            " republish with the same `table`."
        )
    for name in names[names.index(found[0]) if found else 0 :]:
        yield name, place if name == first else ""


def _republish_page(
    context: Context, name: TableName, after: str, left: SecondsLeft, done: Republish
) -> str | None:
    """Publish a page and return the place after it, or `None` at the end of the table. The reason
    is set if it has to be done again.
    """
    try:
        items, following = context.tables[name].scan(after, PAGE)
    except Unavailable as error:
        done.reason = error.code
        return after
    waiting: dict[int, Outgoing] = {}
    for position, item in enumerate(items):
        try:
            event = present(name, item)
            if event is not None:
                waiting[position] = outgoing(context, event, replayed=True)
        except Exception as error:  # noqa: BLE001  the other items are told all the same
            _untold(name, item, type(error).__name__, done)
    sent = publish_events(context, waiting, left)
    for position, reason in sent.refused.items():
        _untold(name, items[position], reason, done)
    done.published += sent.published
    if sent.stopped_at is not None:
        done.reason = sent.reason
        return after
    done.items += len(items)
    return following or None


def _untold(name: TableName, item: Item, reason: str, done: Republish) -> None:
    done.untold += 1
    logger.error(
        "an item cannot be told", extra={"table": name, "pk": item["pk"], "reason": reason}
    )
