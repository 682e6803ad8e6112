"""What is ready before the first call to Stripe."""

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
    assert [request[0] for request in script.requests] == ["HEAD", "GET"]
    assert script.connections == 1


def test_a_connection_is_opened_without_the_key(script: ScriptedServer) -> None:
    script.will(Reply(404))
    connect()
    assert "canary" not in str(script.requests)


def test_a_stripe_that_is_not_reached_is_unavailable(script: ScriptedServer) -> None:
    script.will(Reply(0))
    with pytest.raises(Unavailable):
        connect()
