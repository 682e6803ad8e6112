"""What one user does, and what is left of it at Stripe and in the table."""

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any, cast

from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.crypto.users import qualify
from countersign.identity import slots, store
from countersign.identity.context import Context
from countersign.identity.open_session import open_session
from countersign.identity.receive_event import receive_session_event
from countersign.identity.session import Session
from countersign.identity.session_request import SessionRequest
from countersign.identity.slots import Slot, slot_key
from countersign.identity.stripe_calls import StripeSession
from countersign.problems import Problem, Unavailable
from countersign.settings import Settings
from countersign.stripe_api.events import EventOutcome, parse_event
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import DEPLOYMENT, Object
from tests.support.users import ISSUER, qualified
from tests.support.webhooks import payload_of

SUBJECT, ORIGIN = "user_1", "https://verify.example.com"
USER, OTHER_USER = qualified(SUBJECT), qualified("user_2")
OTHER_ISSUERS_USER = qualify(f"{ISSUER}/", SUBJECT)
"""Somebody else whom another issuer calls by the same subject."""
BACK = "https://shop.example.com/done"


def new_handle() -> str:
    """What a deployment's own handle looks like."""
    return token_urlsafe(32)


def request(subject: str = SUBJECT, **members: Any) -> SessionRequest:
    """A request for the modal, without details unless the test says so."""
    return SessionRequest(qualified(subject), ORIGIN, new_handle(), **members)


def refusal(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Problem:
    """The problem that a call ends in."""
    try:
        answer = call(*args, **kwargs)
    except Problem as problem:
        return problem
    raise AssertionError(f"it was answered: {answer}")


def refused(call: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[int, str]:
    """The status and code of the problem that a call ends in."""
    problem = refusal(call, *args, **kwargs)
    return problem.status, problem.code


class World:
    """A deployment with an empty table, its Stripe, and the clock of both."""

    def __init__(self, **settings: Any) -> None:
        self.clock = Clock()
        self.stripe = FakeStripe(self.clock)
        self.dynamodb: Any = QuickDynamoDB()
        chosen = Settings(DEPLOYMENT, **settings)
        self.context = Context(
            Table("quick", cast(Any, self.dynamodb)), self.stripe, chosen, self.clock
        )

    def configure(self, **settings: Any) -> None:
        """Change the deployment's settings."""
        self.context = replace(self.context, settings=replace(self.context.settings, **settings))

    def opened(self, subject: str = SUBJECT, **members: Any) -> StripeSession:
        """The user's session, opened."""
        return open_session(self.context, request(subject, **members))

    def open(self, subject: str = SUBJECT, **members: Any) -> str:
        """The id of the user's session, opened."""
        return str(self.opened(subject, **members)["id"])

    def refusal(self, subject: str = SUBJECT, **members: Any) -> Problem:
        """The problem that opening the session ends in."""
        return refusal(self.opened, subject, **members)

    def refused(self, subject: str = SUBJECT, **members: Any) -> tuple[int, str]:
        """Its status and code."""
        return refused(self.opened, subject, **members)

    def opened_in_the_end(self, tries: int = 5, **members: Any) -> StripeSession:
        """The session of a user who asks again while Stripe is down or the last request runs."""
        for _ in range(tries):
            try:
                return self.opened(**members)
            except Unavailable:
                continue
            except Problem as problem:
                assert problem.code == "request_in_progress", problem.code
        raise AssertionError("the user is locked out")

    def receive(self, body: Object) -> EventOutcome:
        """The outcome of one event."""
        return receive_session_event(self.context, parse_event(payload_of(body)))

    def hear(self, session_id: str | None = None) -> None:
        """The webhooks of everything that has happened so far, in Stripe's order."""
        stripe = self.stripe
        for body in stripe.events if session_id is None else stripe.bodies(session_id):
            self.receive(body)

    def verify(self, session_id: str) -> None:
        """Every check of a session passes, at Stripe."""
        self.stripe.submit(session_id)
        self.stripe.verify(session_id)

    def redact(self, session_id: str) -> None:
        """Stripe erases what was collected, as somebody has asked."""
        self.stripe.redact(session_id)
        self.stripe.finish_redaction(session_id)

    def complete(self, session_id: str, times: int = 1) -> None:
        """So many checks of a session fail, a second each, and the webhooks say so."""
        for _ in range(times):
            self.stripe.submit(session_id)
            self.stripe.fail(session_id)
            self.clock.advance(1)
        self.hear(session_id)

    def at_stripe(self, subject: str = SUBJECT) -> list[str]:
        """The ids of all sessions of a user, oldest first."""
        found = self.stripe.sessions.values()
        return [session["id"] for session in found if session["client_reference_id"] == subject]

    def return_url(self) -> str | None:
        """Where the user continues after Stripe's page, as it is stored."""
        item = self.context.table.get(f"return#{fingerprint(self.slot().return_handle)}")
        return None if item is None else str(item["return_url"])

    def slot(self, subject: str = SUBJECT) -> Slot:
        """The user's slot as it is stored."""
        slot = slots.load(self.context.table, slot_key(qualified(subject)))
        assert slot is not None, "there is no slot"
        return slot

    def stored(self, session_id: str) -> Session:
        """A session as it is stored."""
        session = store.load(self.context.table, session_id)
        assert session is not None, "there is no session"
        return session

    def rows(self) -> str:
        """Everything that is stored, as text."""
        return str(self.dynamodb.rows)
