"""Idempotency keys as Stripe keeps them (docs.stripe.com/api/idempotent_requests).

The first answer whose execution began is kept for a day and repeated, a 500 included; other
parameters are refused, and so is a second request while the first is still running.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local.stand_in.answers import Answer
from local.stand_in.backend import DAY, Backend
from local.stand_in.errors import StripeError
from local.stand_in.events import Cause

MAX_LENGTH = 255


@dataclass(frozen=True)
class Claim:
    """A key that is this request's while it runs; `saved` is the answer of an earlier one."""

    backend: Backend
    key: str | None
    fingerprint: str
    request_id: str
    saved: Answer | None

    def save(self, answer: Answer) -> None:
        """Keep the first answer; call it inside a transaction."""
        if self.key is None or self.saved is not None:
            return
        document = {
            "fingerprint": self.fingerprint,
            "status": answer.status,
            "body": answer.body,
            "request": self.request_id,
            "expires": self.backend.now() + DAY,
        }
        self.backend.store.put("idempotency", self.key, document)


@contextmanager
def claim(
    backend: Backend, cause: Cause, path: str, pairs: list[tuple[str, str]]
) -> Iterator[Claim]:
    """Hold the key while the request runs. Raises StripeError if this request must not use it."""
    key, request_id = cause.idempotency_key, str(cause.request_id)
    if key is None:
        yield Claim(backend, None, "", request_id, None)
        return
    _check(backend, key)
    fingerprint = hashlib.sha256(repr((path, sorted(pairs))).encode()).hexdigest()
    backend.running.add(key)
    try:
        yield Claim(backend, key, fingerprint, request_id, _saved(backend, key, fingerprint))
    finally:
        backend.running.discard(key)


def _check(backend: Backend, key: str) -> None:
    if not 0 < len(key) <= MAX_LENGTH:
        raise StripeError(f"An Idempotency-Key has 1 to {MAX_LENGTH} characters")
    if key in backend.running:
        raise StripeError(
            "Another request with this Idempotency-Key is still running; try again in a moment.",
            status=409,
            type="idempotency_error",
            code="idempotency_key_in_use",
        )


def _saved(backend: Backend, key: str, fingerprint: str) -> Answer | None:
    document = backend.store.get("idempotency", key)
    if document is None:
        return None
    if backend.now() >= document["expires"]:
        with backend.store.transaction():
            backend.store.delete("idempotency", key)
        return None
    if document["fingerprint"] != fingerprint:
        raise StripeError(
            f"The Idempotency-Key '{key}' was first used with other parameters or for another"
            " endpoint; use another key for another request.",
            type="idempotency_error",
        )
    return Answer(document["status"], document["body"], document["request"])
