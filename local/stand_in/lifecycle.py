"""The states of a verification session and the steps between them, each with its event
(docs.stripe.com/identity/how-sessions-work).

A stored session is `{object, return_url, details}`: `object` as events show it, `details` the
e-mail and phone given for the person.
"""

import re
from typing import Any

from local.stand_in import agenda, events, reports
from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError, no_such
from local.stand_in.events import AUTOMATIC, Cause
from local.stand_in.outcomes import BEFORE_ANY_CHECK, CODES, last_error

_BLANK: dict[str, Any] = {"client_reference_id": None, "last_error": None, "metadata": {}}
_ANY_CODE = re.compile(r"[a-z_]+")


def load(backend: Backend, session_id: str) -> dict[str, Any]:
    """Return the stored session. Raises StripeError 404."""
    stored = backend.store.get("session", session_id)
    if stored is None:
        raise no_such("verification session", session_id, "session")
    return stored


def save(backend: Backend, stored: dict[str, Any]) -> None:
    backend.store.put("session", stored["object"]["id"], stored)


def change(
    backend: Backend,
    stored: dict[str, Any],
    event: str,
    cause: Cause = AUTOMATIC,
    **members: object,
) -> None:
    """Give members of the session new values, and send the event that says so."""
    session = stored["object"]
    previous = {name: session[name] for name in members if session[name] != members[name]}
    session.update(members)
    save(backend, stored)
    events.emit(backend, f"identity.verification_session.{event}", session, cause, previous)


def cancel(backend: Backend, stored: dict[str, Any], cause: Cause = AUTOMATIC) -> None:
    """End a session that waits for input. Raises StripeError in any other state."""
    require(stored, ("requires_input",), "canceled")
    change(backend, stored, "canceled", cause, status="canceled")


def require(stored: dict[str, Any], statuses: tuple[str, ...], participle: str) -> None:
    """Raise StripeError unless the session is in one of the statuses and is not being redacted."""
    status = stored["object"]["status"]
    if stored["object"]["redaction"] is not None:
        raise StripeError(f"A session that is being redacted cannot be {participle}.")
    if status not in statuses:
        wanted = " or ".join(statuses)
        raise StripeError(
            f"A session can only be {participle} in the status {wanted}; this one is {status}."
        )


def check_code(code: str, *, force: bool = False) -> None:
    """Raise StripeError for an error code that Stripe does not have; `force` allows any word."""
    if code in CODES or (force and _ANY_CODE.fullmatch(code)):
        return
    known = ", ".join(("verified", "processing", "canceled", *CODES))
    raise StripeError(
        f"Unknown outcome: {code[:60]}. Known ones: {known}. With force: true, any lower-case word"
        " is taken as an error code.",
        param="outcome",
    )


def submit(backend: Backend, stored: dict[str, Any]) -> None:
    """The person hands in what was asked for: the checks begin."""
    change(backend, stored, "processing", status="processing", last_error=None)


def verify(backend: Backend, stored: dict[str, Any]) -> None:
    """The checks pass; a session that still waited for input is submitted first."""
    require(stored, ("requires_input", "processing"), "verified")
    agenda.remove_for(backend, "outcome", stored["object"]["id"])
    _submit_first(backend, stored)
    report = reports.make(backend, stored, None)
    change(
        backend, stored, "verified", status="verified",
        last_verification_report=report, last_error=None,
    )  # fmt: skip


def fail(backend: Backend, stored: dict[str, Any], code: str) -> None:
    """The session ends with an error and waits for input again.

    A check that fails makes a report; what ends the visit before any check, or an operator's
    override of `verified`, does not.
    """
    require(stored, ("requires_input", "processing", "verified"), "given an error")
    session = stored["object"]
    report = session["last_verification_report"]
    if code not in BEFORE_ANY_CHECK and session["status"] != "verified":
        _submit_first(backend, stored)
        report = reports.make(backend, stored, code)
    agenda.remove_for(backend, "outcome", session["id"])
    change(
        backend, stored, "requires_input", status="requires_input",
        last_verification_report=report, last_error=last_error(code),
    )  # fmt: skip


def begin_redaction(backend: Backend, stored: dict[str, Any], cause: Cause) -> None:
    """Mark a session for redaction, which cancels it when it still waits for input."""
    require(stored, ("requires_input", "verified"), "redacted")
    if stored["object"]["status"] == "requires_input":
        cancel(backend, stored, cause)
    stored["object"]["redaction"] = {"status": "processing"}
    save(backend, stored)
    session_id = stored["object"]["id"]
    agenda.add(backend, "redaction", backend.config.redaction_delay, session=session_id)


def finish_redaction(backend: Backend, stored: dict[str, Any]) -> None:
    """Erase what says something about the person, in the session, its reports and its events."""
    session = stored["object"]
    session.update(_BLANK)
    stored.update(return_url=None, details=None)
    reports.redact(backend, session["id"])
    events.redact(backend, session["id"], _BLANK)
    change(backend, stored, "redacted", redaction={"status": "redacted"})


def _submit_first(backend: Backend, stored: dict[str, Any]) -> None:
    if stored["object"]["status"] == "requires_input":
        submit(backend, stored)
