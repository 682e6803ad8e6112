"""The built functions under the real Lambda runtime, with every sample of `events/`."""

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.build import built, bundle_hash
from local.places import Places
from tests.support.runtime import emulator, invoke, running_function
from tests.support.service import ROOT, Service
from tests.support.spc_service import Shop
from tests.support.step_up_service import Till
from tools.signed_event import signed_request

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(emulator() is None, reason="the runtime interface emulator needs Linux"),
]

FUNCTIONS = {
    "session_creation": "SessionCreation",
    "install_callback": "InstallCallback",
    "spc_verification": "SpcVerification",
    "step_up_decision": "StepUpDecision",
    "payments": "Payments",
    "webhook_receipt": "WebhookReceipt",
    "reconciliation": "Reconciliation",
    "pages": "Pages",
    "event_publication": "EventPublication",
}
EXPECTED = {
    "session_creation/create": 200,
    "session_creation/create_redirect": 200,
    "session_creation/create_with_unknown_member": 422,
    "session_creation/current": 200,
    "session_creation/get_unknown": 404,
    "session_creation/list": 200,
    "install_callback/create_link": 201,
    "install_callback/create_link_with_unknown_member": 422,
    "install_callback/cancelled": 303,
    "install_callback/unknown_state": 400,
    "install_callback/list": 200,
    "install_callback/get_unknown": 404,
    "spc_verification/begin_registration": 200,
    "spc_verification/begin_with_unknown_ticket": 404,
    "spc_verification/list_credentials": 200,
    "spc_verification/ask_for_unknown_account": 404,
    "spc_verification/answer_unknown_ceremony": 404,
    "spc_verification/trust_unknown_browser": 404,
    "step_up_decision/decide_for_unknown_account": 404,
    "step_up_decision/decide_with_unknown_member": 422,
    "step_up_decision/end_review_of_unknown": 404,
    "step_up_decision/get_unknown": 404,
    "step_up_decision/list_of_a_day": 200,
    "step_up_decision/list_of_unknown_account": 404,
    "step_up_decision/simulate_for_unknown_account": 404,
    "step_up_decision/tell_result_of_unknown": 404,
    "payments/ask_for_unknown": 404,
    "payments/cancel_unknown": 404,
    "payments/confirm_unknown": 404,
    "payments/create_for_unknown_account": 404,
    "payments/create_with_unknown_member": 422,
    "payments/create_without_key": 400,
    "payments/get_unknown": 404,
    "payments/list_of_all": 200,
    "payments/list_of_unknown_account": 404,
    "webhook_receipt/stale_signature": 400,
    "reconciliation/begin_too_old": 422,
    "reconciliation/get_unknown": 404,
    "pages/verify": 200,
    "pages/confirmation": 200,
    "pages/connect": 200,
    "pages/connected": 200,
    "pages/not_connected": 200,
    "pages/payment_return": 200,
    "pages/client": 200,
    "pages/health": 200,
    "pages/openapi": 200,
}
WITHOUT_A_CALL: dict[str, Any] = {
    "event_publication/change_of_unknown_table": {"batchItemFailures": []},
    "event_publication/replay": {"unknown": 0, "next": "", "reason": ""},
    "event_publication/republish": {"untold": 0, "next": "", "reason": ""},
    "event_publication/republish_unknown_table": {"errorType": "ValueError"},
    "payments/unknown": {"errorType": "ValueError"},
    "reconciliation/rebuild": {"next": None},
    "reconciliation/rebuild_unknown_part": {"status": 422, "code": "invalid_request"},
    "reconciliation/schedule": {"reconciled": True},
    "reconciliation/command_too_old": {"status": 422, "code": "invalid_request"},
}
"""Samples that are no call of the API, with members of what is returned."""
SWEEP = "payments/sweep"
SAMPLES = sorted(
    path.relative_to(ROOT / "events").with_suffix("").as_posix()
    for path in (ROOT / "events").glob("*/*.json")
)


@pytest.fixture(scope="module")
def function(service: Service) -> Iterator[Callable[[str], httpx.Client]]:
    """A function of the bundle, by its folder, in a runtime of its own and with the environment it is
    deployed with; it starts when it is first asked for.
    """
    build = _build(service)
    with contextlib.ExitStack() as stack:

        @cache
        def started(folder: str) -> httpx.Client:
            name = FUNCTIONS[folder]
            running = running_function(build, name, _environment(service, name))
            return stack.enter_context(running)

        yield started


def _build(service: Service) -> Path:
    """What this service runs: built in its own folder, or taken from the project's."""
    template = built(Places(ROOT, service.home), bundle_hash(Places(ROOT, service.home)))
    assert template, "nothing is built"
    return template.parent


def _sample(name: str) -> dict[str, Any]:
    return dict(json.loads((ROOT / "events" / f"{name}.json").read_text()))


def test_every_sample_has_an_expectation() -> None:
    assert set(SAMPLES) == set(EXPECTED) | set(WITHOUT_A_CALL) | {SWEEP}


