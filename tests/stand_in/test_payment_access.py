"""What cannot be read or made: objects of another account, without permission, or out of order."""

from typing import Any

import pytest

from tests.stand_in.payments import EURO, INTENTS, METHODS, TOKENS, expanded, make, read
from tests.support.stand_in import BAKERY, BOOKSHOP, StandIn


@pytest.mark.parametrize(
    ("path", "kind", "noun"),
    [
        (METHODS, "payment_methods", "PaymentMethod"),
        (TOKENS, "confirmation_tokens", "confirmation_token"),
        (INTENTS, "payment_intents", "payment_intent"),
    ],
)
def test_what_another_account_has_is_not_there(
    shop: StandIn, path: str, kind: str, noun: str
) -> None:
    shop.install(BOOKSHOP)
    made = make(shop, path, **(EURO if path == INTENTS else {}))
    for answer in (
        read(shop, f"{kind}/{made['id']}", account=BOOKSHOP),
        shop.get(f"/v1/{kind}/{made['id']}"),
        read(shop, f"{kind}/unknown"),
    ):
        assert answer["error"]["code"] == "resource_missing"
        assert answer["error"]["message"].startswith(f"No such {noun}: '")
    assert [entry["status"] for entry in shop.requests()] == [404, 404, 404]


def test_our_own_account_has_its_own(stand_in: StandIn) -> None:
    own = make(stand_in, METHODS, account="acct_1LocalPlatform01")
    assert stand_in.stripe.v1.payment_methods.retrieve(own["id"]).id == own["id"]
    assert stand_in.get("/v1/payment_methods/pm_card_visa")["card"]["last4"] == "4242"


def test_nothing_is_read_where_the_app_is_not_installed(stand_in: StandIn) -> None:
    made = make(stand_in, METHODS)
    for identifier in (made["id"], "pm_card_visa"):
        refused = read(stand_in, f"payment_methods/{identifier}")
        assert refused["error"]["code"] == "account_invalid"
    stand_in.install()
    assert read(stand_in, f"payment_methods/{made['id']}") == made


@pytest.mark.parametrize(
    ("missing", "refused"),
    [
        ("payment_method_read", {"payment_methods", "expanded"}),
        ("confirmation_token_read", {"confirmation_tokens"}),
        ("payment_intent_read", {"payment_intents", "expanded"}),
        ("charge_read", {"expanded"}),
        ("event_read", set()),
    ],
)
def test_an_app_reads_only_what_the_merchant_has_agreed_to(
    shop: StandIn, missing: str, refused: set[str]
) -> None:
    made = {
        "payment_methods": make(shop, METHODS),
        "confirmation_tokens": make(shop, TOKENS),
        "payment_intents": make(shop, INTENTS, **EURO),
    }
    order = {"account": BAKERY, "do": "withdraw_permission", "permission": missing}
    assert shop.post("/_merchant", order).json()["permissions_pending"] == [missing]
    answers = {kind: read(shop, f"{kind}/{each['id']}") for kind, each in made.items()}
    answers["expanded"] = expanded(shop, made["payment_intents"])
    found = {kind for kind, answer in answers.items() if "error" in answer}
    assert found == refused
    for kind in found:
        assert answers[kind]["error"]["code"] == "more_permissions_required_for_application"


def test_only_what_can_be_expanded_is(shop: StandIn) -> None:
    intent = make(shop, INTENTS, **EURO)
    method = f"payment_methods/{intent['payment_method']}"
    for path, name in ((f"payment_intents/{intent['id']}", "customer"), (method, "latest_charge")):
        refused = read(shop, path, **{"expand[]": name})
        assert refused["error"]["message"] == f"This property cannot be expanded ({name})."
    assert "error" in read(shop, method, limit="1")


def test_a_client_secret_that_is_given_must_be_the_right_one(shop: StandIn) -> None:
    intent = make(shop, INTENTS, **EURO)
    path = f"payment_intents/{intent['id']}"
    assert read(shop, path, client_secret=intent["client_secret"]) == intent
    assert read(shop, path, client_secret="wrong")["error"]["param"] == "client_secret"


@pytest.mark.parametrize(
    ("path", "order", "words"),
    [
        (METHODS, {"card": {}}, "account: Field required"),
        (METHODS, {"account": BAKERY, "cards": {}}, "cards: "),
        (METHODS, {"account": BAKERY, "card": {"brand": "VISA"}}, "card.brand: "),
        (METHODS, {"account": BAKERY, "card": {"last4": "42"}}, "card.last4: "),
        (METHODS, {"account": BAKERY, "card": {"exp_month": "12"}}, "card.exp_month: "),
        (METHODS, {"account": BAKERY, "card": {"country": "fr"}}, "card.country: "),
        (TOKENS, {"account": BAKERY, "card": {"wallet": {"type": "paypal"}}}, "card.wallet.type: "),
        (INTENTS, {"account": BAKERY}, "amount: Field required"),
        (INTENTS, {"account": BAKERY, **EURO, "currency": "EUR"}, "currency: "),
        (INTENTS, {"account": BAKERY, **EURO, "amount": 0}, "amount: "),
        (INTENTS, {"account": BAKERY, **EURO, "status": "paid"}, "status: "),
        (
            INTENTS,
            {"account": BAKERY, **EURO, "three_d_secure": {"result": "ok"}},
            "three_d_secure.result: ",
        ),
        (
            INTENTS,
            {"account": BAKERY, **EURO, "card": {}, "payment_method": "pm_card_visa"},
            "body: Value error, give a card or a payment_method",
        ),
        (
            INTENTS,
            {
                **{"account": BAKERY, **EURO, "status": "requires_action"},
                "three_d_secure": {"result": "failed"},
            },
            "body: Value error, there is a charge only when",
        ),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_saying_what_is_wrong(
    shop: StandIn, path: str, order: dict[str, Any], words: str
) -> None:
    refused = shop.post(path, order)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"].startswith(words)


def test_an_order_for_what_is_not_there_is_not_found(shop: StandIn) -> None:
    assert shop.post(METHODS, {"account": "acct_unknown"}).status_code == 404
    other = make(shop, METHODS, account=BOOKSHOP)
    order = {"account": BAKERY, **EURO, "payment_method": other["id"]}
    assert shop.post(INTENTS, order).status_code == 404
