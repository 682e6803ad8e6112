"""What is told of verification sessions, and when. Pure.

A new session, its polls, its hand-outs, and what a late event adds to it tell nothing. A session
tells nothing until its user is known.
"""

from dataclasses import dataclass
from typing import Literal

from countersign.crypto.users import subject_of
from countersign.domain_events.domain_event import DomainEvent
from countersign.formats.records import Item
from countersign.identity.session import Session
from countersign.stripe_api.event_order import order_time

IdentityType = Literal[
    "identity.verified",
    "identity.requires_input",
    "identity.processing",
    "identity.canceled",
    "identity.redacted",
    "identity.revoked",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """A verification session as it is now."""

    user_id: str
    status: str
    """Stripe's word for it."""
    error: str | None
    """Stripe's code for why the last check failed; null where it did not."""
    attempt: int
    """Counts the sessions of this person."""


def session_told(before: Item | None, after: Item | None, _at: int) -> DomainEvent | None:
    """Return what a change of a session tells."""
    now = _known(after)
    if now is None:
        return None
    type_ = _type_of_change(_known(before), now)
    return _event(type_, now) if type_ else None


def session_present(item: Item) -> DomainEvent | None:
    """Return what is so of a session now. One that was verified once and is no more is revoked,
    whatever has become of it since, so that nobody misses it.
    """
    now = _known(item)
    type_ = _type_of_state(now) if now else None
    return _event(type_, now) if now and type_ else None


def _known(item: Item | None) -> Session | None:
    """Return a stored session whose user is known."""
    session = Session.from_item(item) if item else None
    return session if session and session.user is not None else None


def _type_of_change(before: Session | None, now: Session) -> IdentityType | None:
    was = before.status if before else None
    if was == "verified" and now.status not in ("verified", "redacted"):
        return "identity.revoked"
    if now.status == "requires_input":
        is_new = before is None or _is_another_check(before, now)
        return "identity.requires_input" if now.last_error and is_new else None
    return _ENDS_AND_WAITS.get(now.status) if now.status != was else None


def _type_of_state(now: Session) -> IdentityType | None:
    if now.verified_at is not None and now.status not in ("verified", "redacted"):
        return "identity.revoked"
    if now.status == "requires_input":
        return "identity.requires_input" if now.last_error else None
    return _ENDS_AND_WAITS.get(now.status)


_ENDS_AND_WAITS: dict[str, IdentityType] = {
    "verified": "identity.verified",
    "processing": "identity.processing",
    "canceled": "identity.canceled",
    "redacted": "identity.redacted",
}


def _is_another_check(before: Session, now: Session) -> bool:
    """Whether a failed check is another than the last one, which may have failed alike."""
    if (before.status, _error(before)) != (now.status, _error(now)):
        return True
    return now.report is not None and now.report != before.report


def _error(session: Session) -> str | None:
    return (session.last_error or {}).get("code")


def _event(type_: IdentityType, session: Session) -> DomainEvent:
    state = SessionState(
        user_id=subject_of(session.user or ""),
        status=session.status,
        error=_error(session),
        attempt=1 if session.attempt is None else session.attempt,
    )
    return DomainEvent(type_, session.id, session.rev, order_time(session.ord), state)
