"""What the app may do with a merchant's payments, by what the merchant has agreed to."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.stand_in.intents import ORDER, Intents, refused
from tests.stand_in.payments import TOKENS, make
from tests.support.stand_in import BAKERY, BOOKSHOP, StandIn

MISSING = "more_permissions_required_for_application"


@pytest.fixture
def intents(shop: StandIn) -> Intents:
    return Intents(shop)


@pytest.mark.parametrize(("permission", "refuses"), [
    ("payment_intent_write", {"create", "confirm", "update", "capture", "cancel"}),
    ("elements_write", {"confirm"}), ("charge_read", {"confirm", "capture", "cancel"}),
    ("payment_intent_read", set()), ("setup_intent_read", set()),
])  # fmt: skip
def test_a_call_takes_its_permission_and_those_of_what_is_expanded(
    intents: Intents, permission: str, refuses: set[str]
) -> None:
    plain, held, over = intents.create(), intents.held(), intents.held()
    order = {"account": BAKERY, "do": "withdraw_permission", "permission": permission}
    assert intents.stand_in.post("/_merchant", order).status_code == 200
    marked: Any = {"metadata": {"a": "b"}}
    calls: dict[str, Callable[[], Any]] = {
        "create": lambda: intents.create(),
        "update": lambda: intents.calls.update(plain, marked),
        "confirm": lambda: intents.confirm(plain, "pm_card_visa"),
        "capture": lambda: intents.capture(held),
        "cancel": lambda: intents.cancel(over),
    }
    for name, call in calls.items():
        if name in refuses:
            with refused(403, MISSING):
                call()
        else:
            call()


def test_what_a_permission_was_missing_for_was_not_done(intents: Intents) -> None:
    intent, token = intents.create(), make(intents.stand_in, TOKENS)["id"]
    order = {"account": BAKERY, "do": "withdraw_permission", "permission": "elements_write"}
    intents.stand_in.post("/_merchant", order)
    key: Any = {"idempotency_key": "n1"}
    sent: Any = {"confirmation_token": token}
    with refused(403, MISSING):
        intents.calls.confirm(intent, sent, key)
    intents.stand_in.install()  # the merchant agrees to what is missing
    assert intents.calls.confirm(intent, sent, key).status == "requires_capture"


def test_nothing_is_done_where_the_app_is_not_installed(intents: Intents) -> None:
    intent = intents.held()
    intents.stand_in.uninstall()
    for call in (intents.capture, intents.cancel, intents.read):
        with refused(403, "account_invalid"):
            call(intent)
    ledger = intents.stand_in.http.get("/_ledger").json()["payment_intents"]
    assert [each["status"] for each in ledger] == ["requires_capture"]


def test_a_card_of_another_account_cannot_pay(intents: Intents, shop: StandIn) -> None:
    shop.install(BOOKSHOP)
    others = Intents(shop, BOOKSHOP)
    method, token = others.card(), make(shop, TOKENS, BOOKSHOP)["id"]
    intent = intents.create()
    for named in ({"method": method}, {"confirmation_token": token}):
        with pytest.raises(stripe.InvalidRequestError, match="No such"):
            intents.confirm(intent, **named)


def test_our_own_account_has_payments_of_its_own(stand_in: StandIn) -> None:
    order: Any = ORDER
    intent = stand_in.stripe.v1.payment_intents.create(order).id
    sent: Any = {"payment_method": "pm_card_visa"}
    assert stand_in.stripe.v1.payment_intents.confirm(intent, sent).status == "requires_capture"
    types = [each["type"] for each in stand_in.get("/v1/events")["data"]]
    assert types == [
        "payment_intent.amount_capturable_updated", "charge.succeeded", "payment_intent.created",
    ]  # fmt: skip
