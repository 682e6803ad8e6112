"""One call of the API, after its key and its parameters have been checked."""

from dataclasses import dataclass
from typing import Any

from local.stand_in.events import Cause


@dataclass(frozen=True)
class Call:
    """What an operation works from; `ids` are the parts of its path, `account` is the connected
    account it is on behalf of.
    """

    ids: dict[str, str]
    params: dict[str, Any]
    restricted: bool
    cause: Cause
    account: str | None

    @property
    def expand(self) -> list[str]:
        expand: list[str] = self.params.get("expand", [])
        return expand
