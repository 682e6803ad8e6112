"""What is known of a verification session at one moment, from an event or a read. Pure.

Objects: https://docs.stripe.com/api/identity/verification_sessions/object. Stripe's enums are
open, so a status or an error code that is new to us is kept as it is.
"""

from dataclasses import dataclass
from typing import Any

from countersign.stripe_api.event_order import (
    event_order,
    order_permanence,
    order_time,
    read_order,
)
from countersign.stripe_api.events import (
    MalformedEvent,
    StripeEvent,
    is_id,
    is_text,
    is_time,
)

EVENT_PREFIX = "identity.verification_session."

MARKER = "countersign"
SLOT = "countersign_slot"
USER = "user_id"
"""The keys of our metadata: the deployment, attempt and generation of the slot, and the user."""

_KEY = "session#"
_RANK = {
    "created": 1,
    "processing": 2,
    "requires_input": 3,
    "verified": 4,
    "canceled": 4,
    "redacted": 4,
}
_PERMANENCE = {"canceled": 1, "redacted": 2}
_COMPLETES_A_CHECK = ("requires_input", "verified")
_FINAL_ERRORS = frozenset({"consent_declined", "country_not_supported", "under_supported_age"})
_LONGEST_WORD = 64
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session as one event or one read shows it, with its place in the order.

    `mark` notes a completed check (`attempts`), `user` and `attempt` are absent once Stripe has
    erased the metadata, `certain` is true for an event, whose mark carries the check's own time.
    """

    id: str
    ord: str
    status: str
    last_error: dict[str, str] | None
    livemode: bool
    created: int
    user: str | None
    attempt: int | None
    report: str | None
    mark: str | None
    certain: bool


def acts_on(event: StripeEvent) -> bool:
    """Whether this is one of the six types of events of a verification session."""
    return event.type.removeprefix(EVENT_PREFIX) in _RANK and event.type.startswith(EVENT_PREFIX)


def is_ours(session: dict[str, Any], deployment: str) -> bool:
    """Whether a session bears the mark of this deployment; a redacted one bears none."""
    return (session.get("metadata") or {}).get(MARKER) == deployment


def from_event(event: StripeEvent) -> Snapshot:
    """The state that an event tells; raises `MalformedEvent` for an object of another shape."""
    session = event.object
    if not _is_well_formed(session):
        raise MalformedEvent("not a verification session")
    kind = event.type.removeprefix(EVENT_PREFIX)
    report = _report(session)
    mark = f"{report}:e{event.created}" if report and kind in _COMPLETES_A_CHECK else None
    ord_ = event_order(_PERMANENCE.get(kind, 0), event.created, _RANK[kind], event.id)
    return _snapshot(session, ord_, report, mark, certain=True)


def from_read(session: dict[str, Any], not_before: int | None) -> Snapshot:
    """The state that Stripe's API told no earlier than `not_before` (Stripe's clock, Unix seconds).

    Without a time, as after a create, the object's own `created` is a safe one.
    """
    redacted = (session.get("redaction") or {}).get("status") == "redacted"
    permanence = 2 if redacted else _PERMANENCE.get(session["status"], 0)
    time = session["created"] if not_before is None else max(not_before, session["created"])
    report = _report(session)
    mark = f"{report}:r{time}" if report else None
    return _snapshot(session, read_order(permanence, time), report, mark, certain=False)


def _snapshot(
    session: dict[str, Any], ord_: str, report: str | None, mark: str | None, *, certain: bool
) -> Snapshot:
    redacted = order_permanence(ord_) == _PERMANENCE["redacted"]
    metadata = session.get("metadata") or {}
    return Snapshot(
        id=session["id"],
        ord=ord_,
        status="redacted" if redacted else session["status"],
        last_error=None if redacted else _last_error(session.get("last_error")),
        livemode=session["livemode"],
        created=session["created"],
        user=session.get("client_reference_id") or metadata.get(USER) or None,
        attempt=_attempt(metadata.get(SLOT)),
        report=report,
        mark=mark,
        certain=certain,
    )


def key(session_id: str) -> str:
    """Where a session is stored."""
    return f"{_KEY}{session_id}"


def id_of(item: dict[str, Any]) -> str:
    """Stripe's id of a stored session."""
    return str(item["pk"]).removeprefix(_KEY)


def view(item: dict[str, Any]) -> dict[str, Any]:
    """A stored session as the contract shows it to its owner."""
    return {
        "id": id_of(item),
        "status": item["status"],
        "last_error": item.get("last_error"),
        "retryable": is_retryable(item["status"], item.get("last_error")),
        "attempt": item.get("attempt", 1),
        "livemode": item["livemode"],
        "created": item["created"],
        "updated": order_time(item["ord"]),
    }


def is_retryable(status: str, last_error: dict[str, str] | None) -> bool:
    """Whether the visitor may go on with this session: not after a refusal that trying again can
    not change (https://docs.stripe.com/identity/handle-verification-outcomes).
    """
    code = (last_error or {}).get("code")
    return status == "requires_input" and code not in _FINAL_ERRORS


def is_open(status: str) -> bool:
    """Whether Stripe may still change this state by itself or by the visitor."""
    return status not in ("verified", "canceled", "redacted")


def _is_well_formed(session: dict[str, Any]) -> bool:
    user, metadata = session.get("client_reference_id"), session.get("metadata")
    objects = (metadata, session.get("last_error"), session.get("redaction"))
    return (
        is_id(session.get("id"))
        and _is_word(session.get("status"))
        and isinstance(session.get("livemode"), bool)
        and is_time(session.get("created"))
        and (user is None or is_text(user))
        and all(value is None or isinstance(value, dict) for value in objects)
        and all(is_text(value) for value in (metadata or {}).values())
    )


def _is_word(value: object) -> bool:
    return is_text(value) and 0 < len(str(value)) <= _LONGEST_WORD


def _report(session: dict[str, Any]) -> str | None:
    """The id of the last verification report, whether it is expanded or not."""
    report = session.get("last_verification_report")
    found = report.get("id") if isinstance(report, dict) else report
    return found if is_id(found) else None


def _last_error(error: dict[str, Any] | None) -> dict[str, str] | None:
    code = (error or {}).get("code")
    if not _is_word(code):
        return None
    reason = str((error or {}).get("reason") or "")[:_LONGEST_REASON]
    return {"code": str(code), "message": reason.encode("utf-8", "replace").decode()}


def _attempt(slot: str | None) -> int | None:
    number = (slot or "").partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
