"""Failures to order: the next calls of a path are refused, delayed, or carried out unanswered."""

from dataclasses import dataclass

from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError

# Refused before the endpoint runs, so Stripe keeps nothing under the idempotency key; a 500 is a
# crash of the endpoint itself and is kept.
_KEPT = 500


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call: a status in place of the answer (if any), after so many
    seconds; `after` when the operation is carried out first.
    """

    status: int | None
    delay_s: float
    after: bool

    @property
    def is_kept(self) -> bool:
        """Whether the failure is what the idempotency key will repeat."""
        return self.status == _KEPT or (self.after and self.status is not None)

    def error(self) -> StripeError | None:
        if self.status is None:
            return None
        if self.status == 429:
            return StripeError(
                "Request rate limit exceeded (a fault that was ordered).",
                status=429,
                code="rate_limit",
            )
        type_ = "api_error" if self.status >= 500 else "invalid_request_error"
        return StripeError("A fault that was ordered.", status=self.status, type=type_)


def order(backend: Backend, path: str, fault: Fault, times: int) -> None:
    """The next `times` calls to the path fail so; 0 clears it. A trailing `*` takes any ending."""
    if times == 0:
        backend.store.delete("fault", path)
        return
    document = {
        "status": fault.status,
        "delay_s": fault.delay_s,
        "after": fault.after,
        "times": times,
    }
    backend.store.put("fault", path, document)


def take(backend: Backend, path: str) -> Fault | None:
    """Return the fault that meets this call, if one was ordered, and one fewer left of it."""
    for pattern, document in backend.store.oldest_first("fault"):
        if not _matches(pattern, path):
            continue
        left = document.pop("times") - 1
        order(backend, pattern, Fault(**document), left)
        return Fault(**document)
    return None


def _matches(pattern: str, path: str) -> bool:
    if pattern.endswith("*"):
        return path.startswith(pattern[:-1])
    return path == pattern
