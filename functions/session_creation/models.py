"""The requests and responses of the Identity calls."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from countersign.http.request_model import Request

Status = Literal["requires_input", "processing", "verified", "canceled", "redacted"]


class CreateSession(Request):
    """A request to verify the caller's identity. The deployment chooses what is checked."""

    flow: Literal["modal", "redirect"] = "modal"
    return_url: Annotated[
        str | None,
        Field(description="Where the visitor continues after Stripe's page; from the allow-list."),
    ] = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    phone: Annotated[
        Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] | None,
        Field(description="In E.164 format."),
    ] = None


class ModalSession(BaseModel):
    """For `stripe.verifyIdentity()`. The secret works once and expires after 24 hours."""

    id: str
    client_secret: str


class RedirectSession(BaseModel):
    """For Stripe's hosted page. The URL works once and expires after 48 hours."""

    id: str
    url: str


class LastError(BaseModel):
    """Why the last check failed: Stripe's code, and Stripe's message for the visitor."""

    code: str
    message: str


class SessionView(BaseModel):
    """A verification session as its owner sees it. Times are Unix seconds.

    `status` can have a value that is new at Stripe.
    """

    id: str
    status: Status | str
    last_error: LastError | None
    retryable: bool
    attempt: int
    livemode: bool
    created: int
    updated: int


class SessionList(BaseModel):
    """One page, newest first. `next_cursor` is null on the last page."""

    data: list[SessionView]
    next_cursor: str | None
