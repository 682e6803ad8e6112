"""Refusals, as RFC 9457 problem details. `http.edge` turns the whole tree into responses.

Problem
├── Invalid       422, with the wrong members of the request
└── Unavailable   503, with the dependency that is down
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TypedDict


class Fault(TypedDict):
    """One wrong member: a JSON Pointer (RFC 6901) to it, and what it must be."""

    pointer: str
    message: str


class Problem(Exception):
    """A refusal with a stable `code`. `detail` says what happened and what to do, and holds no
    secret.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Fault] = (),
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = list(errors)

    def as_dict(self) -> dict[str, object]:
        """Return the members of the problem object, with `code` and `errors`. Its `type` adds
        nothing to the status (RFC 9457, section 4.2.1): `code` distinguishes problems.
        """
        members: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        return members | ({"errors": self.errors} if self.errors else {})


class Invalid(Problem):
    """A request that was understood and is wrong. `errors` names each wrong member."""

    def __init__(self, errors: Sequence[Fault], code: str = "invalid_request") -> None:
        detail = "; ".join(f"{error['pointer'] or '/'}: {error['message']}" for error in errors)
        super().__init__(422, code, detail, errors=errors)


class Unavailable(Problem):
    """A dependency ("stripe", "storage", "secrets") that did not answer. The same request may be
    sent again after `retry_after` seconds.
    """

    def __init__(self, dependency: str, *, retry_after: int = 5) -> None:
        super().__init__(
            503,
            f"{dependency}_unavailable",
            f"The {dependency} service did not answer, and nothing was changed. Try again shortly.",
            headers={"Retry-After": str(retry_after)},
        )


def in_progress() -> Problem:
    """Return the 409 for a request whose first copy has not ended yet."""
    return Problem(
        409,
        "request_in_progress",
        "The same request is still being handled. Try again shortly.",
        headers={"Retry-After": "2"},
    )
