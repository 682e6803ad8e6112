"""Stripe's refusals: whose they are to mend, by status and account, whatever their code says."""

from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest
import stripe

from countersign.installs.stripe_calls import StripeAccounts
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.calls import (
    CLOCK_MARGIN,
    AccountUnreachable,
    PermissionMissing,
    StripeFailed,
    StripeKeyRefused,
    StripeRefused,
    call,
)
from tests.support.clock import START
from tests.support.installations import ACCOUNT, APP_ID
from tests.support.logs import Log
from tests.support.processes import forget_everything
from tests.support.quick_secrets import QuickSecrets, put_secret
from tests.support.scripted_http import Reply, ScriptedServer, scripted_server

ACCOUNTS = StripeAccounts()
OBJECT = Reply(200, {"id": ACCOUNT, "object": "account"})
CODES = (
    "more_permissions_required_for_application", "more_permissions_required",
    "oauth_not_supported", "a_code_that_is_new", None,
)  # fmt: skip


def error(status: int, code: str | None = None, **members: Any) -> Reply:
    """A refusal as Stripe words it, which quotes what must not be logged."""
    said = {"type": "invalid_request_error", "message": "sk_test_*** canary", **members}
    body = {"error": said | ({"code": code} if code else {})}
    return Reply(status, body, {"Date": formatdate(START, usegmt=True), "Request-Id": "req_1"})


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def arn(secrets_manager: QuickSecrets) -> str:
    return put_secret("stripe-refusals", STRIPE_SECRET_KEY="sk_test_old")


@pytest.fixture
def server(
    running: ScriptedServer, arn: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScriptedServer]:
    monkeypatch.setenv("DEPLOYMENT", "countersign-test")
    monkeypatch.setenv("STRIPE_MODE", "test")
    monkeypatch.setenv("STRIPE_SECRET", arn)
    monkeypatch.setenv("STRIPE_API_BASE", running.url)
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    running.requests.clear()
    running.replies.clear()
    forget_everything()
    yield running
    forget_everything()


def refused(answer: Reply, server: ScriptedServer, account: str | None = ACCOUNT) -> Problem:
    """What a call makes of a refusal."""
    server.will(answer)
    with pytest.raises(Problem) as problem:
        ACCOUNTS.account(account) if account else ACCOUNTS.installs(APP_ID, ACCOUNT)
    assert "canary" not in str(problem.value.as_dict())
    return problem.value


@pytest.mark.parametrize("answer", [*(error(403, code) for code in CODES), Reply(403, ""),
                                    Reply(403, "<html>"), Reply(403, {})], ids=range(8))  # fmt: skip
def test_a_403_on_behalf_of_an_account_is_the_merchants_to_mend(
    server: ScriptedServer, log: Log, answer: Reply
) -> None:
    problem = refused(answer, server)
    assert isinstance(problem, PermissionMissing)
    assert (problem.status, problem.code, problem.headers) == (409, "permission_missing", {})
    assert "merchant" in problem.detail
    assert "Dashboard" in problem.detail
    assert [entry["level"] for entry in log.entries()] == ["WARNING"]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_account_that_stripe_keeps_from_us_is_unreachable_and_dated(
    server: ScriptedServer, status: int
) -> None:
    problem = refused(error(status, "account_invalid"), server)
    assert isinstance(problem, AccountUnreachable)
    assert (problem.status, problem.code, problem.headers) == (409, "account_unreachable", {})
    assert problem.not_before in range(START - CLOCK_MARGIN - 5, START - CLOCK_MARGIN + 1)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 00:00:00 GMT"])
def test_a_refusal_without_a_date_has_no_moment(server: ScriptedServer, date: str) -> None:
    answer = error(403, "account_invalid")
    answer.headers["Date"] = date
    problem = refused(answer, server)
    assert isinstance(problem, AccountUnreachable)
    assert problem.not_before is None


@pytest.mark.parametrize(("status", "account"), [(401, ACCOUNT), (401, None), (403, None)])
@pytest.mark.parametrize("code", [*CODES, "api_key_expired"])
def test_a_refusal_of_our_own_key_is_the_operators_to_mend(
    server: ScriptedServer, log: Log, status: int, account: str | None, code: str | None
) -> None:
    problem = refused(error(status, code), server, account)
    assert isinstance(problem, StripeKeyRefused)
    assert (problem.status, problem.code, problem.headers) == (500, "stripe_key_refused", {})
    assert [entry["level"] for entry in log.entries()] == ["ERROR"]
    assert "canary" not in log.text()
    assert len(server.requests) == 1


def test_a_rolled_key_is_fetched_again_at_once_and_the_call_tried_once_more(
    server: ScriptedServer,
) -> None:
    server.will(OBJECT, error(401, "api_key_expired"), OBJECT)
    ACCOUNTS.account(ACCOUNT)
    put_secret("stripe-refusals", STRIPE_SECRET_KEY="sk_test_new")
    assert ACCOUNTS.account(ACCOUNT).body["id"] == ACCOUNT
    keys = [headers["Authorization"] for _, _, headers, _ in server.requests]
    assert keys == ["Bearer sk_test_old", "Bearer sk_test_old", "Bearer sk_test_new"]
    # The new key may be wrong as well: then it is refused, and not tried for ever.
    assert refused(error(401), server).code == "stripe_key_refused"
    assert len(server.requests) == 4


def test_a_declined_card_is_a_refusal_that_keeps_what_stripe_says_of_it(
    server: ScriptedServer, log: Log
) -> None:
    intent = {"id": "pi_1", "status": "requires_payment_method", "client_secret": "pi_1_canary"}
    said = {"type": "card_error", "decline_code": "insufficient_funds", "payment_intent": intent}
    server.will(error(402, "card_declined", **said))
    with pytest.raises(StripeRefused) as declined:
        call(lambda c: c.v1.payment_intents.confirm("pi_1"), account=ACCOUNT)
    found = declined.value
    assert (found.status, found.code, found.decline_code) == (402, "card_declined", "insufficient_funds")  # fmt: skip
    assert found.payment_intent == intent
    assert "canary" not in log.text() + repr(found) + str(found)


def test_a_refusal_because_of_its_state_has_the_payment_intent_as_it_is(
    server: ScriptedServer,
) -> None:
    intent = {"id": "pi_1", "status": "succeeded"}
    server.will(error(400, "payment_intent_unexpected_state", payment_intent=intent))
    with pytest.raises(StripeRefused) as refused:
        call(lambda c: c.v1.payment_intents.capture("pi_1"), account=ACCOUNT)
    assert (refused.value.code, refused.value.payment_intent) == (
        "payment_intent_unexpected_state", intent,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "code"),
    [(429, "lock_timeout"), (429, "rate_limit"), (400, "rate_limit"), (429, None)],
)
def test_a_limit_of_stripes_is_an_outage_that_passes(
    server: ScriptedServer, status: int, code: str | None
) -> None:
    problem = refused(error(status, code), server)
    assert isinstance(problem, Unavailable)
    assert not isinstance(problem, StripeFailed)
    assert "Retry-After" in problem.headers
