"""What was asked of the API, without any body."""

from typing import Any

from local.stand_in.backend import Backend

_KIND = "request"


def note(
    backend: Backend, request_id: str, method: str, path: str, key: str | None, status: int
) -> None:
    entry = {
        "method": method,
        "path": path,
        "idempotency_key": key,
        "status": status,
        "at": int(backend.now()),
    }
    with backend.store.transaction():
        backend.store.put(_KIND, request_id, entry)


def entries(backend: Backend) -> list[dict[str, Any]]:
    """Oldest first."""
    return [entry for _, entry in backend.store.oldest_first(_KIND)]


def clear(backend: Backend) -> None:
    backend.store.clear(_KIND)
