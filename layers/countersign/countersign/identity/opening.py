"""Opening a session: one a user, whatever crashes, races or fails (design, decision 5)."""

import hashlib
import json
import secrets
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from countersign.idempotency import in_progress
from countersign.identity import slots
from countersign.identity.attempts import recent, wait_before_next
from countersign.identity.desk import Desk
from countersign.identity.remote import LONGEST_PAGE
from countersign.identity.session import MARKER, SLOT, USER, from_read, is_ours
from countersign.identity.slots import Slot, SlotMoved
from countersign.identity.store import keep
from countersign.problems import Invalid, Problem
from countersign.stripe_api import Answer, StripeFailed, StripeKeyReused, StripeRefused
from countersign.table import Item
from countersign.telemetry import logger

ROUNDS = 3
"""How often one request follows a slot that others move, or a generation that failed."""

Session = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks for: `details` are the e-mail and phone that Stripe's page begins with.

    They are sent in an update and never stored. `origin` is where our own pages are.
    """

    user: str
    origin: str
    return_url: str = ""
    details: dict[str, str] | None = None


def open_session(desk: Desk, wish: Wish) -> Session:
    """The one open session of this user as Stripe has just told it, with a fresh secret and url.

    Raises 409 `verification_in_progress`, `already_verified` or `request_in_progress`, 429
    `too_many_attempts`, 422 for details that Stripe refuses, and `Unavailable`.
    """
    slot: Slot | None = None
    for _ in range(ROUNDS):
        try:
            slot = slot or slots.claim(desk.table, _claim(desk, wish))
            step = _create if slot.session_id is None else _resume
            session, slot = step(desk, wish, slot)
            if session is not None:
                return _hand_over(desk, wish, slot, session)
        except SlotMoved:
            slot = None
    if slot is not None and slot.session_id is None:
        raise StripeFailed
    raise in_progress()


def return_page(origin: str, pk: str, token: str) -> str:
    """Our page that Stripe returns to. The token keeps others from asking where a user goes on."""
    return f"{origin}/verify/return/{pk.removeprefix('slot#')}{token}"


def _claim(desk: Desk, wish: Wish) -> Slot:
    """The slot as this request would have it. Stripe takes a `return_url` at the creation only, so
    it is set for both flows, and to a page of ours.
    """
    pk, token = slots.slot_key(wish.user), secrets.token_urlsafe(16)
    return_url = return_page(wish.origin, pk, token)
    return Slot(
        pk=pk,
        create_params=_checks(desk) | {"return_url": return_url},
        claimed_at=desk.now(),
        return_token=token,
        return_url=wish.return_url,
    )


def _checks(desk: Desk) -> dict[str, Any]:
    """What Stripe is to check: the deployment's choice, never the caller's."""
    if desk.settings.verification_flow:
        return {"verification_flow": desk.settings.verification_flow}
    options = desk.settings.verification_options
    return {"type": "document"} | ({"options": options} if options else {})


def _create(desk: Desk, wish: Wish, slot: Slot) -> tuple[Session | None, Slot]:
    """Create the session of a claimed slot, or find the one that a lost answer made.

    Returns no session when the slot has changed and is to be looked at again.
    """
    if slot.is_old(desk.now()):
        return None, _adopt_or_regenerate(desk, wish.user, slot)
    try:
        answer = desk.stripe.create(
            _create_params(desk, wish.user, slot), _idempotency_key(desk, wish.user, slot)
        )
    except StripeRefused as refused:
        slots.release(desk.table, slot)
        logger.error("stripe refused a session", extra={"param": refused.param})
        raise Problem(
            500, "verification_misconfigured", "Stripe refuses this deployment's verification."
        ) from refused
    except (StripeFailed, StripeKeyReused):
        return None, _adopt_or_regenerate(desk, wish.user, slot)
    keep(desk.table, from_read(answer.body, None))
    bound = slots.bind(desk.table, slot, answer.body["id"])
    return (None if answer.replayed else answer.body), bound


def _create_params(desk: Desk, user: str, slot: Slot) -> dict[str, Any]:
    metadata = {
        MARKER: desk.settings.deployment,
        SLOT: f"{slot.attempt}.{slot.generation}",
        USER: user,
    }
    return {**(slot.create_params or {}), "client_reference_id": user, "metadata": metadata}


def _idempotency_key(desk: Desk, user: str, slot: Slot) -> str:
    """The idempotency key: the same for everybody who creates this generation of this attempt."""
    parts = [desk.settings.deployment, user, slot.attempt, slot.generation]
    return f"countersign-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def _adopt_or_regenerate(desk: Desk, user: str, slot: Slot) -> Slot:
    """After a failure that Stripe saves for a day, or a key it may have forgotten: bind the
    session that was made all the same, or let the next generation be created.
    """
    page = desk.stripe.list({"client_reference_id": user, "limit": LONGEST_PAGE})
    for session in page.body["data"]:
        snapshot = from_read(session, page.not_before)
        if is_ours(session, desk.settings.deployment) and snapshot.attempt == slot.attempt:
            keep(desk.table, snapshot)
            return slots.bind(desk.table, slot, snapshot.id)
    return slots.regenerate(desk.table, slot, desk.now())


def _resume(desk: Desk, wish: Wish, slot: Slot) -> tuple[Session | None, Slot]:
    """Go on with the session of a bound slot: Stripe's status decides."""
    try:
        answer = desk.stripe.retrieve(str(slot.session_id))
    except StripeRefused as refused:
        if refused.status != 404:
            raise
        return None, _next_attempt(desk, wish, slot, {})
    item = _keep_answer(desk, answer)
    if from_read(answer.body, None).status in ("canceled", "redacted"):
        return None, _next_attempt(desk, wish, slot, item)
    return _still_open(desk, answer.body, slot.checks | item.get("reports", set())), slot


