"""Cases that `make check` leaves to `make test`, by the marker `exhaustive`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pytest


def exhaustive(*case: Any, id: str | None = None) -> Any:
    """A case of a parametrized test that only `make test` tries."""
    return pytest.param(*case, marks=pytest.mark.exhaustive, id=id)


def some(quick: int, cases: Iterable[Any]) -> list[Any]:
    """All cases, of which `make check` tries the first few."""
    listed = list(cases)
    return [*listed[:quick], *map(exhaustive, listed[quick:])]


def between_first_and_last(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """The cases of each test function, but for the first and the last of those that are not
    exhaustive already: these two differ in all that it is parametrized with.
    """
    functions = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        if item.get_closest_marker("exhaustive") is None:
            functions[item.nodeid.partition("[")[0]].append(item)
    for cases in functions.values():
        yield from cases[1:-1]
