"""Histories of verification sessions: what happens at Stripe, and how late, how often and in which
order its events arrive.

A history is a list of commands over `FakeStripe`, so that every step is one that Stripe allows.

What is left out, and why. Stripe's `created` has whole seconds and its event ids have no order, so
the events of one session in one second do not say in which order they happened; the rule goes by
their rank. Within one second a session here therefore only moves up in rank (created,
processing, requires_input, verified; canceled and redacted last). Not modeled, because the rule
would order them wrongly until a later event or read:
- a failure and the next submission in the same second (requires_input, then processing), which needs
  a person who submits again within a second;
- two whole checks in one second (requires_input, processing, requires_input), likewise;
- a verification and its override by an operator in the same second.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hypothesis import strategies as st

from countersign.identity import store
from countersign.identity.attempts import completed_at
from countersign.identity.context import Context
from countersign.identity.receive_event import is_session_event, receive_session_event
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import store_snapshot
from countersign.problems import Unavailable
from countersign.stripe_api.events import StripeEvent
from countersign.stripe_api.webhook import Receiver, receive_webhook
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.stripe_objects import (
    KINDS,
    Object,
    failure,
    session_marks,
    stripe_event,
    thin,
)
from tests.support.users import qualified
from tests.support.webhooks import CONNECT_SECRET, webhook

OWNERS = ("user_1", "user_2")
"""Whose the first two sessions are; the third is not one of ours."""
FOREIGN = 2

_ORDER = {kind: rank for rank, kind in enumerate(("created", "processing", "requires_input"))}
_PERMANENCE = {"canceled": 1, "redacted": 2}

Command = tuple[str, int, int]


def histories() -> st.SearchStrategy[list[Command]]:
    """Commands: `step` is the third number's choice of what session may do next, `read` takes a state
    that is so many seconds younger than its lower bound, `arrive` lets something on its way come in
    (`again` keeps it on its way, `down` finds Stripe's API down), `lost` kills the process that
    waited for an answer.
    """
    session, small = st.integers(0, 2), st.integers(0, 6)
    command = st.one_of(
        st.tuples(st.just("step"), session, small),
        st.tuples(st.just("step"), st.just(0), small),
        st.tuples(st.just("pass"), st.just(0), small),
        st.tuples(st.just("read"), session, small),
        st.tuples(st.sampled_from(["arrive", "again", "down", "lost"]), st.integers(0, 40), small),
        st.tuples(st.sampled_from(["connected", "live"]), st.integers(0, 1), small),
    )
    return st.lists(command, min_size=6, max_size=60)


@dataclass
class Parcel:
    """Something on its way to the bundle; `must` it arrive, and what it does then."""

    arrive: Callable[[], object]
    must: bool


@dataclass
class History:
    """One run: Stripe's side as it is, and the bundle's side as far as it has heard. Stripe sends
    its events in these `styles` by turns, each `snapshot`, `thin` or `both`.
    """

    context: Context
    stripe: FakeStripe
    clock: Clock
    sessions: list[str] = field(default_factory=list)
    on_the_way: list[Parcel] = field(default_factory=list)
    sent: int = 0
    seen: dict[str, Session] = field(default_factory=dict)
    styles: list[str] = field(default_factory=lambda: ["snapshot"])

    def __post_init__(self) -> None:
        for number in range(3):
            self._create(number)

    def run(self, commands: list[Command], order: list[int]) -> None:
        """What happens, and then everything that has not arrived yet, in some order."""
        for name, which, choice in commands:
            getattr(self, f"_{name}")(which, choice)
        for position in _endlessly(order):
            if not self.on_the_way:
                break
            self._arrive(position, 0)

    def truth(self, number: int) -> Object:
        """What the bundle must have stored of a session in the end."""
        session = self.stripe.sessions[self.sessions[number]]
        redacted = (session["redaction"] or {}).get("status") == "redacted"
        error = session["last_error"]
        told = error and {"code": error["code"], "message": error["reason"]}
        checks: dict[str, int] = {}
        for event in self.stripe.bodies(session["id"]):
            if event["type"].rpartition(".")[2] in ("requires_input", "verified"):
                report = event["data"]["object"]["last_verification_report"]
                checks.setdefault(report, event["created"])
        checks.pop(None, None)  # type: ignore[call-overload]
        return {
            "status": "redacted" if redacted else session["status"],
            "last_error": told,
            "user": qualified(OWNERS[number]),
            "attempt": number + 1,
            "livemode": False,
            "created": session["created"],
            "checks": checks,
        }

    def known(self, number: int) -> Object:
        """The same of the stored item."""
        session = store.load(self.context.table, self.sessions[number])
        assert session is not None, "nothing is stored"
        names = ("status", "last_error", "user", "attempt", "livemode", "created")
        shown = {name: getattr(session, name) for name in names}
        return shown | {"checks": completed_at(session.reports)}

    def _create(self, number: int) -> None:
        user = "user_of_another_product" if number == FOREIGN else OWNERS[number]
        metadata = {} if number == FOREIGN else session_marks(user, f"{number + 1}.0")
        params = {"type": "document", "client_reference_id": user, "metadata": metadata}
        answer = self.stripe.create(params, f"key-{number}")
        self.sessions.append(answer.body["id"])
        if number != FOREIGN:
            snapshot = Snapshot.from_read(answer.body, None)
            self.on_the_way.append(
                Parcel(lambda: store_snapshot(self.context.table, snapshot), must=False)
            )
        self._send()

    def _step(self, which: int, choice: int) -> None:
        session = self.stripe.sessions[self.sessions[which]]
        possible = _possible(session)
        if not possible:
            return
        step, kind = possible[choice % len(possible)]
        self._leave_the_second(session["id"], kind)
        getattr(self.stripe, step)(session["id"], *_CODE.get((step, kind), ()))
        self._send()

    def _pass(self, _: int, seconds: int) -> None:
        self.clock.advance(seconds)

    def _read(self, which: int, slack: int) -> None:
        """A state taken now, whose lower bound is `slack` seconds older; it arrives later."""
        if which == FOREIGN:
            return  # we only read what we know
        body = self.stripe.retrieve(self.sessions[which]).body
        snapshot = Snapshot.from_read(body, self.clock() - slack)
        self.on_the_way.append(
            Parcel(lambda: store_snapshot(self.context.table, snapshot), must=False)
        )

    def _arrive(self, which: int, _: int) -> None:
        if self.on_the_way:
            self.on_the_way.pop(which % len(self.on_the_way)).arrive()
            self._look()

    def _again(self, which: int, _: int) -> None:
        if self.on_the_way:
            self.on_the_way[which % len(self.on_the_way)].arrive()
            self._look()

    def _lost(self, which: int, _: int) -> None:
        """An answer of Stripe's never arrives; an event does, since Stripe sends it again."""
        answers = [parcel for parcel in self.on_the_way if not parcel.must]
        if answers:
            self.on_the_way.remove(answers[which % len(answers)])

    def _down(self, which: int, _: int) -> None:
        """Stripe's API is down: the event may be refused, and then it is sent again."""
        if not self.on_the_way:
            return
        self.stripe.fails("retrieve", "down")
        parcel = self.on_the_way[which % len(self.on_the_way)]
        try:
            parcel.arrive()
        except Unavailable:
            assert parcel.must
        self.stripe.faults.clear()
        self._look()

    def _connected(self, which: int, choice: int) -> None:
        self._forge(which, choice, CONNECT_SECRET, account="acct_1")

    def _live(self, which: int, choice: int) -> None:
        self._forge(which, choice, livemode=True)

    def _forge(self, which: int, choice: int, *secret: str, **members: Any) -> None:
        """A genuine event of a connected account or of the other mode that names our session."""
        subject = copy.deepcopy(self.stripe.sessions[self.sessions[which]])
        subject |= {"status": "verified", "client_reference_id": "somebody_else"}
        subject |= {"last_error": failure("selfie_manipulated"), "livemode": "livemode" in members}
        kind, later = KINDS[choice % len(KINDS)], self.clock() + 1000
        event = stripe_event(kind, subject, created=later, **members)
        for body in (event, thin(event)):
            assert self._receive(body, *secret) == "ignored"
        assert self._stored() == self.seen

    def _leave_the_second(self, session_id: str, kind: str) -> None:
        """Let the next second begin where one second could not hold both events in order."""
        last = self.stripe.bodies(session_id)[-1]
        before = last["type"].rpartition(".")[2]
        if last["created"] == self.clock() and _place(kind) <= _place(before):
            self.clock.advance(1)

    def _send(self) -> None:
        for number, event in enumerate(self.stripe.events[self.sent :], self.sent):
            style = self.styles[number % len(self.styles)]
            bodies = {"snapshot": [event], "thin": [thin(event)], "both": [event, thin(event)]}
            for body in bodies[style]:
                self.on_the_way.append(Parcel(partial(self._receive, body), must=True))
        self.sent = len(self.stripe.events)

    def _receive(self, event: Object, *secret: str) -> str:
        """Through the whole intake, signature and mode included."""
        return receive_webhook(webhook(event, *secret), self._receiver_of)

    def _receiver_of(self, event: StripeEvent) -> Receiver | None:
        return partial(receive_session_event, self.context) if is_session_event(event) else None

    def _look(self) -> None:
        """At no moment does a session lose its permanence or its owner, or change without a trace."""
        now = self._stored()
        for session_id, before in self.seen.items():
            session = now[session_id]
            assert session.ord >= before.ord
            assert _permanence(session) >= _permanence(before)
            assert before.user in (None, session.user)
            assert session == before or session.rev > before.rev
            assert session.reports >= before.reports
        self.seen = now

    def _stored(self) -> dict[str, Session]:
        return store.load_many(self.context.table, self.sessions)


_CODE = {("fail", "refused"): ("consent_declined",)}


def _possible(session: Object) -> list[tuple[str, str]]:
    """What may happen to a session next, and the event that reports it."""
    if session["redaction"] == {"status": "processing"}:
        return [("finish_redaction", "redacted")]
    if session["redaction"] is not None:
        return []
    ends = [("redact", "canceled"), ("cancel", "canceled")]
    if session["status"] == "requires_input":
        # Three times, so that half of all steps go on with the check.
        return [("submit", "processing")] * 3 + [("fail", "refused"), *ends]
    if session["status"] == "processing":
        return [("verify", "verified"), ("fail", "requires_input")]
    if session["status"] == "verified":
        return [("override", "requires_input"), ("redact", "")]
    return []


def _place(kind: str) -> tuple[int, int]:
    name = "requires_input" if kind == "refused" else kind
    return _PERMANENCE.get(name, 0), _ORDER.get(name, 3)


def _permanence(session: Session) -> int:
    return _PERMANENCE.get(session.status, 0)


def _endlessly(order: list[int]) -> Iterator[int]:
    yield from order
    while True:
        yield 0
