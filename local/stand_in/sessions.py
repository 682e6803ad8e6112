"""`/v1/identity/verification_sessions` (docs.stripe.com/api/identity/verification_sessions)."""

from typing import Any

from local.stand_in import (
    events,
    expansions,
    lifecycle,
    lists,
    reports,
    session_params,
    tokens,
)
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.errors import no_such
from local.stand_in.ids import new_id

URL = "/v1/identity/verification_sessions"

_RELATED = ("related_customer", "related_customer_account", "related_person")


def create(backend: Backend, call: Call) -> dict[str, Any]:
    params = call.params
    session_params.check_kind(params)
    session_params.check_return_url(params.get("return_url"))
    for name in _RELATED:
        if name in params:  # there are no customers and no persons here
            raise no_such(name.removeprefix("related_"), str(params[name]), name, status=400)
    stored: dict[str, Any] = {
        "object": _new_object(backend, params),
        "return_url": params.get("return_url"),
        "details": params.get("provided_details"),
    }
    lifecycle.save(backend, stored)
    created = "identity.verification_session.created"
    events.emit(backend, created, stored["object"], call.cause)
    return _show(backend, stored, call)


def retrieve(backend: Backend, call: Call) -> dict[str, Any]:
    return _show(backend, lifecycle.load(backend, call.ids["session"]), call)


def update(backend: Backend, call: Call) -> dict[str, Any]:
    stored = lifecycle.load(backend, call.ids["session"])
    lifecycle.require(stored, ("requires_input",), "updated")
    session, params = stored["object"], call.params
    session["type"] = params.get("type", session["type"])
    session["metadata"] = session_params.merged_metadata(
        session["metadata"], params.get("metadata", {})
    )
    session["options"] = session_params.merged_options(
        session["options"], params.get("options", {})
    )
    if "provided_details" in params:
        stored["details"] = {**(stored["details"] or {}), **params["provided_details"]}
    lifecycle.save(backend, stored)
    return _show(backend, stored, call)


def cancel(backend: Backend, call: Call) -> dict[str, Any]:
    stored = lifecycle.load(backend, call.ids["session"])
    lifecycle.cancel(backend, stored, call.cause)
    return _show(backend, stored, call)


def redact(backend: Backend, call: Call) -> dict[str, Any]:
    stored = lifecycle.load(backend, call.ids["session"])
    lifecycle.begin_redaction(backend, stored, call.cause)
    return _show(backend, stored, call)


def list_all(backend: Backend, call: Call) -> dict[str, Any]:
    """Newest first; a list never carries a client_secret, a url or verified outputs."""
    wanted = expansions.check(call.expand, expansions.OF_SESSIONS, restricted=call.restricted)
    equal = {
        name: call.params[name]
        for name in ("client_reference_id", "status", *_RELATED[:2])
        if name in call.params
    }
    found = [
        _expanded(backend, stored, wanted)
        for _, stored in backend.store.newest_first("session")
        if lists.within(stored["object"]["created"], call.params.get("created"))
        and all(stored["object"][name] == value for name, value in equal.items())
    ]
    return lists.page(found, call.params, url=URL, noun="verification session")


def _show(backend: Backend, stored: dict[str, Any], call: Call) -> dict[str, Any]:
    """Return the session as a call on it answers: with a fresh way in as long as it waits for
    input.
    """
    wanted = expansions.check(call.expand, expansions.OF_SESSION, restricted=call.restricted)
    shown = _expanded(backend, stored, wanted)
    if shown["status"] == "requires_input":
        shown.update(tokens.mint(backend, shown["id"]))
    return shown


def _expanded(backend: Backend, stored: dict[str, Any], wanted: frozenset[str]) -> dict[str, Any]:
    shown = dict(stored["object"])
    if "provided_details" in wanted:
        shown["provided_details"] = stored["details"]
    if "last_verification_report" in wanted and shown["last_verification_report"]:
        report = backend.store.get("report", shown["last_verification_report"])
        shown["last_verification_report"] = expansions.report(report) if report else None
    if any(path.startswith("verified_outputs") for path in wanted):
        shown["verified_outputs"] = None
        if shown["status"] == "verified" and not shown["redaction"]:
            values = reports.verified_outputs(stored["details"])
            shown["verified_outputs"] = expansions.outputs(values, wanted)
    return shown


def _new_object(backend: Backend, params: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id("vs"),
        "object": "identity.verification_session",
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "created": int(backend.now()),
        "last_error": None,
        "last_verification_report": None,
        "livemode": False,
        "metadata": session_params.merged_metadata({}, params.get("metadata", {})),
        "options": session_params.merged_options({}, params.get("options", {})),
        "provided_details": None,
        "redaction": None,
        "related_customer": None,
        "related_customer_account": None,
        "related_person": None,
        "status": "requires_input",
        "type": params.get("type", "verification_flow"),
        "url": None,
        "verification_flow": params.get("verification_flow"),
    }