@pytest.mark.parametrize("name", list(EXPECTED))
def test_a_sample_is_answered_as_expected(
    function: Callable[[str], httpx.Client], name: str
) -> None:
    answer = invoke(function(name.split("/")[0]), _sample(name))
    assert answer["statusCode"] == EXPECTED[name], answer


@pytest.mark.parametrize("name", list(WITHOUT_A_CALL))
def test_a_sample_without_a_call_returns_what_is_expected(
    function: Callable[[str], httpx.Client], name: str
) -> None:
    returned = invoke(function(name.split("/")[0]), _sample(name))
    assert returned | WITHOUT_A_CALL[name] == returned


def test_a_sweep_of_the_built_function_says_what_it_has_done(
    function: Callable[[str], httpx.Client],
) -> None:
    """How much that is depends on what else runs on this machine."""
    swept = invoke(function("payments"), _sample(SWEEP))["swept"]
    assert swept.keys() == {"looked_at", "moved", "failed"}


def test_a_created_session_is_handed_over_by_the_built_function(
    function: Callable[[str], httpx.Client],
) -> None:
    answer = invoke(function("session_creation"), _sample("session_creation/create"))
    assert set(json.loads(answer["body"])) == {"id", "client_secret"}


def test_a_freshly_sealed_token_is_opened_by_the_built_function(
    service: Service, function: Callable[[str], httpx.Client]
) -> None:
    """The layer has all that it takes, for the runtime has nothing else."""
    till = Till(Shop.open(service))
    event = _sample("step_up_decision/decide_for_unknown_account")
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    issuer = _environment(service, FUNCTIONS["step_up_decision"])["ISSUER"]
    claims |= {"sub": till.shop.merchant.user, "iss": issuer}
    google_pay = {"token": till.google_pay()["token"]}
    event["body"] = json.dumps(
        json.loads(event["body"]) | {"account_id": till.account, "google_pay": google_pay}
    )
    answer = invoke(function("step_up_decision"), event)
    assert answer["statusCode"] == 201, answer
    assert json.loads(answer["body"])["outcome"] == "proceed"


@pytest.mark.parametrize(
    ("event_type", "subject"),
    [
        ("identity.verification_session.redacted", "vs_1SQruntime"),
        ("account.application.deauthorized", "acct_1SQruntime"),
    ],
)
def test_a_freshly_signed_webhook_is_accepted(
    function: Callable[[str], httpx.Client], event_type: str, subject: str
) -> None:
    event = signed_request(event_type, subject, int(time.time()))
    answer = invoke(function("webhook_receipt"), event)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"received": True, "outcome": "applied"}


UNWANTED = {
    "WebhookReceipt": ("boto3", "stripe", "pydantic", "requests", "cryptography"),
    "InstallCallback": (
        "boto3",
        "stripe",
        "requests",
        "cryptography",
        "countersign.payments",
        "countersign.step_up",
    ),
    "SpcVerification": ("boto3", "stripe", "requests", "cryptography"),
    "StepUpDecision": ("boto3", "stripe", "requests", "cryptography"),
    "EventPublication": (
        "boto3",
        "stripe",
        "pydantic",
        "requests",
        "cryptography",
        "aws_lambda_powertools.utilities.batch",
    ),
    "Reconciliation": ("boto3", "stripe", "requests", "cryptography"),
}
"""The SDK alone costs about 100 ms; a function that calls Stripe imports it then. With pyOpenSSL in the
layer, botocore would use it instead of `ssl` and load `cryptography` with it.
"""


@pytest.mark.parametrize("name", UNWANTED)
def test_a_cold_start_loads_no_more_than_it_needs(service: Service, name: str) -> None:
    script = f"import app, sys; print(set({UNWANTED[name]!r}) & set(sys.modules))"
    found = _python(service, name, script)
    assert found.stdout.strip() == "set()", found.stderr


def test_a_function_that_does_not_load_ends_its_invocations_with_the_reason(
    service: Service,
) -> None:
    environment = _environment(service, "WebhookReceipt", without=UNSET)
    with running_function(_build(service), "WebhookReceipt", environment) as running:
        answer = invoke(running, {})
    assert answer["errorType"] == "MissingSettings"
    assert answer["errorMessage"].startswith("not set in this function's environment: DEPLOYMENT, ")


UNSET = ("DEPLOYMENT", "STRIPE_SECRET", "TOKEN_SECRET", "ISSUER", "EVENT_BUS")


def _environment(service: Service, name: str, without: tuple[str, ...] = ()) -> dict[str, str]:
    """What the function is deployed with."""
    found = json.loads((service.home / "env.json").read_text())[name]
    return {key: value for key, value in found.items() if key not in without}


def _python(service: Service, name: str, script: str) -> "subprocess.CompletedProcess[str]":
    """The runtime's interpreter, with a function's folder and its layer."""
    build = _build(service)
    task, layer = build / name, build / "CountersignLayer" / "python"
    lambdas = {"PYTHONPATH": f"{task}:{layer}", "AWS_LAMBDA_FUNCTION_NAME": name}
    return subprocess.run(
        [ROOT / ".local" / "runtime" / "bin" / "python", "-c", script],
        cwd=task,
        env=_environment(service, name) | lambdas,
        capture_output=True,
        text=True,
    )
