"""The functions of install links in this process, as browsers, merchants' pages and Stripe see them."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.bundle import BACK, SITE
from tests.support.gateway import Caller, HttpAnswer
from tests.support.installations import TOKEN_KEY, members, state_of
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stand_in import APP_ID, APP_SECRETS, APPLICATION_ID, StandIn
from tests.support.stripe_objects import DEPLOYMENT
from tests.support.webhooks import ACCOUNT_SECRET, CONNECT_SECRET, WebhookReceiver, webhook
from tools.functions import load_function

LINKS, CALLBACK, INSTALLATIONS = "/install-links", "/callback/stripe", "/installations"
COOKIE = "__Host-countersign-install"
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
APP_SECRET = APP_SECRETS[0]
INSTALL_SECRETS = {
    "test": {"STRIPE_SECRET_KEY": "sk_test_local"},
    "live": {"STRIPE_SECRET_KEY": "sk_live_1"},
    "webhook": {"STRIPE_WEBHOOK_SECRETS": f"{ACCOUNT_SECRET},{CONNECT_SECRET}"},
    "app": {"STRIPE_APP_SECRETS": ",".join(APP_SECRETS)},
    "local_app": {"STRIPE_APP_SECRETS": "absec_of_the_app,absec_local"},
    "no_app": {"STRIPE_APP_SECRETS": " ,"},
    "tokens": {"TOKEN_KEY": TOKEN_KEY},
    "no_tokens": {"TOKEN_KEY": ""},
}
"""The members of each secret of the tests, by what the tests call it."""


def install_environment(stripe: str, arns: Mapping[str, str]) -> dict[str, str]:
    """What `template.yaml` sets for the functions that install links need; `arns` has those of
    `INSTALL_SECRETS`.
    """
    return {
        "DEPLOYMENT": DEPLOYMENT,
        "STRIPE_MODE": "test",
        "IDENTITY_TABLE": "identity",
        "INSTALLS_TABLE": "installs",
        "PAYMENTS_TABLE": "payments",
        "SPC_TABLE": "spc",
        "STEP_UP_TABLE": "step-up",
        "STRIPE_SECRET": arns["test"],
        "WEBHOOK_SECRET": arns["webhook"],
        "APP_SECRET": arns["app"],
        "TOKEN_SECRET": arns["tokens"],
        "STRIPE_API_BASE": stripe,
        "STRIPE_APP_ID": APP_ID,
        "STRIPE_APPLICATION_ID": APPLICATION_ID,
        "INSTALL_BINDING": "on",
        "PUBLIC_URL": "",
        "ALLOWED_RETURN_URLS": f"{BACK},https://other.example.com/",
        "ALLOWED_ORIGINS": f"{SITE},https://www.shop.example.com",
    }


class CountedDynamoDB(QuickDynamoDB):
    """It keeps what it was asked."""

    def __init__(self, *tables: str) -> None:
        super().__init__(*tables)
        self.calls: list[str] = []

    def _admit(self, operation: str, request: dict[str, Any]) -> str:
        self.calls.append(operation)
        return super()._admit(operation, request)


@dataclass(frozen=True)
class BegunLink:
    """A link that was made, and the browser's cookies afterwards."""

    url: str
    expires_at: int
    cookies: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        return state_of(self.url)


@dataclass
class InstallBundle(WebhookReceiver):
    """A deployment with empty tables, whose content is `items()`."""

    stripe: StandIn
    client: CountedDynamoDB
    items: Callable[[], dict[str, dict[str, Any]]]

    def user(self, subject: str | None) -> Caller:
        """Somebody with a token of this subject, or without any."""
        return Caller(load_function("install_callback").handler, subject)

    def link(self, user: str, body: Any = None, **options: Any) -> BegunLink:
        """A fresh link of a user's."""
        answer = self.user(user).post(LINKS, body, **options)
        assert answer.status == 201, answer
        kept = [cookie.partition(";")[0] for cookie in answer.cookies]
        return BegunLink(answer.json["url"], answer.json["expires_at"], kept)

    def callback(
        self,
        query: dict[str, str] | str,
        cookies: Sequence[str] = (),
        accept: str = "*/*",
        **options: Any,
    ) -> HttpAnswer:
        """The browser comes back with this query."""
        headers = {"accept": accept, **options.pop("headers", {})}
        return self.user(None).get(
            CALLBACK, query=query, cookies=cookies, headers=headers, **options
        )

    def come_back(
        self, link: BegunLink, account: str, accept: str = "*/*", **options: Any
    ) -> HttpAnswer:
        """It comes back to the browser that the link was made in, after an installation."""
        return self.callback(success(link.state, account, **options), link.cookies, accept)

    def connect(self, user: str, account: str, **options: Any) -> Any:
        """The whole way; returns the installation as its holder sees it."""
        answer = self.come_back(self.link(user), account, **options)
        assert answer.status == 303, answer
        return self.view(user, account)

    def view(self, user: str, account: str) -> Any:
        answer = self.user(user).get(f"{INSTALLATIONS}/{account}")
        assert answer.status == 200, answer
        return answer.json

    def tell(self, body: Any, secret: str = CONNECT_SECRET) -> str:
        """The outcome of a genuine webhook."""
        answer = self.receive(webhook(body, secret))
        assert answer.status == 200, answer
        assert answer.json["received"] is True
        return str(answer.json["outcome"])

    def new_account(self) -> str:
        """A merchant's account at Stripe, on which nothing is installed."""
        return str(self.stripe.post("/_accounts", {"name": "Bakery"}).json()["id"])

    def install_at_stripe(self, user: str) -> str:
        """A new account on which a user has installed the app, at Stripe too."""
        link, account = self.link(user), self.new_account()
        target = self.stripe.install(account, state=link.state)
        answer = self.callback(target.partition("?")[2], link.cookies)
        assert answer.status == 303, answer
        return account

    def everything_stored(self) -> str:
        """Everything in the tables, as text."""
        return json.dumps(self.items(), default=str)


def success(state: str, account: str, *, at: float | None = None, **options: Any) -> dict[str, str]:
    """The query of a callback after an installation, signed now."""
    moment = time.time() if at is None else at
    return members(state, account, **{"secret": APP_SECRET, **options}, at=moment)


def application_body(
    name: str, account: str | None, *, at: float | None = None, event_id: str = "evt_1", **more: Any
) -> dict[str, Any]:
    """The webhook of `account.application.authorized` or `.deauthorized`, as Stripe writes it."""
    body = {
        "id": event_id,
        "object": "event",
        "api_version": None,
        "created": int(time.time() if at is None else at),
        "data": {"object": {"id": APPLICATION_ID, "object": "application", "name": "Countersign"}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": f"account.application.{name}",
        **more,
    }
    return body if account is None else body | {"account": account}
