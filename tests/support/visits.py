"""What one user does with the bundle, and what is left of it at Stripe and in the table."""

from collections.abc import Callable
from typing import Any

from countersign.identity import slots, store
from countersign.identity.context import Context
from countersign.identity.open_session import open_session
from countersign.identity.receive_event import receive_session_event
from countersign.identity.session import Session
from countersign.identity.session_request import SessionRequest
from countersign.identity.slots import Slot, slot_key
from countersign.identity.stripe_calls import StripeSession
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.events import parse_event
from tests.support.fake_stripe import FakeStripe
from tests.support.webhooks import payload_of

USER, ORIGIN = "user_1", "https://verify.example.com"


def request(user: str = USER, **members: Any) -> SessionRequest:
    """What a user asks for, in the modal and without details unless the test says so."""
    return SessionRequest(user, ORIGIN, **members)


def opened(context: Context, user: str = USER, **members: Any) -> StripeSession:
    """The user's session, opened."""
    return open_session(context, request(user, **members))


def refusal(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Problem:
    """The problem that a call ends in."""
    try:
        answer = call(*args, **kwargs)
    except Problem as problem:
        return problem
    raise AssertionError(f"it was answered: {answer}")


def opened_in_the_end(
    context: Context, user: str = USER, tries: int = 5, **members: Any
) -> StripeSession:
    """The session of a user who asks again while Stripe is down or the last request still runs."""
    for _ in range(tries):
        try:
            return opened(context, user, **members)
        except Unavailable:
            continue
        except Problem as problem:
            assert problem.code == "request_in_progress", problem.code
    raise AssertionError(f"{user} is locked out")


def hear(context: Context, stripe: FakeStripe, session_id: str | None = None) -> None:
    """The webhooks of everything that has happened so far, in Stripe's order."""
    for body in stripe.events if session_id is None else stripe.bodies(session_id):
        event = parse_event(payload_of(body))
        assert event is not None
        receive_session_event(context, event)


def complete(context: Context, stripe: FakeStripe, session_id: str, times: int = 1) -> None:
    """So many checks of a session that fail, a second each, told by webhook."""
    for _ in range(times):
        stripe.submit(session_id)
        stripe.fail(session_id)
        stripe.clock.advance(1)
    hear(context, stripe, session_id)


def at_stripe(stripe: FakeStripe, user: str = USER) -> list[str]:
    """The ids of all sessions of a user, oldest first."""
    found = stripe.sessions.values()
    return [session["id"] for session in found if session["client_reference_id"] == user]


def slot_of(context: Context, user: str = USER) -> Slot:
    """The user's slot as it is stored."""
    slot = slots.load(context.table, slot_key(user))
    assert slot is not None, "there is no slot"
    return slot


def stored(context: Context, session_id: str) -> Session:
    """A session as it is stored."""
    session = store.load(context.table, session_id)
    assert session is not None, "there is no session"
    return session
