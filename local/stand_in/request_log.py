"""What was asked of the API, without any body."""

from dataclasses import asdict, dataclass
from typing import Any

from local.stand_in.backend import Backend

_KIND = "request"


@dataclass(frozen=True)
class RequestEntry:
    """One call: `account` is its Stripe-Account, `at` in seconds since 1970."""

    method: str
    path: str
    idempotency_key: str | None
    account: str | None
    status: int
    at: int


def note(backend: Backend, request_id: str, entry: RequestEntry) -> None:
    with backend.store.transaction():
        backend.store.put(_KIND, request_id, asdict(entry))


def entries(backend: Backend) -> list[dict[str, Any]]:
    """Oldest first."""
    return [entry for _, entry in backend.store.oldest_first(_KIND)]


def clear(backend: Backend) -> None:
    backend.store.clear(_KIND)
