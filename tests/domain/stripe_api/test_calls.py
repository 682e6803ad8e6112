"""Calls to Stripe over real HTTP with Stripe's own SDK, and each way in which they fail."""

import socket
import threading
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

import pytest
import stripe

from countersign.aws.telemetry import logger
from countersign.http import deadline
from countersign.identity.stripe_calls import StripeSessions
from countersign.problems import Problem, Unavailable
from countersign.stripe_api import calls, clients
from countersign.stripe_api.calls import (
    CLOCK_MARGIN,
    LONGEST_CALL,
    RETRIES,
    TIMEOUT,
    StripeFailed,
    StripeKeyReused,
    StripeRefused,
    StripeResponse,
)
from tests.support.clock import START
from tests.support.logs import Log
from tests.support.processes import forget_everything, forget_settings
from tests.support.quick_secrets import QuickSecrets, put_secret
from tests.support.scripted_http import Reply, ScriptedServer, scripted_server
from tests.support.stand_in_servers import eventually
from tests.support.stripe_objects import DEPLOYMENT, session_object

CALLS = StripeSessions()
URL = "/v1/identity/verification_sessions"


def error(status: int, type_: str = "api_error", **members: Any) -> Reply:
    """One of Stripe's refusals."""
    body = {"error": {"type": type_, "message": "message canary", **members}}
    return Reply(status, body, {"Request-Id": "req_1"})


def session(**headers: str) -> Reply:
    dated = {"Date": formatdate(START, usegmt=True), "Request-Id": "req_1"} | headers
    return Reply(200, session_object(), dated)


def create() -> StripeResponse:
    return CALLS.create({"type": "document", "client_reference_id": "user_1"}, "key-1")


@pytest.fixture(scope="module")
def script() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture(scope="module")
def secret_arn(secrets_manager: QuickSecrets) -> Iterator[str]:
    forget_everything()
    yield put_secret("stripe", STRIPE_SECRET_KEY="sk_test_canary")
    forget_everything()


@pytest.fixture(autouse=True)
def deployment(
    secret_arn: str, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
    monkeypatch.setenv("STRIPE_MODE", "test")
    monkeypatch.setenv("STRIPE_SECRET", secret_arn)
    monkeypatch.setenv("STRIPE_API_BASE", script.url)
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)  # the SDK's pause
    forget_settings()
    script.replies.clear()
    script.requests.clear()
    yield monkeypatch
    forget_settings()


def test_a_session_is_created_under_its_key(script: ScriptedServer) -> None:
    script.will(session())
    assert create().body["id"] == "vs_1"
    ((method, path, headers, body),) = script.requests
    assert (method, path) == ("POST", URL)
    assert headers["Idempotency-Key"] == "key-1"
    assert headers["Authorization"] == "Bearer sk_test_canary"
    assert "client_reference_id=user_1" in body


def test_every_call_has_its_method_and_path(script: ScriptedServer) -> None:
    script.will(*[session() for _ in range(4)])
    script.will(Reply(200, {"object": "list", "data": [], "has_more": False, "url": URL}))
    CALLS.retrieve("vs_1", expand=("verified_outputs",))
    CALLS.update("vs_1", {"provided_details": {"email": "a@example.com"}})
    CALLS.cancel("vs_1")
    CALLS.redact("vs_1")
    assert CALLS.list({"client_reference_id": "user_1", "limit": 100}).body["data"] == []
    assert [(method, unquote(path)) for method, path, _, _ in script.requests] == [
        ("GET", f"{URL}/vs_1?expand[0]=verified_outputs"),
        ("POST", f"{URL}/vs_1"),
        ("POST", f"{URL}/vs_1/cancel"),
        ("POST", f"{URL}/vs_1/redact"),
        ("GET", f"{URL}?client_reference_id=user_1&limit=100"),
    ]


def test_a_response_is_plain_data_with_a_lower_bound_of_its_moment(script: ScriptedServer) -> None:
    script.will(session())
    answer = CALLS.retrieve("vs_1")
    assert type(answer.body) is dict
    assert type(answer.body["metadata"]) is dict
    assert answer.not_before is not None
    assert START - CLOCK_MARGIN - 2 <= answer.not_before <= START - CLOCK_MARGIN
    assert not answer.replayed


def test_a_slow_response_has_an_earlier_lower_bound(
    script: ScriptedServer, deployment: pytest.MonkeyPatch
) -> None:
    moments = iter([100.0, 103.4])
    clock = type("Clock", (), {"monotonic": staticmethod(lambda: next(moments))})
    deployment.setattr(calls, "time", clock)
    script.will(session())
    assert CALLS.retrieve("vs_1").not_before == int(START - 3.4 - CLOCK_MARGIN)


def test_a_response_without_a_date_has_no_lower_bound(script: ScriptedServer) -> None:
    script.will(Reply(200, session_object()))
    assert CALLS.retrieve("vs_1").not_before is None


def test_a_repeated_response_says_so(script: ScriptedServer) -> None:
    script.will(session(**{"Idempotent-Replayed": "true"}))
    assert create().replayed


def test_a_500_is_tried_once_more_under_the_same_key(script: ScriptedServer) -> None:
    script.will(error(500), session())
    assert create().body["id"] == "vs_1"
    keys = [headers["Idempotency-Key"] for _, _, headers, _ in script.requests]
    assert keys == ["key-1", "key-1"]


