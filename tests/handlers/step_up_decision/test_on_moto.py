"""The main paths of step-up decisions, with their storage on moto."""

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

import pytest

from countersign.aws import table
from tests.handlers.step_up_decision.test_lists import pages
from tests.support import storage
from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.spc_bundle import HOLDER, SHOP
from tests.support.spc_people import bound_browser
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import DECISIONS, OPERATOR_SCOPE, StepUpBundle, asked
from tests.support.step_up_cards import DEVICE_CARD, paid

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOON = 1_893_585_600
"""Of 2030-01-02, Unix seconds."""
_numbers = count(1)
CHALLENGED = {"result": "authenticated", "authentication_flow": "challenge"}


def create_table(client: "DynamoDBClient") -> str:
    """A new table as `template.yaml` makes it, with both indexes."""
    name = f"step-up-{next(_numbers)}"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"}
            for attribute in ("pk", "by_account", "by_day", "listed")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": attribute, "KeyType": "HASH"},
                    {"AttributeName": "listed", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, attribute in (("ByAccount", "by_account"), ("ByDay", "by_day"))
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


@pytest.fixture
def on_moto(
    dynamodb: "DynamoDBClient", step_up: StepUpBundle, step_up_with: Callable[..., StepUpBundle], monkeypatch: pytest.MonkeyPatch
) -> StepUpBundle:  # fmt: skip
    monkeypatch.setattr(table, "_client", lambda: dynamodb)
    names = {name: storage.create_table(dynamodb) for name in ("SPC_TABLE", "INSTALLS_TABLE")}
    step_up_with(**names, STEP_UP_TABLE=create_table(dynamodb))
    step_up.open_shop()
    step_up.open_shop(BOOKSHOP)
    return step_up


def test_a_token_counts_once(on_moto: StepUpBundle) -> None:
    google_pay = {"token": on_moto.google.token()}
    told = on_moto.decided(google_pay=google_pay, key="k")
    assert told["outcome"] == "proceed"
    assert on_moto.decided(google_pay=google_pay, key="k") == told
    assert_problem(on_moto.decide(google_pay=google_pay), 409, "google_pay_token_replayed")
    assert_problem(on_moto.decide(google_pay=google_pay, key="l"), 409, "google_pay_token_replayed")
    assert_problem(
        on_moto.decide(google_pay=google_pay, key="k", amount=1), 409, "idempotency_key_reused"
    )
    assert on_moto.decider().get(f"{DECISIONS}/{told['id']}").json == told
    assert pages(on_moto.decider(), 5, account_id=BAKERY) == [told]


def test_lists_are_paged_newest_first_by_account_and_by_day(
    on_moto: StepUpBundle, clock: Clock
) -> None:
    made: dict[str, list[Json]] = {BAKERY: [], BOOKSHOP: []}
    whole: list[Json] = []
    for number in range(4):
        clock.now = NOON + number
        account = BOOKSHOP if number % 3 == 0 else BAKERY
        told = on_moto.decider(HOLDER).post(DECISIONS, asked(account_id=account)).json
        made[account].insert(0, told)
        whole.insert(0, told)
    clock.now = NOON + 12 * 3600
    tomorrow = on_moto.decided()
    operator = on_moto.decider("operator", OPERATOR_SCOPE)
    for limit in (2, 100):
        assert pages(operator, limit, day="2030-01-02") == whole
        assert pages(on_moto.decider(), limit, account_id=BAKERY) == [tomorrow, *made[BAKERY]]
        assert pages(operator, limit, account_id=BOOKSHOP) == made[BOOKSHOP]
    assert pages(operator, 5, day="2030-01-03") == [tomorrow]
    assert_problem(operator.get(DECISIONS, query={"account_id": ""}), 422, "invalid_request")


def test_a_decision_gets_its_results_once(on_moto: StepUpBundle, user: str) -> None:
    passkey = on_moto.register(user)
    payer = on_moto.allow(user)
    first = on_moto.decided_on(on_moto.google.token(), payer=payer)
    second = on_moto.decided(payer=payer)
    ceremony = on_moto.ask(user)
    assert on_moto.confirm(ceremony, passkey, bound_browser(SHOP, "phone")).status == 200
    payment = paid(on_moto, card=DEVICE_CARD, three_d_secure=CHALLENGED)
    result = {"ceremony_id": ceremony["ceremony_id"], "payment_intent": payment}
    path, other = (f"{DECISIONS}/{each['id']}/result" for each in (first, second))
    for _ in range(2):
        found = on_moto.decider().post(path, result).json["results"]
        assert found["spc"]["status"] == "authenticated"
        assert found["payment"]["three_d_secure"]["authentication_flow"] == "challenge"
    for body in (result, {"payment_intent": payment}):
        assert_problem(on_moto.decider().post(other, body), 409, "decision_already_used")
    assert_problem(
        on_moto.decider().post(path, {"payment_intent": paid(on_moto, card=DEVICE_CARD)}),
        409,
        "decision_already_used",
    )
    assert on_moto.decided(payer=payer)["inputs"]["first_seen"] is False
