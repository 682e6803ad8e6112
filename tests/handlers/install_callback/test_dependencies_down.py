"""What install links depend on is down: 503 with its name, and nothing half written."""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.assertions import assert_page, assert_unavailable
from tests.support.gateway import Caller, LambdaContext
from tests.support.install_bundle import (
    HTML,
    INSTALLATIONS,
    LINKS,
    InstallBundle,
    application_body,
    success,
)
from tests.support.stand_in import BAKERY, INSTALLS
from tests.support.webhooks import webhook

Deploy = Callable[..., InstallBundle]
PATH = f"{INSTALLATIONS}/{BAKERY}"
NO_TABLE = {"INSTALLS_TABLE": "no-such-table"}
NO_SECRET = "arn:aws:secretsmanager:eu-west-1:1:secret:none"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("post", LINKS, [None]), ("get", INSTALLATIONS, []), ("get", PATH, []), ("patch", PATH, [{"payee_name": "x"}]),
     ("delete", PATH, []), ("get", f"{PATH}/account", [])],
)  # fmt: skip
def test_a_table_that_does_not_answer_is_named(
    installs_with: Deploy, user: str, method: str, path: str, body: list[Any]
) -> None:
    answer = getattr(installs_with(**NO_TABLE).user(user), method)(path, *body)
    assert_unavailable(answer, "storage")
    assert answer.cookies == ()


@pytest.mark.parametrize(
    ("settings", "dependency"),
    [(NO_TABLE, "storage"), ({"tokens": "no_tokens"}, "secrets"), ({"tokens": NO_SECRET}, "secrets"),
     ({"app": NO_SECRET}, "secrets")],
)  # fmt: skip
def test_a_callback_without_storage_or_secrets_changes_nothing_and_can_be_repeated(
    installs_with: Deploy, installs: InstallBundle, user: str, settings: Any, dependency: str
) -> None:
    link, before = installs.link(user), installs.items()
    query = success(link.state, BAKERY)
    installs_with(**settings)
    assert_unavailable(installs.callback(query, link.cookies), dependency)
    page = installs.callback(query, link.cookies, HTML)
    assert_page(page, 503)
    assert int(page.headers["retry-after"]) > 0
    if "tokens" in settings:
        assert_unavailable(installs.user(user).post(LINKS), "secrets")
    if "app" not in settings:  # the app's secrets are not needed to cancel
        canceled = installs.callback({"error": "x", "state": link.state}, link.cookies)
        assert canceled.headers["location"] == "/not-connected"
    assert installs.items() == before
    installs_with(INSTALLS_TABLE="installs")
    assert installs.callback(query, link.cookies).status == 303


@pytest.mark.parametrize("name", ["authorized", "deauthorized"])
def test_an_event_that_cannot_be_stored_is_sent_again(
    installs: InstallBundle, user: str, name: str
) -> None:
    installs.connect(user, BAKERY)
    before = installs.items()
    installs.client.failures["UpdateItem"] = deque(["ThrottlingException"])
    assert_unavailable(installs.receive(webhook(application_body(name, BAKERY))), "storage")
    assert installs.items() == before
    assert installs.tell(application_body(name, BAKERY)) == "applied"


def _but_the_bucket(installs: InstallBundle) -> Any:
    """What is stored, without what the caller has spent, and how often it was written."""
    items = installs.items().items()
    return {
        pk: {name: value for name, value in item.items() if name != "rev"}
        for pk, item in items
        if not pk.startswith("bucket#")
    }


@pytest.mark.parametrize(
    ("path", "method"), [("/v1/account", "get"), (INSTALLS, "delete"), (f"{INSTALLS}/*", "delete")]
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_stripe_that_does_not_answer_changes_nothing(
    installs: InstallBundle, user: str, path: str, method: str, status: int
) -> None:
    account = installs.install_at_stripe(user)
    before, asked = _but_the_bucket(installs), f"{INSTALLATIONS}/{account}"
    call = getattr(installs.user(user), method)
    asked += "/account" if method == "get" else ""
    installs.stripe.fault(path=path, status=status, times=4)
    assert_unavailable(call(asked), "stripe")
    assert _but_the_bucket(installs) == before
    installs.stripe.fault(path=path, times=0)
    assert call(asked).status == 200


def test_a_disconnection_that_stripe_made_and_did_not_answer_is_made_good(
    installs: InstallBundle, user: str
) -> None:
    path = f"{INSTALLATIONS}/{installs.install_at_stripe(user)}"
    installs.stripe.fault(path=f"{INSTALLS}/*", status=503, after=True, times=2)
    assert installs.user(user).delete(path).status in (200, 503)
    installs.stripe.fault(path=f"{INSTALLS}/*", times=0)
    assert installs.user(user).delete(path).json["status"] == "uninstalled"


def test_what_is_stored_is_read_without_stripe(installs: InstallBundle, user: str) -> None:
    view = installs.connect(user, BAKERY)
    installs.stripe.fault(path="/v1/*", status=503, times=4)
    assert installs.view(user, BAKERY) == view
    assert installs.user(user).get(INSTALLATIONS).json["data"] == [view]


def test_a_request_without_the_time_for_stripe_is_refused_at_once(
    installs: InstallBundle, user: str
) -> None:
    installs.connect(user, BAKERY)
    handler = installs.user(user).handler
    hurried = Caller(handler, user, context=LambdaContext(milliseconds=5_000))
    assert_unavailable(hurried.get(f"{PATH}/account"), "stripe")
    assert_unavailable(hurried.delete(PATH), "stripe")
    assert installs.stripe.requests() == []
