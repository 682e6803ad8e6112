"""What the Identity calls take and give (contract, section Identity)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["requires_input", "processing", "verified", "canceled", "redacted"]


class CreateSession(BaseModel):
    """A request to verify the caller's identity. What is checked is the deployment's choice."""

    model_config = ConfigDict(extra="forbid")

    flow: Literal["modal", "redirect"] = "modal"
    return_url: Annotated[
        str | None,
        Field(description="Where the visitor goes on to after Stripe's page; from the allow-list."),
    ] = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    phone: Annotated[
        Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] | None,
        Field(description="In E.164 form."),
    ] = None


class ModalSession(BaseModel):
    """For `stripe.verifyIdentity()`; the secret is used once and expires after 24 hours."""

    id: str
    client_secret: str


class RedirectSession(BaseModel):
    """For Stripe's hosted page; the URL is used once and expires after 48 hours."""

    id: str
    url: str


class LastError(BaseModel):
    """Why the last check failed: Stripe's code, and its words for the visitor."""

    code: str
    message: str


class SessionView(BaseModel):
    """A verification session as its owner sees it; times are Unix seconds.

    `status` may hold a value that is new at Stripe.
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
    """One page, newest first; `next_cursor` is null on the last."""

    data: list[SessionView]
    next_cursor: str | None
