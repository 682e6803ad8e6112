"""What the calls of reconciliation take and return."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LATEST = 9_999_999_999


class ReconciliationRequest(BaseModel):
    """The events from a time on and before another."""

    model_config = ConfigDict(extra="forbid", strict=True)

    from_: int = Field(
        alias="from", ge=0, le=LATEST, description="Unix seconds, at most 30 days ago."
    )
    to: int = Field(
        ge=0, le=LATEST, description="Unix seconds, after `from`, at most a minute ahead."
    )


class RebuildRequest(BaseModel):
    """Where a rebuild begins: the `next` of the one before, or nothing."""

    model_config = ConfigDict(extra="forbid", strict=True)

    part: Literal["sessions", "installs"] = "sessions"
    after: str | None = None


class ReconciliationView(BaseModel):
    """A run over Stripe's events of a time."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    from_: int = Field(alias="from")
    to: int
    status: Literal["running", "done", "failed"]
    found: int = Field(description="Events and objects of this deployment that Stripe has.")
    repaired: int = Field(description="Those of them that had not been stored.")
    read_to: int = Field(
        description="The events of the deployment's own account before this time have been read."
    )
    began_at: int
    ended_at: int | None
