"""Fills the tables: some people do everything through the functions, and what that has stored is
then copied under other keys until there are as many as wanted.
"""

from collections.abc import Iterator

from bench.growth.deployment import Deployment
from bench.growth.operations import live, new_person
from bench.units import size
from tests.support.expressions import Row

Stored = dict[tuple[str, str], Row]
"""Items by table and key."""
DIGITS = 7


def settle(deployment: Deployment, people: int) -> tuple[list[Stored], int]:
    """Have so many people do everything. Return what each has had stored, and by how many bytes
    what they share has grown since the first of them.
    """
    live(deployment, new_person())
    shared = _stored(deployment)
    bytes_before = _bytes(deployment, shared)
    found = []
    known = dict(shared)
    for _ in range(people - 1):
        live(deployment, new_person())
        now = _stored(deployment)
        found.append({place: row for place, row in now.items() if place not in known})
        known = now
    return found, _bytes(deployment, shared) - bytes_before


def copy(deployment: Deployment, people: list[Stored], first: int, last: int) -> None:
    """Store copies, numbered from `first` to `last`, of what these people have in the tables: under
    keys of the same length, with the attributes of the indexes.
    """
    for number in range(first, last):
        for (table, pk), row in people[number % len(people)].items():
            copied = f"{pk[:-DIGITS]}{number:0{DIGITS}d}"
            deployment.dynamodb.tables[table][copied] = row | {"pk": {"S": copied}}


def _stored(deployment: Deployment) -> Stored:
    return dict(_items(deployment))


def _items(deployment: Deployment) -> Iterator[tuple[tuple[str, str], Row]]:
    for name, rows in deployment.dynamodb.tables.items():
        for pk, row in rows.items():
            yield (name, pk), row


def _bytes(deployment: Deployment, places: Stored) -> int:
    return sum(size(deployment.dynamodb.tables[name].get(pk)) for name, pk in places)