@pytest.mark.parametrize(
    "reply", [error(500), error(503), Reply(502, "<html>Bad gateway</html>")], ids=range(3)
)
def test_a_stripe_that_fails_is_tried_once_more_and_unavailable(
    script: ScriptedServer, reply: Reply
) -> None:
    script.will(*[reply] * (RETRIES + 1))
    with pytest.raises(StripeFailed) as failed:
        create()
    assert (failed.value.status, failed.value.code) == (503, "stripe_unavailable")
    assert len(script.requests) == RETRIES + 1


def test_a_failure_that_stripe_says_not_to_retry_is_not(script: ScriptedServer) -> None:
    reply = error(500)
    reply.headers["Stripe-Should-Retry"] = "false"
    script.will(reply)
    with pytest.raises(StripeFailed):
        create()
    assert len(script.requests) == 1


def test_a_request_that_is_still_running_is_a_409(script: ScriptedServer) -> None:
    busy = error(409, "idempotency_error", code="idempotency_key_in_use")
    script.will(*[busy] * (RETRIES + 1))
    with pytest.raises(Problem) as problem:
        create()
    assert (problem.value.status, problem.value.code) == (409, "request_in_progress")
    assert int(problem.value.headers["Retry-After"]) > 0


def test_a_key_used_with_other_parameters_has_an_error_of_its_own(script: ScriptedServer) -> None:
    script.will(error(400, "idempotency_error"))
    with pytest.raises(StripeKeyReused):
        create()


@pytest.mark.parametrize(
    ("status", "param"), [(400, "options[document]"), (404, "session"), (400, None)]
)
def test_a_refused_request_names_its_parameter(
    script: ScriptedServer, status: int, param: str | None
) -> None:
    members = {"param": param} if param else {}
    script.will(error(status, "invalid_request_error", **members))
    with pytest.raises(StripeRefused) as refused:
        create()
    assert (refused.value.status, refused.value.param) == (status, param)


@pytest.mark.parametrize("body", ["", "<html>", "{"])
def test_a_response_that_is_not_an_object_is_not_believed(
    script: ScriptedServer, body: str
) -> None:
    script.will(*[Reply(200, body)] * (RETRIES + 1))
    with pytest.raises(Unavailable) as unavailable:
        create()
    assert unavailable.value.code == "stripe_unavailable"


def test_a_closed_connection_is_tried_once_more(script: ScriptedServer) -> None:
    script.will(Reply(0), session())
    assert create().body["id"] == "vs_1"
    script.will(Reply(0), Reply(0))
    with pytest.raises(Unavailable) as unavailable:
        create()
    assert not isinstance(unavailable.value, StripeFailed)
    assert len(script.requests) == 4


def test_a_stripe_that_is_not_there_is_unavailable(deployment: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        deployment.setenv("STRIPE_API_BASE", f"http://127.0.0.1:{unused.getsockname()[1]}")
        forget_settings()
        with pytest.raises(Unavailable) as unavailable:
            create()
    assert unavailable.value.code == "stripe_unavailable"


@pytest.fixture
def impatient(deployment: pytest.MonkeyPatch) -> Iterator[None]:
    """A client that waits a moment only."""
    deployment.setattr(clients, "TIMEOUT", (0.05, 0.05))
    clients._connections.cache_clear()
    yield
    clients._connections.cache_clear()


def test_a_stripe_that_does_not_answer_is_given_up(script: ScriptedServer, impatient: None) -> None:
    over = threading.Event()
    script.will(Reply(waits=over), Reply(waits=over))
    with pytest.raises(Unavailable):
        create()
    over.set()
    # The server may be slower to take a request than the client is to give it up.
    assert eventually(lambda: len(script.requests) == 2 and not script.replies)


def test_a_call_with_its_retries_fits_well_into_a_request() -> None:
    assert (RETRIES + 1) * sum(TIMEOUT) < LONGEST_CALL < 29 / 2


def test_a_call_that_could_not_end_in_time_is_not_begun(script: ScriptedServer) -> None:
    deadline.start(LONGEST_CALL - 0.1)
    with pytest.raises(Unavailable) as unavailable:
        create()
    deadline.start(float("inf"))
    assert unavailable.value.code == "stripe_unavailable"
    assert script.requests == []


def test_stripes_messages_are_neither_logged_nor_shown(script: ScriptedServer, log: Log) -> None:
    script.will(error(400, "invalid_request_error", param="provided_details[email]"))
    with pytest.raises(StripeRefused):
        create()
    script.will(*[error(500)] * 2)
    with pytest.raises(StripeFailed) as failed:
        create()
    told = log.text() + str(failed.value.as_dict())
    assert "canary" not in told
    assert "req_1" in told


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_traceback_of_what_nobody_expected_has_no_message_of_stripes(
    script: ScriptedServer, log: Log, status: int
) -> None:
    script.will(*[error(status, code="new")] * (2 if status == 500 else 1))
    try:
        create()
    except Exception:  # noqa: BLE001  as the edge and a run of reconciliation do
        logger.exception("unexpected")
    assert "unexpected" in log.text()
    assert "canary" not in log.text()


def test_the_sdk_is_not_loaded_before_it_is_needed() -> None:
    import subprocess
    import sys
    from pathlib import Path

    layer = Path(calls.__file__).parents[2]
    code = (
        "import sys, countersign.identity.context, countersign.stripe_api.webhook;"
        "raise SystemExit('stripe' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(layer)})
