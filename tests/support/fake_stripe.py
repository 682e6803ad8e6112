"""Stripe's verification sessions in memory: `StripeCalls` as Stripe answers them, and the person, the
checks and the operator that change a session from outside.

What Identity depends on is kept: idempotency keys (a saved 500 and a reuse with other parameters
included), secrets minted by a retrieve while input is needed, the statuses in which a session may be
changed, lists by `client_reference_id`, erased metadata, and an event for every change.
"""

import copy
import random
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, Literal

from countersign.problems import Unavailable, in_progress
from countersign.stripe_api.calls import (
    CLOCK_MARGIN,
    StripeFailed,
    StripeKeyReused,
    StripeRefused,
    StripeResponse,
)
from tests.support.clock import Clock
from tests.support.stripe_objects import Object, erased, failure, stripe_event

DAY = 24 * 3600
BEFORE_ANY_CHECK = {"abandoned", "consent_declined", "country_not_supported"}
"""Codes that end a visit before anything is checked: there is no report of them."""

Fault = Literal["down", "lost", "saved_500", "saved_500_made", "unsaved_500", "refused", "busy"]


class FakeStripe:
    """One account in test mode. `faults[call]` says how the next calls of a kind go wrong."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self.clock = clock
        self.calls: list[str] = []
        self.keys: list[str] = []
        self.sessions: dict[str, Object] = {}
        self.created_with: dict[str, Object] = {}
        self.details: dict[str, Object] = {}
        self.events: list[Object] = []
        self.minted: list[str] = []
        self.faults: dict[str, deque[Fault]] = {}
        self.refused_details: set[str] = set()
        self.pause = 0.0
        self._ids = random.Random(seed)
        self._saved: dict[str, tuple[float, Object, Object | None]] = {}
        self._running: set[str] = set()
        self._lock = threading.RLock()

    # What Identity asks.

    def create(self, params: Object, idempotency_key: str) -> StripeResponse:
        with self._lock:
            self.keys.append(idempotency_key)
            fault = self._begin("create")
            if idempotency_key in self._running:
                raise in_progress()
            if fault == "refused":
                raise StripeRefused(400, "options[document]")
            saved = self._saved_answer(idempotency_key, params)
            if saved is not None:
                return saved
            self._running.add(idempotency_key)
        try:
            time.sleep(self.pause)  # others meet a request that is still running
            with self._lock:
                return self._create(params, idempotency_key, fault)
        finally:
            self._running.discard(idempotency_key)

    def retrieve(self, session_id: str, expand: tuple[str, ...] = ()) -> StripeResponse:
        with self._lock:
            self._begin("retrieve")
            shown = self._shown(self._session(session_id))
            if "verified_outputs" in expand:
                shown["verified_outputs"] = self._outputs(shown)
            return self._answer(shown)

    def update(self, session_id: str, params: Object) -> StripeResponse:
        with self._lock:
            self._begin("update")
            session = self._session(session_id)
            self._require(session, "requires_input")
            given = params["provided_details"]
            for name in given.keys() & self.refused_details:
                raise StripeRefused(400, f"provided_details[{name}]")
            self.details.setdefault(session_id, {}).update(given)
            return self._answer(self._shown(session))

    def cancel(self, session_id: str) -> StripeResponse:
        with self._lock:
            fault = self._begin("cancel")
            session = self._session(session_id)
            self._require(session, "requires_input")
            self._change(session, "canceled", status="canceled")
            self._lose(fault)
            return self._answer(session)

    def redact(self, session_id: str) -> StripeResponse:
        with self._lock:
            fault = self._begin("redact")
            session = self._session(session_id)
            self._require(session, "requires_input", "verified")
            if session["status"] == "requires_input":
                self._change(session, "canceled", status="canceled")
            session["redaction"] = {"status": "processing"}
            self._lose(fault)
            return self._answer(session)

    def list(self, params: Object) -> StripeResponse:
        with self._lock:
            self._begin("list")
            found = [
                session
                for session in reversed(self.sessions.values())
                if all(
                    session[name] == params[name]
                    for name in ("client_reference_id", "status")
                    if name in params
                )
            ]
            ids = [session["id"] for session in found]
            after = params.get("starting_after")
            if after is not None and after not in ids:
                raise StripeRefused(400, "starting_after")
            rest = found[ids.index(after) + 1 :] if after else found
            limit = params.get("limit", 10)
            page = {"object": "list", "data": rest[:limit], "has_more": len(rest) > limit}
            return self._answer(page)

    # What happens at Stripe by itself, by the person or by the operator.

    def submit(self, session_id: str) -> None:
        """The person hands in what was asked for: the checks begin."""
        session = self.sessions[session_id]
        self._require(session, "requires_input")
        self._change(session, "processing", status="processing", last_error=None)

    def fail(self, session_id: str, code: str = "document_expired") -> None:
        """A check fails, or the visit ends before one."""
        session = self.sessions[session_id]
        report = session["last_verification_report"]
        if code not in BEFORE_ANY_CHECK:
            self._require(session, "processing")
            report = self._new_id("vr")
        self._change(
            session, "requires_input", status="requires_input",
            last_error=failure(code), last_verification_report=report,
        )  # fmt: skip

    def verify(self, session_id: str) -> None:
        """Every check passes."""
        session = self.sessions[session_id]
        self._require(session, "processing")
        report = self._new_id("vr")
        self._change(session, "verified", status="verified", last_verification_report=report)

    def override(self, session_id: str) -> None:
        """An operator takes a verification back in the Dashboard."""
        session = self.sessions[session_id]
        self._require(session, "verified")
        error = failure("document_unverified_other")
        self._change(session, "requires_input", status="requires_input", last_error=error)

    def finish_redaction(self, session_id: str) -> None:
        """Stripe has erased what it said it would."""
        session = self.sessions[session_id]
        assert session["redaction"] == {"status": "processing"}
        session.update(erased(session))
        self._emit(session, "redacted")

    def fails(self, call: str, *faults: Fault) -> None:
        """The next calls of this kind go wrong so, one after the other."""
        self.faults.setdefault(call, deque()).extend(faults)

    def forget(self, session_id: str) -> None:
        """The session is gone, as after test data were deleted."""
        del self.sessions[session_id]

    def bodies(self, session_id: str) -> Sequence[Object]:
        """The events of a session, oldest first."""
        return [event for event in self.events if event["data"]["object"]["id"] == session_id]

    def _begin(self, call: str) -> Fault | None:
        self.calls.append(call)
        waiting = self.faults.get(call)
        fault = waiting.popleft() if waiting else None
        if fault == "down":
            raise Unavailable("stripe")
        if fault == "unsaved_500":
            raise StripeFailed
        if fault == "busy":
            raise in_progress()
        if fault == "refused" and call != "create":
            raise StripeRefused(400, None)
        return fault

    def _saved_answer(self, key: str, params: Object) -> StripeResponse | None:
        at, given, body = self._saved.get(key, (float("-inf"), {}, None))
        if self.clock.now - at >= DAY:
            return None
        if given != params:
            raise StripeKeyReused
        if body is None:
            raise StripeFailed
        return self._answer(body, replayed=True)

    def _create(self, params: Object, key: str, fault: Fault | None) -> StripeResponse:
        body = None if fault == "saved_500" else self._new_session(params)
        saved = None if fault in ("saved_500", "saved_500_made") else body
        self._saved[key] = (self.clock.now, copy.deepcopy(params), saved)
        if body is None or saved is None:
            raise StripeFailed
        self._lose(fault)
        return self._answer(body)

    def _lose(self, fault: Fault | None) -> None:
        """What was asked is done, but its answer does not arrive."""
        if fault == "lost":
            raise Unavailable("stripe")

    def _new_session(self, params: Object) -> Object:
        session_id = self._new_id("vs")
        assert all(isinstance(value, str) for value in params["metadata"].values())
        self.sessions[session_id] = {
            "id": session_id,
            "object": "identity.verification_session",
            "client_reference_id": params["client_reference_id"],
            "client_secret": None,
            "created": self.clock(),
            "last_error": None,
            "last_verification_report": None,
            "livemode": False,
            "metadata": dict(params["metadata"]),
            "options": copy.deepcopy(params.get("options", {})),
            "redaction": None,
            "status": "requires_input",
            "type": params.get("type", "verification_flow"),
            "url": None,
            "verification_flow": params.get("verification_flow"),
        }
        self.created_with[session_id] = copy.deepcopy(params)
        self._emit(self.sessions[session_id], "created")
        return self._shown(self.sessions[session_id])

    def _session(self, session_id: str) -> Object:
        if session_id not in self.sessions:
            raise StripeRefused(404, "session")
        return self.sessions[session_id]

    def _require(self, session: Object, *statuses: str) -> None:
        if session["status"] not in statuses or session["redaction"] is not None:
            raise StripeRefused(400, None)

    def _change(self, session: Object, kind: str, **members: Any) -> None:
        session.update(members)
        self._emit(session, kind)

    def _emit(self, session: Object, kind: str) -> None:
        event = stripe_event(kind, session, created=self.clock(), id=self._new_id("evt"))
        self.events.append(event)

    def _shown(self, session: Object) -> Object:
        shown = copy.deepcopy(session)
        if shown["status"] == "requires_input" and shown["redaction"] is None:
            secret, url = self._new_id("vs_secret"), f"https://verify.test/{self._new_id('start')}"
            self.minted += [secret, url]
            shown |= {"client_secret": secret, "url": url}
        return shown

    def _outputs(self, session: Object) -> Object | None:
        if session["status"] != "verified" or session["redaction"]:
            return None
        return {"first_name": "Jenny", "last_name": "Rosen"}

    def _answer(self, body: Object, *, replayed: bool = False) -> StripeResponse:
        return StripeResponse(copy.deepcopy(body), self.clock() - CLOCK_MARGIN, replayed)

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}_{self._ids.getrandbits(80):020x}"
