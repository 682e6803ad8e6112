"""The requests to Stripe about accounts, over real HTTP with Stripe's own SDK."""

from collections.abc import Iterator
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from countersign.http import deadline
from countersign.installs.stripe_calls import StripeAccounts
from countersign.problems import Unavailable
from countersign.stripe_api.calls import CLOCK_MARGIN
from tests.support.clock import START
from tests.support.installations import ACCOUNT, APP_ID
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


def test_a_call_that_could_not_end_in_time_is_not_begun(server: ScriptedServer) -> None:
    deadline.start(1)
    with pytest.raises(Unavailable):
        CALLS.account(ACCOUNT)
    assert server.requests == []
