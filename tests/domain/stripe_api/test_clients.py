"""What is ready before the first call to Stripe."""

import logging
from collections.abc import Iterator

import pytest

from countersign.identity.stripe_calls import SESSIONS
from countersign.payments.stripe_calls import INTENTS
from countersign.problems import Unavailable
from countersign.step_up.stripe_calls import CARDS
from countersign.stripe_api.calls import call
from countersign.stripe_api.clients import connect
from tests.support.processes import forget_everything
from tests.support.quick_secrets import QuickSecrets, put_secret
from tests.support.scripted_http import Reply, ScriptedServer, scripted_server
from tests.support.stripe_objects import DEPLOYMENT


@pytest.fixture
def script(
    secrets_manager: QuickSecrets, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScriptedServer]:
    """Stripe, as a process that has just been started finds it."""
    forget_everything()
    with scripted_server() as server:
        monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
        monkeypatch.setenv("STRIPE_MODE", "test")
        monkeypatch.setenv("STRIPE_API_BASE", server.url)
        arn = put_secret("stripe", STRIPE_SECRET_KEY="sk_test_canary")
        monkeypatch.setenv("STRIPE_SECRET", arn)
        yield server
    forget_everything()


def test_the_first_call_goes_over_the_connection_that_is_open(script: ScriptedServer) -> None:
    script.will(Reply(404), Reply(200, {"object": "account", "id": "acct_1"}))
    connect(SESSIONS, CARDS, INTENTS)
    assert call(lambda client: client.v1.accounts.retrieve_current()).body["id"] == "acct_1"
    assert [request[:2] for request in script.requests] == [
        ("HEAD", "/v1"),
        ("GET", "/v1/account"),
    ]
    assert script.connections == 1


def test_a_connection_is_opened_without_the_key(script: ScriptedServer) -> None:
    script.will(Reply(404))
    connect()
    ((_, _, headers, _),) = script.requests
    assert "authorization" not in map(str.lower, headers)


def test_a_stripe_that_is_not_reached_is_unavailable(script: ScriptedServer) -> None:
    script.will(Reply(0))
    with pytest.raises(Unavailable):
        connect()


@pytest.mark.parametrize("once", [None, 5.0])
def test_the_sdk_logs_nothing_in_any_kind_of_call(
    script: ScriptedServer, once: float | None
) -> None:
    """Lambda's own level is INFO, at which the SDK logs URLs and Stripe's messages."""
    logging.getLogger("stripe").setLevel(logging.NOTSET)
    script.will(Reply(200, {"object": "account", "id": "acct_1"}))
    call(lambda client: client.v1.accounts.retrieve_current(), once=once)
    assert not logging.getLogger("stripe").isEnabledFor(logging.ERROR)
