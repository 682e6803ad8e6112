"""What is asked of Stripe about accounts, over real HTTP with Stripe's own SDK."""

from collections.abc import Iterator
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from countersign.http import deadline
from countersign.installs.stripe_calls import StripeAccounts
from countersign.problems import Unavailable
from countersign.stripe_api.calls import CLOCK_MARGIN, AccountLost, StripeRefused
from tests.support.clock import START
from tests.support.installing import ACCOUNT, APP_ID
from tests.support.logs import Log
from tests.support.processes import forget_settings
from tests.support.scripted_http import Reply, ScriptedServer, scripted_server

REMOTE = StripeAccounts()
INSTALL = {"id": "appinst_1", "object": "apps.install", "app": APP_ID, "account": ACCOUNT}
LIST = {"object": "list", "data": [INSTALL], "has_more": False, "url": "/v1/apps/installs"}
DATED: Any = {"Date": formatdate(START, usegmt=True), "Request-Id": "req_1"}


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def server(
    running: ScriptedServer, install_secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScriptedServer]:
    """Stripe's API on this machine, called by a deployment in test mode."""
    monkeypatch.setenv("DEPLOYMENT", "countersign-test")
    monkeypatch.setenv("STRIPE_SECRET", install_secrets["test"])
    monkeypatch.setenv("STRIPE_API_BASE", running.url)
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    running.requests.clear()
    running.replies.clear()
    forget_settings()
    yield running
    forget_settings()


def lost(status: int = 403, **headers: str) -> Reply:
    """Stripe's answer once the app is gone from the account."""
    message = "The provided key 'sk_test_***' does not have access to account 'acct_canary'"
    error = {"type": "invalid_request_error", "code": "account_invalid", "message": message}
    return Reply(status, {"error": error}, headers)


def test_an_account_is_read_on_its_own_behalf(server: ScriptedServer) -> None:
    server.will(Reply(200, {"id": ACCOUNT, "object": "account"}, DATED))
    answer = REMOTE.account(ACCOUNT)
    ((method, path, headers, _),) = server.requests
    assert (method, path) == ("GET", "/v1/account")
    assert headers["Stripe-Account"] == ACCOUNT
    assert headers["Authorization"] == "Bearer sk_test_1"
    assert answer.body == {"id": ACCOUNT, "object": "account"}
    assert answer.not_before in range(START - CLOCK_MARGIN - 5, START - CLOCK_MARGIN + 1)


def test_the_installs_of_our_app_on_an_account_are_listed_by_the_developer(
    server: ScriptedServer,
) -> None:
    server.will(Reply(200, LIST, DATED))
    assert REMOTE.installs(APP_ID, ACCOUNT).body["data"] == [INSTALL]
    ((method, path, headers, _),) = server.requests
    assert (method, urlsplit(path).path) == ("GET", "/v1/apps/installs")
    asked = parse_qs(urlsplit(path).query)
    assert {"account": [ACCOUNT], "app": [APP_ID]}.items() <= asked.items()
    assert "Stripe-Account" not in headers


def test_an_install_is_ended_by_its_id(server: ScriptedServer) -> None:
    server.will(Reply(200, INSTALL, DATED))
    assert REMOTE.uninstall("appinst_1").body["id"] == "appinst_1"
    ((method, path, headers, _),) = server.requests
    assert (method, path) == ("POST", "/v1/apps/installs/appinst_1/uninstall")
    assert "Stripe-Account" not in headers


CALLS: list[Any] = [
    lambda: REMOTE.account(ACCOUNT),
    lambda: REMOTE.installs(APP_ID, ACCOUNT),
    lambda: REMOTE.uninstall("appinst_1"),
]


@pytest.mark.parametrize("call", CALLS, ids=["account", "installs", "uninstall"])
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_account_that_is_lost_is_told_apart_with_its_moment(
    server: ScriptedServer, call: Any, status: int
) -> None:
    server.will(lost(status, **DATED))
    with pytest.raises(AccountLost) as raised:
        call()
    assert raised.value.not_before in range(START - CLOCK_MARGIN - 5, START - CLOCK_MARGIN + 1)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 00:00:00 GMT"])
def test_a_loss_without_a_date_has_no_moment(server: ScriptedServer, date: str) -> None:
    headers: Any = {"Date": date} if date else {}
    server.will(lost(**headers))
    with pytest.raises(AccountLost) as raised:
        REMOTE.account(ACCOUNT)
    assert raised.value.not_before is None


@pytest.mark.parametrize("call", CALLS, ids=["account", "installs", "uninstall"])
def test_any_other_refusal_is_no_loss(server: ScriptedServer, call: Any) -> None:
    def error(status: int, kind: str, code: str) -> Reply:
        return Reply(status, {"error": {"type": kind, "code": code, "message": "m"}}, DATED)

    server.will(error(404, "invalid_request_error", "resource_missing"))
    with pytest.raises(StripeRefused) as refused:
        call()
    assert refused.value.status == 404
    for status, code in (
        (401, "api_key_expired"),
        (403, "more_permissions_required"),
        (429, "rate_limit"),
    ):
        server.will(error(status, "invalid_request_error", code))
        with pytest.raises(Unavailable):
            call()
    server.will(*[error(503, "api_error", "")] * 2)
    with pytest.raises(Unavailable):
        call()


def test_a_lost_account_is_no_error_and_a_missing_permission_is_one(
    server: ScriptedServer, log: Log
) -> None:
    missing = {"error": {"type": "invalid_request_error", "code": "more_permissions_required"}}
    server.will(lost(**DATED), Reply(403, missing, DATED))
    with pytest.raises(AccountLost):
        REMOTE.account(ACCOUNT)
    with pytest.raises(Unavailable):
        REMOTE.account(ACCOUNT)
    first, second = log.entries()
    assert (first["level"], first["code"]) == ("WARNING", "account_invalid")
    assert (second["level"], second["code"]) == ("ERROR", "more_permissions_required")


def test_nothing_of_an_account_or_of_stripes_words_is_logged(
    server: ScriptedServer, log: Log
) -> None:
    server.will(lost(**DATED), Reply(200, {"id": ACCOUNT, "email": "canary@example.com"}, DATED))
    with pytest.raises(AccountLost):
        REMOTE.account(ACCOUNT)
    REMOTE.account(ACCOUNT)
    written = log.text()
    assert "stripe call failed" in written
    assert "canary" not in written
    assert "sk_test" not in written


def test_a_call_that_could_not_end_in_time_is_not_begun(server: ScriptedServer) -> None:
    deadline.start(1)
    with pytest.raises(Unavailable):
        REMOTE.account(ACCOUNT)
    assert server.requests == []
