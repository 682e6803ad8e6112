"""Refusals, as RFC 9457 problem details. One tree, turned into answers in one place (`edge`).

Problem
├── Invalid       422, the members of the request that are wrong
└── Unavailable   503, a dependency that is down
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TypedDict


class Fault(TypedDict):
    """One wrong member: a JSON Pointer (RFC 6901) to it and what to do about it."""

    pointer: str
    message: str


class Problem(Exception):
    """A refusal with a stable `code`; `detail` tells the caller what to do and names no secret."""

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
        """The members of the problem object, with `code` and `errors`. Its `type` says nothing that
        the status does not (RFC 9457, section 4.2.1): `code` tells one problem from another.
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
    """The request was understood and is wrong; `errors` names each member at fault."""

    def __init__(self, errors: Sequence[Fault], code: str = "invalid_request") -> None:
        detail = "; ".join(f"{error['pointer'] or '/'}: {error['message']}" for error in errors)
        super().__init__(422, code, detail, errors=errors)


class Unavailable(Problem):
    """`dependency` ("stripe", "storage") did not answer; the same request may be sent again."""

    def __init__(self, dependency: str, *, retry_after: int = 5) -> None:
        super().__init__(
            503,
            f"{dependency}_unavailable",
            f"The {dependency} service did not answer. Nothing was changed; try again shortly.",
            headers={"Retry-After": str(retry_after)},
        )


def in_progress() -> Problem:
    """409: the caller's first request of this kind has not ended yet."""
    return Problem(
        409,
        "request_in_progress",
        "The same request is still being handled; try again shortly.",
        headers={"Retry-After": "2"},
    )
