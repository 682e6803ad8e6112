"""The people of one fault: users who verify themselves and merchants who connect their accounts, and
who try again, as people and browsers do, when something fails.
"""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from stripe import WebhookSignature

from tests.faults.stage import STAND_IN, Stage
from tests.support.merchants import Merchant
from tests.support.service import new_user

TRIES = 12
SECRET = "whsec_local_account"
_FAILED = (429, 500, 502, 503, 504)


@dataclass
class Cast:
    """Those to whom one fault happens, and nobody else's does."""

    stage: Stage
    random: random.Random
    users: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    merchants: list[Merchant] = field(default_factory=list)
    repaired: int = 0
    began_at: int = field(default_factory=lambda: int(time.time()))

    def subjects(self) -> set[str]:
        """What is told of these people: their sessions and accounts."""
        return {*self.sessions, *(merchant.account for merchant in self.merchants)}

    def opens(self, user: str = "") -> str:
        """The id of the session that a user opens, a new user unless one is named."""
        user = user or new_user("faulty")
        if user not in self.users:
            self.users.append(user)
        http, headers = self.stage.service.http, self._headers(user)
        answer = insist(lambda: http.post("/create-verification-session", headers=headers))
        assert answer.status_code == 200, answer.text
        session_id = str(answer.json()["id"])
        self.sessions.append(session_id)
        return session_id

    def fails_to_open(self) -> str:
        """A user who asks for a session once, and gets none."""
        user = new_user("faulty")
        self.users.append(user)
        headers = self.stage.service.as_user(user)
        answer = self.stage.service.http.post("/create-verification-session", headers=headers)
        assert answer.status_code in _FAILED, answer.text
        return user

    def cancels(self, user: str, session_id: str) -> None:
        """A user ends a session by the API."""
        path, headers = f"/verification-sessions/{session_id}/cancel", self._headers(user)
        answer = insist(lambda: self.stage.service.http.post(path, headers=headers))
        assert answer.json()["status"] == "canceled", answer.text

    def comes_to(self, session_id: str, *outcomes: str) -> None:
        """Stripe takes a session to outcomes, one after the other."""
        for outcome in outcomes:
            self.stage.service.outcome(session_id, outcome)

    def verifies(self, *outcomes: str) -> str:
        """A user opens a session, fails a check, and passes the next, unless outcomes are named."""
        session_id = self.opens()
        self.comes_to(session_id, *(outcomes or ("document_expired", "verified")))
        return session_id

    def connects(self) -> Merchant:
        """A merchant goes the whole way from a link to a connected account."""
        merchant = Merchant(self.stage.service)
        self.merchants.append(merchant)
        target = merchant.installed(self._state(merchant))
        answer = insist(lambda: merchant.browser.get(target))
        assert answer.status_code == 303, answer.text
        return merchant

    def leaves(self, merchant: Merchant) -> None:
        """A merchant removes the app at Stripe; within one second of the installation it would not
        be known which came last.
        """
        time.sleep(1.1)
        self.stage.stripe("/_uninstall", account=merchant.account)

    def live_through_everything(self) -> None:
        """One user is verified, another gives up, one merchant leaves, and another stays."""
        self.verifies()
        self.comes_to(self.verifies("document_expired"), "canceled")
        merchant = self.connects()
        self.stage.settle()
        self.leaves(merchant)
        self.connects()
        self.stage.settle()

    def sends(self, event: dict[str, object], *, connect: bool = False) -> None:
        """Stripe sends an event, perhaps one that it has sent before."""
        self.stage.stripe("/_events", event=event, connect=connect)

    def posts(
        self, event: dict[str, object], secret: str = SECRET, at: float | None = None
    ) -> httpx.Response:
        """The answer to a webhook that is signed here, now or at some time."""
        body = json.dumps(event, indent=2)
        moment = int(time.time() if at is None else at)
        signed = WebhookSignature.generate_signature_header(body, secret, moment)
        headers = {"Stripe-Signature": str(signed), "Content-Type": "application/json"}
        return self.stage.service.http.post("/webhook", content=body, headers=headers)

    def events(self, session_id: str) -> list[dict[str, object]]:
        """Stripe's events of a session, oldest first, however many others there are."""
        found: list[dict[str, object]] = []
        after: dict[str, str] = {}
        while True:
            page = self._page(after)
            found += [event for event in page["data"] if _subject(event) == session_id]
            if not page["has_more"]:
                return found[::-1]
            after = {"starting_after": page["data"][-1]["id"]}

    def _page(self, after: dict[str, str]) -> Any:
        """A page of Stripe's events of sessions, the newest first."""
        answer = self.stage.service.http.get(
            f"{STAND_IN}/v1/events",
            params={"limit": "100", "type": "identity.verification_session.*", **after},
            headers={"Authorization": "Bearer sk_test_reader"},
        )
        return answer.json()

    def _headers(self, user: str) -> dict[str, str]:
        return self.stage.service.as_user(user)

    def _state(self, merchant: Merchant) -> str:
        post, headers = merchant.browser.post, merchant.headers
        answer = insist(lambda: post("/install-links", headers=headers, json={}))
        assert answer.status_code == 201, answer.text
        merchant.browser.headers["cookie"] = answer.headers["set-cookie"].split(";")[0]
        return str(parse_qs(urlsplit(answer.json()["url"]).query)["state"][0])


def insist(request: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer to a request that is repeated while it fails, or while another is running."""
    for attempt in range(TRIES):
        answer = request()
        busy = answer.status_code == 409 and answer.json().get("code") == "request_in_progress"
        if answer.status_code not in _FAILED and not busy:
            return answer
        time.sleep(0.1 * attempt)
    return answer


def _subject(event: dict[str, dict[str, dict[str, str]]]) -> str:
    return event["data"]["object"]["id"]