def reopen(desk: Desk, session_id: str) -> Session:
    """A session that was opened before, for a repeated request; its secret and url are fresh.

    Raises as `open_session` does, and 409 `verification_session_closed` when it has ended since.
    """
    answer = desk.stripe.retrieve(session_id)
    item = _keep_answer(desk, answer)
    if from_read(answer.body, None).status in ("canceled", "redacted"):
        raise Problem(
            409, "verification_session_closed", "The session of this key has ended; use a new key."
        )
    return _still_open(desk, answer.body, item.get("reports", set()))


def _keep_answer(desk: Desk, answer: Answer) -> Item:
    snapshot = from_read(answer.body, answer.not_before)
    return keep(desk.table, snapshot, awake=True).item or {}


def _still_open(desk: Desk, session: Session, marks: AbstractSet[str]) -> Session:
    """The session, unless there is nothing to submit now, or there was too much already."""
    if session["status"] == "verified":
        raise Problem(409, "already_verified", "This user is verified already.")
    if not session.get("client_secret"):
        raise in_verification()
    _check_attempts(desk, marks)
    return session


def _next_attempt(desk: Desk, wish: Wish, slot: Slot, item: Item) -> Slot:
    """A session of its own for the next attempt; the completed checks of the last still count."""
    marks = slot.checks | item.get("reports", set())
    _check_attempts(desk, marks)
    carried = recent(marks, desk.now())
    return slots.advance(desk.table, slot, _claim(desk, wish), frozenset(carried))


def _check_attempts(desk: Desk, marks: AbstractSet[str]) -> None:
    wait = wait_before_next(marks, desk.settings.max_verification_attempts, desk.now())
    if wait > 0:
        raise Problem(
            429,
            "too_many_attempts",
            "The number of checks that is allowed within 24 hours has been reached.",
            headers={"Retry-After": str(wait)},
        )


def _hand_over(desk: Desk, wish: Wish, slot: Slot, session: Session) -> Session:
    """Note where the visitor goes on to, and give Stripe the details of this request."""
    slots.send_back_to(desk.table, slot, wish.return_url)
    if not wish.details:
        return session
    try:
        updated = desk.stripe.update(session["id"], {"provided_details": wish.details}).body
    except StripeRefused as refused:
        raise Invalid([_refused_detail(refused)]) from refused
    return session | {name: updated[name] for name in _SECRETS if updated.get(name)}


_SECRETS = ("client_secret", "url")


def _refused_detail(refused: StripeRefused) -> Any:
    member = "phone" if "phone" in (refused.param or "") else "email"
    return {"pointer": f"/{member}", "message": "is refused by Stripe"}


def in_verification() -> Problem:
    """409: Stripe is checking what the user has submitted."""
    return Problem(409, "verification_in_progress", "The last submission is still being checked.")
