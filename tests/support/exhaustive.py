"""Cases that `make check` leaves to `make test`, by the marker `exhaustive`."""

from collections.abc import Iterable
from typing import Any

import pytest


def exhaustive(*case: Any, id: str | None = None) -> Any:
    """A case of a parametrized test that only `make test` tries."""
    return pytest.param(*case, marks=pytest.mark.exhaustive, id=id)


def some(quick: int, cases: Iterable[Any]) -> list[Any]:
    """All cases, of which `make check` tries the first few."""
    listed = list(cases)
    return [*listed[:quick], *map(exhaustive, listed[quick:])]
