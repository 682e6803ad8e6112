"""What install links depend on is down: 503 with its name, and nothing half written."""

import time
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
CODES = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "AccessDeniedException",
    "InternalServerError",
]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", LINKS, None), ("GET", INSTALLATIONS, None), ("GET", PATH, None), ("PATCH", PATH, {"payee_name": "x"}),
     ("DELETE", PATH, None), ("GET", f"{PATH}/account", None)],
)  # fmt: skip
def test_a_table_that_does_not_serve_is_named(
    installs_with: Deploy, user: str, method: str, path: str, body: Any
) -> None:
    caller = installs_with(**NO_TABLE).user(user)
    named: Callable[..., Any] = getattr(caller, method.lower())
    answer = named(path, body) if body or method == "POST" else named(path)
    assert_unavailable(answer, "storage")
    assert answer.cookies == ()


@pytest.mark.parametrize("accept", ["*/*", HTML])
def test_a_callback_without_storage_may_be_repeated(
    installs_with: Deploy, installs: InstallBundle, user: str, accept: str
) -> None:
    link, before = installs.link(user), installs.items()
    query = success(link.state, BAKERY)
    installs_with(**NO_TABLE)
    answer = installs.callback(query, link.cookies, accept)
    if accept == HTML:
        assert_page(answer, 503)
        assert int(answer.headers["retry-after"]) > 0
    else:
        assert_unavailable(answer, "storage")
    assert installs.items() == before
    installs_with(INSTALLS_TABLE="installs")
    assert installs.callback(query, link.cookies).status == 303


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("operation", ["BatchGetItem", "TransactWriteItems"])
def test_a_callback_whose_table_refuses_once_is_made_good_by_a_reload(
    installs: InstallBundle, user: str, operation: str, code: str
) -> None:
    link, before = installs.link(user), installs.items()
    query = success(link.state, BAKERY)
    installs.client.failures[operation] = deque([code])
    assert_unavailable(installs.callback(query, link.cookies), "storage")
    assert installs.items() == before
    assert installs.callback(query, link.cookies).status == 303
    assert installs.view(user, BAKERY)["status"] == "installed"


def test_a_conflict_with_an_event_is_waited_for(
    installs: InstallBundle, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countersign.aws.dynamodb_calls.time.sleep", lambda _: None)
    installs.client.failures["TransactWriteItems"] = deque(["TransactionConflict"] * 2)
    assert installs.connect(user, BAKERY)["status"] == "installed"
    installs.client.failures["UpdateItem"] = deque(["TransactionConflictException"] * 2)
    assert installs.tell(application_body("authorized", BAKERY)) == "applied"


def test_a_cancellation_without_storage_is_one_all_the_same(
    installs_with: Deploy, installs: InstallBundle, user: str
) -> None:
    link = installs.link(user)
    installs_with(**NO_TABLE)
    answer = installs.callback({"error": "access_denied", "state": link.state}, link.cookies)
    assert answer.headers["location"] == "/not-connected"


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["authorized", "deauthorized"])
def test_an_event_that_can_not_be_stored_is_sent_again(
    installs: InstallBundle, user: str, name: str, code: str
) -> None:
    installs.connect(user, BAKERY)
    before = installs.items()
    installs.client.failures["UpdateItem"] = deque([code])
    assert_unavailable(installs.receive(webhook(application_body(name, BAKERY))), "storage")
    assert installs.items() == before
    assert installs.tell(application_body(name, BAKERY)) == "applied"


@pytest.mark.parametrize(
    "secrets",
    [{"tokens": "no_tokens"}, {"tokens": "arn:aws:secretsmanager:eu-west-1:1:secret:none"}],
)
def test_without_a_token_key_no_link_is_made_and_none_is_followed(
    installs_with: Deploy, installs: InstallBundle, user: str, secrets: dict[str, str]
) -> None:
    link, before = installs.link(user), installs.items()
    installs_with(**secrets)
    assert_unavailable(installs.user(user).post(LINKS), "secrets")
    query = success(link.state, BAKERY)
    assert_unavailable(installs.callback(query, link.cookies), "secrets")
    assert_page(installs.callback(query, link.cookies, HTML), 503)
    assert installs.items() == before
    installs_with()
    assert installs.callback(query, link.cookies).status == 303


def test_a_secret_that_can_not_be_read_is_named(
    installs_with: Deploy, installs: InstallBundle, user: str
) -> None:
    link, before = installs.link(user), installs.items()
    installs_with(secret="arn:aws:secretsmanager:eu-west-1:1:secret:none")
    assert_unavailable(installs.callback(success(link.state, BAKERY), link.cookies), "secrets")
    assert installs.items() == before


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_an_account_that_stripe_does_not_show_now_is_unavailable(
    installs: InstallBundle, user: str, status: int
) -> None:
    account = installs.new_account()
    installs.stripe.install(account)
    installs.connect(user, account, at=time.time() - 60)
    before, path = installs.items(), f"{INSTALLATIONS}/{account}/account"
    installs.stripe.fault(path="/v1/account", status=status, times=4)
    assert_unavailable(installs.user(user).get(path), "stripe")
    assert installs.items() == before
    installs.stripe.fault(path="/v1/account", times=0)
    assert installs.user(user).get(path).json["id"] == account


@pytest.mark.parametrize("status", [400, 429, 500, 503])
@pytest.mark.parametrize("path", [INSTALLS, f"{INSTALLS}/*"])
def test_a_disconnection_that_stripe_does_not_answer_changes_nothing(
    installs: InstallBundle, user: str, path: str, status: int
) -> None:
    link, account = installs.link(user), installs.new_account()
    target = installs.stripe.install(account, state=link.state)
    installs.callback(target.partition("?")[2], link.cookies)
    before = installs.items()
    installs.stripe.fault(path=path, status=status, times=4)
    assert_unavailable(installs.user(user).delete(f"{INSTALLATIONS}/{account}"), "stripe")
    assert installs.items() == before
    installs.stripe.fault(path=path, times=0)
    released = installs.user(user).delete(f"{INSTALLATIONS}/{account}")
    assert released.json["status"] == "uninstalled"


def test_a_disconnection_that_stripe_made_and_did_not_answer_is_made_good(
    installs: InstallBundle, user: str
) -> None:
    link, account = installs.link(user), installs.new_account()
    target = installs.stripe.install(account, state=link.state)
    installs.callback(target.partition("?")[2], link.cookies)
    installs.stripe.fault(path=f"{INSTALLS}/*", status=503, after=True, times=2)
    first = installs.user(user).delete(f"{INSTALLATIONS}/{account}")
    assert first.status in (200, 503)
    installs.stripe.fault(path=f"{INSTALLS}/*", times=0)
    again = installs.user(user).delete(f"{INSTALLATIONS}/{account}")
    assert again.json["status"] == "uninstalled"


def test_what_is_stored_is_read_without_stripe(installs: InstallBundle, user: str) -> None:
    view = installs.connect(user, BAKERY)
    installs.stripe.fault(path="/v1/*", status=503, times=4)
    assert installs.view(user, BAKERY) == view
    assert installs.user(user).get(INSTALLATIONS).json["data"] == [view]


def test_a_request_without_the_time_for_stripe_is_told_so_at_once(
    installs: InstallBundle, user: str
) -> None:
    installs.connect(user, BAKERY)
    handler = installs.user(user).handler
    hurried = Caller(handler, user, context=LambdaContext(milliseconds=5_000))
    assert_unavailable(hurried.get(f"{PATH}/account"), "stripe")
    assert_unavailable(hurried.delete(PATH), "stripe")
    assert installs.stripe.requests() == []
