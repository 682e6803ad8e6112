"""The bundle in this process: both functions' handlers, moto's AWS, and the stand-in for Stripe over
real HTTP with the real SDK.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.gateway import Caller, HttpAnswer
from tests.support.stand_in import StandIn
from tests.support.stand_in_servers import eventually
from tests.support.stripe_objects import DEPLOYMENT
from tests.support.webhooks import ACCOUNT_SECRET, CONNECT_SECRET, WebhookReceiver, webhook
from tools.functions import load_function

CREATE = "/create-verification-session"
SESSIONS = "/verification-sessions"
OPERATOR = "countersign/operator"
SITE, BACK = "https://shop.example.com", "https://shop.example.com/done"
SECRETS = {
    "STRIPE_SECRET": {"STRIPE_SECRET_KEY": "sk_test_local"},
    "WEBHOOK_SECRET": {"STRIPE_WEBHOOK_SECRETS": f"{ACCOUNT_SECRET},{CONNECT_SECRET}"},
    "TOKEN_SECRET": {"TOKEN_KEY": "a key of the tests"},
}
"""The members of each secret, by the variable that names it."""


def environment(table: str, stripe: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """What `template.yaml` sets for the functions; `secrets` has the ARN for each variable."""
    return {
        "DEPLOYMENT": DEPLOYMENT,
        "STRIPE_MODE": "test",
        "IDENTITY_TABLE": table,
        "PAYMENTS_TABLE": "payments",
        **secrets,
        "STRIPE_API_BASE": stripe,
        "PUBLIC_URL": "",
        "ALLOWED_RETURN_URLS": f"{BACK},https://other.example.com/",
        "ALLOWED_ORIGINS": f"{SITE},https://www.shop.example.com",
        "MAX_VERIFICATION_ATTEMPTS": "3",
        "VERIFICATION_OPTIONS": '{"document": {"require_matching_selfie": true}}',
        "VERIFICATION_FLOW": "",
    }


@dataclass
class Bundle(WebhookReceiver):
    """A deployment with an empty table, whose content is `items()`, and what a test needs to ask."""

    stripe: StandIn
    items: Callable[[], dict[str, dict[str, Any]]]

    def user(self, subject: str, scope: str | None = None) -> Caller:
        """Somebody with a token of this subject."""
        return Caller(load_function("session_creation").handler, subject, scope)

    def operator(self) -> Caller:
        """The business itself."""
        return self.user("operator_1", OPERATOR)

    def ask(self, subject: str, body: Any = None, key: str | None = None) -> HttpAnswer:
        """The answer to a request for the user's session, under an `Idempotency-Key` if any."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.user(subject).post(CREATE, body, headers=headers)

    def refused(self, subject: str, body: Any = None, key: str | None = None) -> tuple[int, str]:
        """The status and code of the refusal of such a request."""
        answer = self.ask(subject, body, key)
        return answer.status, answer.code

    def at_stripe(self, subject: str) -> list[str]:
        """The ids of the user's sessions at Stripe, newest first."""
        path = "/v1/identity/verification_sessions"
        found = self.stripe.get(path, client_reference_id=subject)["data"]
        return [session["id"] for session in found]

    def session_at_stripe(self, session_id: str) -> dict[str, Any]:
        """What the stand-in has of a session, with what Stripe would not show."""
        session = self.stripe.backend.store.get("session", session_id)
        assert session is not None
        return session

    def open(self, subject: str, **body: Any) -> str:
        """The id of the user's session, opened."""
        answer = self.ask(subject, body)
        assert answer.status == 200, answer
        return str(answer.json["id"])

    def view(self, subject: str, session_id: str) -> Any:
        """The session as its owner sees it."""
        answer = self.user(subject).get(f"{SESSIONS}/{session_id}")
        assert answer.status == 200, answer
        return answer.json

    def tell(self, body: Any, *secret: str, **options: Any) -> str:
        """The outcome of a genuine webhook."""
        answer = self.receive(webhook(body, *secret, **options))
        assert answer.status == 200, answer
        assert answer.json["received"] is True
        return str(answer.json["outcome"])

    def events_of(self, session_id: str) -> list[dict[str, Any]]:
        """Stripe's events of a session, oldest first."""
        events = self.stripe.get("/v1/events", limit=100)["data"]
        return [event for event in events if event["data"]["object"]["id"] == session_id][::-1]

    def hear(self, session_id: str) -> list[str]:
        """Deliver every event of a session; returns the outcomes."""
        return [self.tell(event) for event in self.events_of(session_id)]

    def redacted(self, session_id: str) -> None:
        """Wait until Stripe has erased the session."""
        eventually(
            lambda: any(event["type"].endswith(".redacted") for event in self.events_of(session_id))
        )

    def everything_stored(self) -> str:
        """Everything in the table, as text."""
        return json.dumps(self.items(), default=str)
