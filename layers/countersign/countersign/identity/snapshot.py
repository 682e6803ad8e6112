"""The state of a verification session at one moment, from an event or a read. Pure.

Objects: https://docs.stripe.com/api/identity/verification_sessions/object. Stripe's enums are
open, so a status or an error code that is new to us is kept as it is.
"""

from typing import Any

from msgspec import Struct

from countersign.aws.due_index import ATTRIBUTES, due_members, next_read
from countersign.crypto.users import user_with_mark
from countersign.identity.session import is_open, session_key
from countersign.stripe_api.event_order import event_order, order_permanence, order_time, read_order
from countersign.stripe_api.events import MalformedEvent, StripeEvent, is_id, is_text, is_time

MARKER = "countersign"
SLOT = "countersign_slot"
ISSUER = "countersign_issuer"
USER = "user_id"
"""The keys of our metadata: the deployment, attempt and generation of the slot, and the user, as
the subject and what stands for its issuer.
"""

_EVENT_PREFIX = "identity.verification_session."
_RANK = {
    "created": 1,
    "processing": 2,
    "requires_input": 3,
    "verified": 4,
    "canceled": 4,
    "redacted": 4,
}
EVENT_TYPES = frozenset(_EVENT_PREFIX + kind for kind in _RANK)
"""The six types of events of a verification session."""

_PERMANENCE = {"canceled": 1, "redacted": 2}
_COMPLETES_A_CHECK = ("requires_input", "verified")
KEEP_ENDED = 35 * 24 * 3600
"""Seconds for which a session is kept after its end."""
READ_FOR = 30
"""Days after its creation for which a session that stays open is read again."""
_LONGEST_WORD = 64
_LONGEST_REASON = 300


class Snapshot(Struct, frozen=True):
    """A session as one event or one read shows it, with its place in the order.

    `mark` notes a completed check (`attempts`). `user` and `attempt` are absent once Stripe has
    erased the metadata. `certain` is true for an event, whose mark has the check's own time.
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
    redacting: bool = False

    @classmethod
    def from_event(cls, event: StripeEvent) -> "Snapshot":
        """Return the state in an event.

        Raises `MalformedEvent` if its object is not a verification session.
        """
        session = event.object
        if not _is_well_formed(session):
            raise MalformedEvent("not a verification session")
        kind, report = _kind(event), _report(session)
        mark = f"{report}:e{event.created}" if report and kind in _COMPLETES_A_CHECK else None
        permanence = max(_PERMANENCE.get(kind, 0), _redacted(session))
        ord_ = event_order(permanence, event.created, _RANK[kind], event.id)
        return _snapshot(session, ord_, report, mark, certain=True)

    @classmethod
    def from_read(cls, session: dict[str, Any], not_before: int | None) -> "Snapshot":
        """Return the state that Stripe's API returned no earlier than `not_before` (Stripe's clock,
        Unix seconds). Without a time, as after a create, the object's own `created` is safe.
        """
        permanence = max(_PERMANENCE.get(session["status"], 0), _redacted(session))
        time = session["created"] if not_before is None else max(not_before, session["created"])
        report = _report(session)
        mark = f"{report}:r{time}" if report else None
        return _snapshot(session, read_order(permanence, time), report, mark, certain=False)

    @classmethod
    def from_thin(
        cls, event: StripeEvent, session: dict[str, Any], not_before: int | None
    ) -> "Snapshot":
        """Return the state that was read because of a thin event: it is no older than the event, so
        it has the event's place in the order or, if that is later, the read's. A redaction is final
        at its event, even if the read does not show it yet.
        """
        read = cls.from_read(session, not_before)
        kind, permanence = _kind(event), order_permanence(read.ord)
        if kind == "redacted":
            permanence = _PERMANENCE["redacted"]
        ord_ = event_order(permanence, event.created, _RANK[kind], event.id)
        return _snapshot(session, max(read.ord, ord_), read.report, read.mark, certain=False)

    def state(self) -> dict[str, Any]:
        """Return the attributes of the stored session that a newer snapshot replaces. One that has
        ended says when it expires: later than any event of it can arrive, since Stripe lists events
        for 30 days. One that is open says when it is read again.
        """
        has_ended = order_permanence(self.ord) > 0
        ending = {"expires_at": order_time(self.ord) + KEEP_ENDED} if has_ended else {}
        at = self.due_at(order_time(self.ord))
        due = due_members(session_key(self.id), at) if at is not None else {}
        return (
            ending
            | due
            | {
                "ord": self.ord,
                "status": self.status,
                "last_error": self.last_error,
                "report": self.report,
                "livemode": self.livemode,
                "created": self.created,
            }
        )

    def removed(self) -> tuple[str, ...]:
        """Return the attributes that a newer snapshot removes: a session that is open no more is
        not read again.
        """
        return () if self.due_at(order_time(self.ord)) is not None else ATTRIBUTES

    def due_at(self, after: int) -> int | None:
        """Return when a session in this state is read again, later than `after` (Unix seconds)."""
        return next_read(self.created, after, READ_FOR) if is_open(self.status) else None

    def first(self) -> dict[str, Any]:
        """Return the attributes that the first stored snapshot of its kind sets: since when the
        session was ever verified, by Stripe's clock.
        """
        return {"verified_at": order_time(self.ord)} if self.status == "verified" else {}

    def fixed(self) -> dict[str, Any]:
        """Return the attributes that are set once and never change, as far as they are known."""
        known = {
            "user": self.user,
            "attempt": self.attempt,
            "redacting": self.redacting or None,
        }
        return {name: value for name, value in known.items() if value is not None}


def is_ours(session: dict[str, Any], deployment: str) -> bool:
    """Return whether a session has the mark of this deployment; a redacted session has none."""
    return (session.get("metadata") or {}).get(MARKER) == deployment


def _kind(event: StripeEvent) -> str:
    return event.type.removeprefix(_EVENT_PREFIX)


def _redacted(session: dict[str, Any]) -> int:
    """Return the permanence of a session's redaction. Its status is an open enum: whatever is not
    still processing has erased the session.
    """
    redaction = session.get("redaction")
    is_over = redaction is not None and redaction.get("status") != "processing"
    return _PERMANENCE["redacted"] if is_over else 0


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
        user=_user(session, metadata),
        attempt=_attempt(metadata.get(SLOT)),
        report=report,
        mark=mark,
        certain=certain,
        redacting=session.get("redaction") is not None,
    )


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
    """Return the id of the last verification report, expanded or not."""
    report = session.get("last_verification_report")
    found = report.get("id") if isinstance(report, dict) else report
    return found if is_id(found) else None


def _last_error(error: dict[str, Any] | None) -> dict[str, str] | None:
    code = (error or {}).get("code")
    if not _is_word(code):
        return None
    reason = str((error or {}).get("reason") or "")[:_LONGEST_REASON]
    return {"code": str(code), "message": reason.encode("utf-8", "replace").decode()}


def _user(session: dict[str, Any], metadata: dict[str, Any]) -> str | None:
    """Return the user of a session. Stripe knows the subject, which another issuer may have given
    to somebody else, so a session that names no issuer names nobody.
    """
    subject = session.get("client_reference_id") or metadata.get(USER)
    return user_with_mark(metadata.get(ISSUER), subject)


def slot_of(session: dict[str, Any]) -> tuple[int, int] | None:
    """Return the attempt and the generation of the slot that a session was created for."""
    attempt, _, generation = str((session.get("metadata") or {}).get(SLOT, "")).partition(".")
    found = _number(attempt), _number(generation)
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _attempt(slot: str | None) -> int | None:
    return _number((slot or "").partition(".")[0])


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
