"""A dependency of a decision is down: it is named, nothing is stored, and no token is used up."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.support.assertions import assert_problem, assert_unavailable
from tests.support.gateway import HttpAnswer, LambdaContext
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import DECISIONS, OPERATOR_SCOPE, StepUpBundle, asked
from tests.support.step_up_cards import DEVICE_CARD, METHODS, TOKENS, at_stripe, paid

Deploy = Callable[..., StepUpBundle]
Call = Callable[[], HttpAnswer]
NOWHERE = "arn:aws:secretsmanager:eu-west-1:1:secret:none"


def calls_of(step_up: StepUpBundle, user: str) -> dict[str, Call]:
    """Every call, each about something that is there."""
    step_up.register(user)
    payer, told = step_up.allow(user), step_up.decided()
    google_pay = {"token": step_up.google.token()}
    method, payment = at_stripe(step_up, METHODS, card=DEVICE_CARD), paid(step_up)
    ceremony = step_up.ask(user)["ceremony_id"]
    server, operator = step_up.decider(), step_up.decider("op", OPERATOR_SCOPE)
    own = f"{DECISIONS}/{told['id']}"
    return {
        "decide": partial(step_up.decide, google_pay=google_pay, payer=payer, payment_method=method, key="k"),
        "simulate": lambda: server.post(f"{DECISIONS}/simulate", asked(payer=payer, payment_method=method)),
        "list": lambda: server.get(DECISIONS, query={"account_id": BAKERY}),
        "day": lambda: operator.get(DECISIONS, query={"day": "2030-01-02"}),
        "get": lambda: server.get(own),
        "read": lambda: operator.get(own),
        "ceremony": lambda: server.post(f"{own}/result", {"ceremony_id": ceremony}),
        "payment": lambda: server.post(f"{own}/result", {"payment_intent": payment}),
    }  # fmt: skip


NAMES = ["decide", "simulate", "list", "day", "get", "read", "ceremony", "payment"]
NEED_INSTALLATIONS = ["decide", "simulate", "list", "get", "ceremony", "payment"]
NEED_PAYERS = ["decide", "simulate", "ceremony"]
NEED_STRIPE = ["decide", "simulate", "payment"]


@pytest.mark.parametrize(("table", "names"), [
    ("STEP_UP_TABLE", NAMES), ("INSTALLS_TABLE", NEED_INSTALLATIONS), ("SPC_TABLE", NEED_PAYERS),
])  # fmt: skip
def test_a_table_that_does_not_serve_is_named_and_nothing_changes(
    step_up: StepUpBundle, step_up_with: Deploy, user: str, table: str, names: list[str]
) -> None:
    calls = calls_of(step_up, user)
    before = step_up.items()
    step_up_with(**{table: "no-such-table"})
    for name in names:
        assert_unavailable(calls[name](), "storage")
        assert step_up.items() == before, name
    step_up_with(**{table: table.removesuffix("_TABLE").lower().replace("_", "-")})
    for name in names:
        assert calls[name]().status in (200, 201), name


@pytest.mark.parametrize(("name", "operation"), [
    ("decide", "GetItem"), ("decide", "TransactWriteItems"), ("payment", "TransactWriteItems"), ("ceremony", "TransactWriteItems"),
    ("list", "Query"), ("list", "BatchGetItem"), ("day", "Query"), ("get", "GetItem"),
])  # fmt: skip
def test_a_call_whose_table_refuses_once_may_be_sent_again(
    step_up: StepUpBundle, user: str, name: str, operation: str
) -> None:
    call = calls_of(step_up, user)[name]
    before = step_up.items()
    step_up.client.failures[operation] = deque(["ThrottlingException"])
    assert_unavailable(call(), "storage")
    assert step_up.items() == before
    assert call().status in (200, 201)


def decisions(step_up: StepUpBundle) -> dict[str, Any]:
    """What is stored, but for what Stripe says of the merchant's account."""
    others = ("account#", "platform")
    return {pk: item for pk, item in step_up.items().items() if not pk.startswith(others)}


@pytest.mark.parametrize(
    ("status", "refusal"), [(403, (409, "permission_missing")), (401, (500, "stripe_key_refused"))]
)
def test_what_somebody_has_to_mend_at_stripe_is_no_outage_of_stripe(
    step_up: StepUpBundle, user: str, status: int, refusal: tuple[int, str]
) -> None:
    calls = calls_of(step_up, user)
    before = decisions(step_up)
    step_up.stripe.fault(path="/v1/payment_*", status=status, times=9)
    for name in NEED_STRIPE:
        answer = calls[name]()
        assert_problem(answer, *refusal)
        assert "Retry-After" not in answer.headers
        assert decisions(step_up) == before


@pytest.mark.parametrize("name", NEED_STRIPE)
def test_without_stripe_nothing_is_decided_on_a_card_that_was_not_read(
    step_up: StepUpBundle, user: str, name: str
) -> None:
    call = calls_of(step_up, user)[name]
    before = step_up.items()
    for status in (429, 503):
        step_up.stripe.fault(path="/v1/payment_*", status=status, times=9)
        assert_unavailable(call(), "stripe")
        assert step_up.items() == before, status
        step_up.stripe.fault(path="/v1/payment_*", times=0)
    assert call().status in (200, 201)


def test_without_stripe_nothing_is_decided_on_a_confirmation_token_either(
    step_up: StepUpBundle,
) -> None:
    token = at_stripe(step_up, TOKENS)
    step_up.stripe.fault(path="/v1/confirmation_tokens/*", status=503, times=9)
    assert_unavailable(step_up.decide(confirmation_token=token), "stripe")


def test_stripe_is_not_called_when_no_time_is_left_for_it(step_up: StepUpBundle, user: str) -> None:
    method, before = at_stripe(step_up, METHODS), step_up.items()
    step_up.stripe.backend.store.clear("request")
    hurried = step_up.decider()
    hurried.context = LambdaContext(milliseconds=5_000)
    assert_unavailable(hurried.post(DECISIONS, asked(payment_method=method)), "stripe")
    assert step_up.stripe.requests() == []
    assert step_up.items() == before


def test_an_order_that_names_no_card_at_stripe_needs_no_stripe(
    step_up: StepUpBundle, user: str
) -> None:
    step_up.register(user)
    step_up.stripe.fault(path="/v1/*", status=503, times=9)
    step_up.stripe.backend.store.clear("request")
    told = step_up.decided_on(step_up.google.token(), payer=step_up.allow(user))
    assert told["outcome"] == "proceed"
    assert step_up.stripe.requests() == []


def test_without_the_stripe_key_only_what_asks_stripe_is_refused(
    step_up: StepUpBundle, step_up_with: Deploy, user: str
) -> None:
    calls = calls_of(step_up, user)
    before = step_up.items()
    step_up_with(secret=NOWHERE)
    for name in NEED_STRIPE:
        assert_unavailable(calls[name](), "secrets")
        assert step_up.items() == before, name
    for name in ("ceremony", "get", "list"):
        assert calls[name]().status == 200, name


def test_an_id_that_stripe_refuses_does_not_exist(step_up: StepUpBundle, user: str) -> None:
    for name in NEED_STRIPE:
        call = calls_of(step_up, user)[name]
        before = step_up.items()
        step_up.stripe.fault(path="/v1/payment_*", status=400, times=1)
        assert_problem(call(), 422, "invalid_request")
        assert step_up.items() == before
