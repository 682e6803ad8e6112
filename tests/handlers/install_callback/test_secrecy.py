"""What is never stored or logged (docs/decisions.md#never-stored-or-logged), over a whole
life of installations.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.bundle import SITE
from tests.support.gateway import HttpAnswer
from tests.support.install_bundle import (
    HTML,
    INSTALLATIONS,
    LINKS,
    BegunLink,
    InstallBundle,
    application_body,
    success,
)  # fmt: skip
from tests.support.installations import TOKEN_KEY
from tests.support.logs import Log
from tests.support.stand_in import APP_SECRETS

Deploy = Callable[..., InstallBundle]
TOKEN, KEY = "eyJhbGciOiJub25lIn0.canary.token", "idempotency-canary"
SENT = {"authorization": f"Bearer {TOKEN}", "origin": SITE}


class Life:
    """Everything that can happen, and the secrets that must be found nowhere afterwards."""

    def __init__(self, installs: InstallBundle, user: str) -> None:
        self.installs, self.user = installs, user
        self.canaries = {TOKEN, KEY, TOKEN_KEY, "sk_test_local", *APP_SECRETS}

    def link(self, **headers: str) -> BegunLink:
        link = self.installs.link(self.user, headers=SENT | headers)
        values = (cookie.partition("=")[2] for cookie in link.cookies)
        self.canaries |= {link.state, link.url, *values}
        return link

    def callback(self, query: dict[str, str], link: BegunLink, accept: str = HTML) -> HttpAnswer:
        signature = query.get("install_signature", "")
        self.canaries |= {signature.rpartition("v1=")[2]} - {""}
        answer = self.installs.callback(query, link.cookies, accept, headers=SENT)
        fragment = urlsplit(answer.headers.get("location", "")).fragment
        self.canaries |= {fragment.partition("=")[2]} - {""}
        return answer

    def live(self) -> None:
        account = self.installs.new_account()
        links = [self.link(**{"idempotency-key": KEY}) for _ in range(2)] + [self.link()]
        good = success(links[0].state, account)
        for wrong in (
            good | {"account_id": "acct_other"}, good | {"user_id": "canary user"}, good | {"livemode": "true"},
            good | {"state": links[1].state}, good | {"state": "canary-state"}, good | {"install_signature": "canary-signature"},
            {"error": "canary-error", "error_description": "canary words", "state": links[2].state},
        ):  # fmt: skip
            assert self.callback(wrong, links[0]).status in (303, 400, 422)
        self.installs.callback(good, ["__Host-countersign-install=canary-cookie"])
        for _ in range(2):
            answer = self.callback(good, links[0])
            assert answer.status == 303
        self._confirm(account, answer)
        self._act(account)

    def _confirm(self, account: str, answer: HttpAnswer) -> None:
        fragment = urlsplit(answer.headers["location"]).fragment
        if fragment:
            path = f"{INSTALLATIONS}/{account}/confirm"
            for token in ("canary-confirmation", "A" * 43, fragment.partition("=")[2]):
                body = {"confirmation": token}
                last = self.installs.user(self.user).post(path, body, headers=SENT)
            assert last.status == 200

    def _act(self, account: str) -> None:
        user = self.installs.user(self.user)
        path = f"{INSTALLATIONS}/{account}"
        assert user.patch(path, {"payee_name": "canary name\u202e"}).status == 422
        for call in (user.get, user.delete):
            call(f"{path}/account" if call == user.get else path, headers=SENT)
        self.installs.stripe.fault(path="/v1/account", status=400, times=4)
        user.get(f"{path}/account")
        for name in ("authorized", "deauthorized"):
            self.installs.tell(application_body(name, account) | {"request": {"id": "canary"}})
        assert user.post(LINKS, {"return_to": "https://canary.example/"}).status == 422


@pytest.mark.parametrize("binding", ["on", "off"])
def test_no_state_signature_cookie_or_confirmation_is_logged_or_stored(
    installs_with: Deploy, user: str, log: Log, binding: str
) -> None:
    life = Life(installs_with(INSTALL_BINDING=binding), user)
    life.live()
    written, kept = log.text(), life.installs.everything_stored()
    for mark in ("webhook", "refused", "install refused"):
        assert mark in written
    assert len(life.canaries) >= 12
    for canary in life.canaries:
        assert canary not in written, f"logged: {canary}"
        assert canary not in kept, f"stored: {canary}"
    assert "canary" not in written
    assert "canary" not in kept


@pytest.mark.parametrize("accept", ["*/*", HTML])
def test_no_refusal_repeats_what_came_with_the_request(
    installs: InstallBundle, user: str, accept: str
) -> None:
    link = installs.link(user)
    good: dict[str, Any] = success(link.state, "acct_1SQbakery")
    for name in good:
        answer = installs.callback(good | {name: "<b>canary"}, link.cookies, accept)
        assert answer.status >= 400
        assert "canary" not in answer.text
        assert link.state not in answer.text
