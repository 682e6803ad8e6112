"""An EventBridge bus, and what its answers say of each event."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from msgspec import Struct

from countersign.aws.network import create_client

MOST_ENTRIES = 10
"""Events in one call."""
MOST_BYTES = 1_000_000
"""Bytes in one call, and so of one event: less than EventBridge's 1 MB, whichever it counts in."""


class Entry(Struct, frozen=True):
    """An event as EventBridge takes it: who tells it, its type, and its detail as JSON."""

    source: str
    detail_type: str
    detail: str

    @property
    def size(self) -> int:
        """Its bytes as EventBridge counts them."""
        return len(f"{self.source}{self.detail_type}{self.detail}".encode())


class BusUnavailable(Exception):
    """A call to EventBridge was not carried out; `code` is EventBridge's, or names the error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EventsClient(Protocol):
    """What is used of botocore's client."""

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803
        """Send events."""


class EventBus:
    """A bus by its name or ARN."""

    def __init__(self, name: str, client: EventsClient | None = None) -> None:
        self.name = name
        self._client = client or _client()

    def put(self, entries: Sequence[Entry]) -> list[str]:
        """Send at most ten events in one call, and return for each the code of its failure, which
        is empty where it was taken. An event that the answer does not mention has failed: the call
        succeeds even if all its events fail.

        Raises `BusUnavailable` when the call as a whole failed; its events may have been taken.
        """
        request = [
            {
                "EventBusName": self.name,
                "Source": entry.source,
                "DetailType": entry.detail_type,
                "Detail": entry.detail,
            }
            for entry in entries
        ]
        try:
            answers = self._client.put_events(Entries=request).get("Entries", ())
        except ClientError as error:
            raise BusUnavailable(str(error.response["Error"]["Code"])) from error
        except ParamValidationError:
            raise  # never sent: a bug here
        except BotoCoreError as error:
            raise BusUnavailable(type(error).__name__) from error
        codes = [_code(answer) for answer in answers[: len(entries)]]
        return codes + ["NoAnswer"] * (len(entries) - len(codes))


def _code(answer: dict[str, Any]) -> str:
    return "" if answer.get("EventId") else str(answer.get("ErrorCode") or "NoAnswer")


@cache
def _client() -> EventsClient:
    made: EventsClient = create_client("events")
    return made
