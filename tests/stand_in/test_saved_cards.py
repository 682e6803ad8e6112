"""Cards that were saved: SetupIntents, and PaymentIntents with `setup_future_usage`, in lists."""

import pytest
from stripe import PaymentIntent, SetupAttempt, SetupIntent

from tests.stand_in.payments import EURO, INTENTS, METHODS, make, read
from tests.stand_in.shapes import problems
from tests.support.stand_in import BOOKSHOP, StandIn

SETUPS = "/_setup_intents"
EXPAND = {"expand[0]": "data.latest_attempt", "expand[1]": "data.payment_method"}


@pytest.mark.parametrize("status", ["succeeded", "requires_payment_method"])
def test_setup_intents_are_listed_by_payment_method_and_customer(
    shop: StandIn, status: str
) -> None:
    method = make(shop, METHODS, customer="cus_1")
    secure = {"result": "authenticated", "authentication_flow": "challenge"}
    order = {"payment_method": method["id"], "status": status, "three_d_secure": secure}
    saved = make(shop, SETUPS, **order)
    other = make(shop, SETUPS, usage="on_session")
    assert problems(saved, SetupIntent) == []
    for query in ({"payment_method": method["id"]}, {"customer": "cus_1"}):
        assert read(shop, "setup_intents", **query)["data"] == [saved]
        (found,) = read(shop, "setup_intents", **query, **EXPAND)["data"]
        assert problems(found, SetupIntent) == []
        assert found["payment_method"] == method
        if status == "succeeded":
            assert problems(found["latest_attempt"], SetupAttempt) == []
            card = found["latest_attempt"]["payment_method_details"]["card"]
            assert card["three_d_secure"]["result"] == "authenticated"
    assert [each["id"] for each in read(shop, "setup_intents", limit="1")["data"]] == [other["id"]]
    shop.install(BOOKSHOP)
    assert read(shop, "setup_intents", account=BOOKSHOP)["data"] == []
    assert "error" in read(shop, "setup_intents", status="succeeded")


def test_payment_intents_are_listed_by_customer_only(shop: StandIn) -> None:
    method = make(shop, METHODS, customer="cus_1")
    order = {**EURO, "payment_method": method["id"], "setup_future_usage": "off_session"}
    paid = make(shop, INTENTS, **order)
    make(shop, INTENTS, **EURO)
    assert paid["customer"] == "cus_1"
    (found,) = read(shop, "payment_intents", customer="cus_1", **{
        "expand[0]": "data.latest_charge",
    })["data"]  # fmt: skip
    assert problems(found, PaymentIntent) == []
    assert found["latest_charge"]["amount_captured"] == EURO["amount"]
    assert len(read(shop, "payment_intents")["data"]) == 2
    assert "error" in read(shop, "payment_intents", payment_method=method["id"])
