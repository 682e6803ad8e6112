"""The record of a stored verification session, and what its owner sees of it. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from countersign.stripe_api.event_order import order_time

_KEY = "session#"
_ENDED = ("verified", "canceled", "redacted")
_FINAL_ERRORS = frozenset({"consent_declined", "country_not_supported", "under_supported_age"})


class Session(Struct, frozen=True):
    """A verification session as it is stored, in the item `session#vs_…`.

    `ord` is its place in the order of what is known (`event_order`) and `rev` counts its changes.
    `user` and `attempt` are absent until an event or a read names them. `reports` are the marks of
    its completed checks (`attempts`), and `report` is the last report that this state has.
    `verified_at` is when it was first stored as verified, by Stripe's clock, and stays. `polls` and
    `next_poll_at` pace the reads of an open session, `handouts` counts the secrets that were handed
    out since the last check. `redacting` says that its redaction was asked for, and is never taken
    back. An open session is read again at `due_at` (`due_index`). Times are Unix seconds.

    A canceled or redacted session can change no more, so it is kept until `expires_at`. A verified
    one stays: it is what says that the user is verified, and an operator may take it back.
    """

    id: str
    ord: str
    status: str
    livemode: bool
    created: int
    last_error: dict[str, str] | None = None
    user: str | None = None
    attempt: int | None = None
    reports: frozenset[str] = frozenset()
    report: str | None = None
    verified_at: int | None = None
    polls: int = 0
    next_poll_at: int = 0
    handouts: int = 0
    redacting: bool = False
    expires_at: int | None = None
    due_at: int | None = None
    rev: int = 0

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Session":
        """Return the record of an item."""
        return cls(
            id=item["pk"].removeprefix(_KEY),
            ord=item["ord"],
            status=item["status"],
            livemode=item["livemode"],
            created=item["created"],
            last_error=item.get("last_error"),
            user=item.get("user"),
            attempt=item.get("attempt"),
            reports=frozenset(item.get("reports", ())),
            report=item.get("report"),
            verified_at=item.get("verified_at"),
            polls=item.get("polls", 0),
            next_poll_at=item.get("next_poll_at", 0),
            handouts=item.get("handouts", 0),
            redacting=item.get("redacting", False),
            expires_at=item.get("expires_at"),
            due_at=item.get("due_at"),
            rev=item.get("rev", 0),
        )

    @property
    def is_open(self) -> bool:
        """Whether this state may still change by itself or because of the visitor."""
        return is_open(self.status)

    @property
    def known(self) -> tuple[object, ...]:
        """What Stripe says of the session, without when it said so."""
        return self.status, self.last_error, self.user, self.reports, self.redacting

    def is_expired(self, now: int) -> bool:
        """Return whether a session is as if it were not there. DynamoDB deletes it later."""
        return self.expires_at is not None and self.expires_at <= now

    @property
    def is_retryable(self) -> bool:
        """Whether the visitor may continue with this session. Some errors are final: trying again
        cannot change them (https://docs.stripe.com/identity/handle-verification-outcomes).
        """
        code = (self.last_error or {}).get("code")
        return self.status == "requires_input" and code not in _FINAL_ERRORS

    def view(self) -> dict[str, Any]:
        """Return what the owner sees; a session that was never numbered is attempt 1."""
        return {
            "id": self.id,
            "status": self.status,
            "last_error": self.last_error,
            "retryable": self.is_retryable,
            "attempt": 1 if self.attempt is None else self.attempt,
            "livemode": self.livemode,
            "created": self.created,
            "updated": order_time(self.ord),
        }


def is_open(status: str) -> bool:
    """Return whether a session with this status may still change without its operator."""
    return status not in _ENDED


def session_key(session_id: str) -> str:
    """Return the key of a session's item."""
    return f"{_KEY}{session_id}"
