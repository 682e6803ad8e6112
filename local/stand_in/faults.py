"""Failures to order: the next calls of a path are refused, delayed, or carried out unanswered."""

import re
from dataclasses import asdict, dataclass

from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError

# Refused before the endpoint runs, so Stripe keeps nothing under the idempotency key; a 500 is a
# crash of the endpoint itself and is kept.
_KEPT = 500
_KIND = "fault"
_USUAL = {409: "idempotency_key_in_use", 429: "rate_limit"}
_MESSAGES = {
    "idempotency_key_in_use": "Another request with this Idempotency-Key is still running.",
    "lock_timeout": "This object cannot be accessed right now because another API request or Stripe"
    " process is currently accessing it.",
    "rate_limit": "Request rate limit exceeded (a fault that was ordered).",
}
"""Each code's message."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call: a status in place of the answer (if any), after so many
    seconds; `after` when the operation is carried out first. `code` is the error's, where it is not
    the usual one of its status.
    """

    status: int | None
    delay_s: float
    after: bool
    code: str | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the failure is what the idempotency key will repeat."""
        return self.status == _KEPT or (self.after and self.status is not None)

    def error(self) -> StripeError | None:
        if self.status is None:
            return None
        code = self.code or _USUAL.get(self.status)
        message = _MESSAGES.get(code or "", "A fault that was ordered.")
        return StripeError(message, status=self.status, type=self._type(), code=code)

    def _type(self) -> str:
        if self.status == 409:
            return "idempotency_error"
        return "api_error" if (self.status or 0) >= 500 else "invalid_request_error"


def order(backend: Backend, path: str, fault: Fault, times: int, method: str | None = None) -> None:
    """The next `times` calls to the path, with this method or any, fail so; 0 clears it. A `*` in
    the path takes any id, and at its end any ending.
    """
    key = f"{method} {path}" if method else path
    if times == 0:
        backend.store.delete(_KIND, key)
        return
    backend.store.put(_KIND, key, {**asdict(fault), "times": times})


def take(backend: Backend, method: str, path: str) -> Fault | None:
    """Return the fault that meets this call, if one was ordered, and one fewer left of it."""
    for key, document in backend.store.oldest_first(_KIND):
        wanted, _, pattern = key.rpartition(" ")
        if wanted in ("", method) and _matches(pattern, path):
            left = document.pop("times") - 1
            order(backend, pattern, Fault(**document), left, wanted or None)
            return Fault(**document)
    return None


def _matches(pattern: str, path: str) -> bool:
    ending = ".*" if pattern.endswith("*") else ""
    parts = map(re.escape, pattern.removesuffix("*").split("*"))
    return re.fullmatch("[^/]+".join(parts) + ending, path) is not None
