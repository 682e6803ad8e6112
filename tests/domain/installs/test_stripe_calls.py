"""The requests to Stripe about accounts, over real HTTP with Stripe's own SDK."""

from collections.abc import Callable, Iterator
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from countersign.http import deadline
from countersign.installs.stripe_calls import StripeAccounts
from countersign.problems import Unavailable
from countersign.stripe_api.calls import CLOCK_MARGIN, AccountLost, StripeRefused, StripeResponse
from tests.support.clock import START
from tests.support.installations import ACCOUNT, APP_ID
from tests.support.logs import Log
from tests.support.processes import forget_settings
from tests.support.scripted_http import Reply, ScriptedServer, scripted_server

CALLS = StripeAccounts()
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
    monkeypatch.setenv("STRIPE_MODE", "test")
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


def test_each_call_has_its_path_and_only_the_account_is_read_on_its_own_behalf(
    server: ScriptedServer,
) -> None:
    account = {"id": ACCOUNT, "object": "account"}
    server.will(Reply(200, account, DATED), Reply(200, LIST, DATED), Reply(200, INSTALL, DATED))
    answer = CALLS.account(ACCOUNT)
    assert answer.body == account
    assert answer.not_before in range(START - CLOCK_MARGIN - 5, START - CLOCK_MARGIN + 1)
    assert CALLS.installs(APP_ID, ACCOUNT).body["data"] == [INSTALL]
    assert CALLS.uninstall("appinst_1").body["id"] == "appinst_1"
    first, second, third = server.requests
    assert [(method, urlsplit(path).path) for method, path, *_ in server.requests] == [
        ("GET", "/v1/account"),
        ("GET", "/v1/apps/installs"),
        ("POST", "/v1/apps/installs/appinst_1/uninstall"),
    ]
    assert first[2]["Stripe-Account"] == ACCOUNT
    assert first[2]["Authorization"] == "Bearer sk_test_1"
    assert "Stripe-Account" not in second[2].keys() | third[2].keys()
    asked = parse_qs(urlsplit(second[1]).query)
    assert {"account": [ACCOUNT], "app": [APP_ID]}.items() <= asked.items()


EACH: dict[str, Callable[[], StripeResponse]] = {
    "account": lambda: CALLS.account(ACCOUNT),
    "installs": lambda: CALLS.installs(APP_ID, ACCOUNT),
    "uninstall": lambda: CALLS.uninstall("appinst_1"),
}


@pytest.mark.parametrize("call", EACH)
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_lost_account_is_recognized_and_dated(
    server: ScriptedServer, call: str, status: int
) -> None:
    server.will(lost(status, **DATED))
    with pytest.raises(AccountLost) as raised:
        EACH[call]()
    assert raised.value.not_before in range(START - CLOCK_MARGIN - 5, START - CLOCK_MARGIN + 1)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 00:00:00 GMT"])
def test_a_loss_without_a_date_has_no_moment(server: ScriptedServer, date: str) -> None:
    headers: Any = {"Date": date} if date else {}
    server.will(lost(**headers))
    with pytest.raises(AccountLost) as raised:
        CALLS.account(ACCOUNT)
    assert raised.value.not_before is None


def error(status: int, code: str) -> Reply:
    body = {"type": "invalid_request_error", "code": code, "message": "m"}
    return Reply(status, {"error": body}, DATED)


@pytest.mark.parametrize("call", EACH)
def test_any_other_refusal_is_no_loss(server: ScriptedServer, call: str) -> None:
    server.will(error(404, "resource_missing"))
    with pytest.raises(StripeRefused) as refused:
        EACH[call]()
    assert refused.value.status == 404
    for status, code in ((401, "api_key_expired"), (403, "more_permissions_required"), (429, "rate_limit"), (503, "")):  # fmt: skip
        server.will(*[error(status, code)] * 2)
        with pytest.raises(Unavailable):
            EACH[call]()
        server.replies.clear()


def test_a_lost_account_is_a_warning_a_missing_permission_an_error_and_neither_is_quoted(
    server: ScriptedServer, log: Log
) -> None:
    account = {"id": ACCOUNT, "email": "canary@example.com"}
    server.will(lost(**DATED), error(403, "more_permissions_required"), Reply(200, account, DATED))
    with pytest.raises(AccountLost):
        CALLS.account(ACCOUNT)
    with pytest.raises(Unavailable):
        CALLS.account(ACCOUNT)
    CALLS.account(ACCOUNT)
    written = log.text()
    assert "stripe call failed" in written
    assert "canary" not in written
    assert "sk_test" not in written
    first, second = (entry for entry in log.entries() if "code" in entry)
    assert (first["level"], first["code"]) == ("WARNING", "account_invalid")
    assert (second["level"], second["code"]) == ("ERROR", "more_permissions_required")


def test_a_call_that_could_not_end_in_time_is_not_begun(server: ScriptedServer) -> None:
    deadline.start(1)
    with pytest.raises(Unavailable):
        CALLS.account(ACCOUNT)
    assert server.requests == []
