"""PaymentMethods, ConfirmationTokens and PaymentIntents of connected accounts: made by controls,
read as the bundle reads them.
"""

from typing import Any, get_args

import pytest
from stripe import Charge, ConfirmationToken, PaymentIntent, PaymentMethod

from local.stand_in.payment_objects import CHARGED, Status
from local.stand_in.pm_cards import TEST_CARDS
from tests.stand_in.payments import EURO, INTENTS, METHODS, TOKENS, expanded, make, read
from tests.stand_in.shapes import fields, problems
from tests.support.stand_in import BAKERY, StandIn

GOOGLE_PAY_TOKEN = {"type": "google_pay", "dynamic_last4": "3478"}
GOOGLE_PAY_CARD = {"type": "google_pay", "dynamic_last4": None}


def test_a_payment_method_has_the_card_it_was_made_with(shop: StandIn) -> None:
    card = {
        **{"brand": "mastercard", "last4": "7840", "exp_month": 3, "exp_year": 2031},
        **{"funding": "debit", "country": "FR", "wallet": GOOGLE_PAY_TOKEN},
    }
    made = make(shop, METHODS, card=card)
    found = read(shop, f"payment_methods/{made['id']}")
    assert found == made
    assert found["card"] | {"wallet": GOOGLE_PAY_TOKEN} == found["card"] | card
    assert found["card"]["wallet"] == {**GOOGLE_PAY_TOKEN, "google_pay": {}}


@pytest.mark.parametrize(
    ("wallet", "is_3ds_supported"),
    [
        (None, True),
        (GOOGLE_PAY_CARD, True),
        (GOOGLE_PAY_TOKEN, False),
        ({"type": "apple_pay", "dynamic_last4": "1121"}, False),
    ],
)
def test_payment_methods_and_confirmation_tokens_have_the_shape_of_stripes(
    shop: StandIn, wallet: dict[str, Any] | None, is_3ds_supported: bool
) -> None:
    method = make(shop, METHODS, card={"wallet": wallet})
    assert problems(read(shop, f"payment_methods/{method['id']}"), PaymentMethod) == []
    assert method["card"]["three_d_secure_usage"] == {"supported": is_3ds_supported}
    token = make(shop, TOKENS, card={"wallet": wallet})
    found = read(shop, f"confirmation_tokens/{token['id']}")
    assert problems(found, ConfirmationToken) == []
    assert found["payment_method_preview"]["card"] == method["card"]
    assert fields(PaymentMethod.Card).keys() - method["card"].keys() == {
        *("description", "iin", "issuer")
    }


@pytest.mark.parametrize("status", get_args(Status))
def test_a_payment_intent_has_the_shape_of_stripes_in_every_status(
    shop: StandIn, status: Status
) -> None:
    intent = make(shop, INTENTS, **EURO, status=status, metadata={"order": "1"})
    plain = read(shop, f"payment_intents/{intent['id']}")
    assert plain == intent
    assert problems(plain, PaymentIntent) == []
    whole = expanded(shop, intent)
    assert problems(whole, PaymentIntent) == []
    assert (whole["latest_charge"] is not None) == (status in CHARGED)
    if status in CHARGED:
        assert problems(whole["latest_charge"], Charge) == []
        assert whole["latest_charge"]["id"] == plain["latest_charge"]
        assert whole["latest_charge"]["captured"] is (status == "succeeded")
    assert whole["payment_method"]["id"] == plain["payment_method"]


def test_the_charge_says_what_became_of_3d_secure(shop: StandIn) -> None:
    three_d_secure = {
        **{"result": "authenticated", "authentication_flow": "challenge"},
        **{"electronic_commerce_indicator": "05", "version": "2.2.0"},
    }
    order: dict[str, Any] = {
        "three_d_secure": three_d_secure,
        "electronic_commerce_indicator": "06",
    }
    intent = make(shop, INTENTS, **EURO, **order, card={"country": "FR"})
    charge = expanded(shop, intent)["latest_charge"]
    assert problems(charge, Charge) == []
    assert (charge["amount"], charge["currency"]) == (1999, "eur")
    card = charge["payment_method_details"]["card"]
    assert card["three_d_secure"] | three_d_secure == card["three_d_secure"]
    assert card["electronic_commerce_indicator"] == "06"
    assert card["country"] == "FR"


def test_without_3d_secure_the_charge_says_nothing_of_it(shop: StandIn) -> None:
    charge = expanded(shop, make(shop, INTENTS, **EURO))["latest_charge"]
    card = charge["payment_method_details"]["card"]
    assert (card["three_d_secure"], card["electronic_commerce_indicator"]) == (None, None)


def test_a_payment_is_made_with_the_payment_method_that_is_there(shop: StandIn) -> None:
    method = make(shop, METHODS, card={"last4": "7840", "wallet": GOOGLE_PAY_CARD})
    whole = expanded(shop, make(shop, INTENTS, **EURO, payment_method=method["id"]))
    assert whole["payment_method"] == method
    assert whole["latest_charge"]["payment_method_details"]["card"]["last4"] == "7840"
    ready = expanded(shop, make(shop, INTENTS, **EURO, payment_method="pm_card_fr"))
    assert ready["payment_method"]["card"]["country"] == "FR"


@pytest.mark.parametrize("name", TEST_CARDS)
def test_every_account_has_stripes_own_test_cards(shop: StandIn, name: str) -> None:
    found = read(shop, f"payment_methods/{name}")
    assert problems(found, PaymentMethod) == []
    kind = name.removeprefix("pm_card_")
    brand, _, funding = kind.partition("_")
    card = found["card"]
    if kind != kind.lower():  # named for what it does
        assert card["brand"] == ("amex" if brand == "amex" else "visa")
        return
    if len(kind) == 2:
        assert (card["country"], card["brand"]) == (kind.upper(), "visa")
    else:
        assert (card["country"], card["brand"]) == ("US", brand)
    assert card["funding"] == (funding or "credit")


def test_a_test_card_is_a_new_payment_method_with_each_use(shop: StandIn) -> None:
    first, second = (read(shop, "payment_methods/pm_card_visa") for _ in range(2))
    assert first["id"] != second["id"]
    assert read(shop, f"payment_methods/{first['id']}") == first
    assert first["card"] == second["card"]


def test_the_sdk_reads_them_on_behalf_of_the_account(shop: StandIn) -> None:
    client = shop.client("sk_test_local", stripe_account=BAKERY)
    method = client.v1.payment_methods.retrieve(make(shop, METHODS)["id"])
    assert method.card
    assert method.card.last4 == "4242"
    token = client.v1.confirmation_tokens.retrieve(make(shop, TOKENS)["id"])
    assert token.payment_method_preview
    intent = client.v1.payment_intents.retrieve(
        make(shop, INTENTS, **EURO)["id"], {"expand": ["latest_charge"]}
    )
    assert isinstance(intent.latest_charge, Charge)
    assert [entry["account"] for entry in shop.requests()] == [BAKERY] * 3
