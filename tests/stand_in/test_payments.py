"""PaymentMethods, ConfirmationTokens and PaymentIntents of connected accounts: made by controls,
read as the bundle reads them.
"""

from typing import Any, get_args

import pytest
from stripe import Charge, ConfirmationToken, PaymentIntent, PaymentMethod

from local.stand_in import installs
from local.stand_in.payment_objects import CHARGED, Status
from local.stand_in.pm_cards import TEST_CARDS
from tests.stand_in.shapes import fields, problems
from tests.support.stand_in import BAKERY, BOOKSHOP, StandIn

METHODS, TOKENS, INTENTS = "/_payment_methods", "/_confirmation_tokens", "/_payment_intents"
GOOGLE_PAY_TOKEN = {"type": "google_pay", "dynamic_last4": "3478"}
GOOGLE_PAY_CARD = {"type": "google_pay", "dynamic_last4": None}
EURO: dict[str, Any] = {"amount": 1999, "currency": "eur"}


@pytest.fixture
def shop(stand_in: StandIn) -> StandIn:
    """A stand-in in which the bakery has the app."""
    stand_in.install()
    return stand_in


def make(stand_in: StandIn, path: str, account: str = BAKERY, **order: Any) -> dict[str, Any]:
    response = stand_in.post(path, {"account": account, **order})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def read(stand_in: StandIn, path: str, account: str = BAKERY, **params: str) -> Any:
    """What the API answers on behalf of the account."""
    header = {"Stripe-Account": account}
    return stand_in.call("GET", f"/v1/{path}", headers=header, params=params).json()


def expanded(stand_in: StandIn, intent: dict[str, Any]) -> Any:
    params = {"expand[0]": "latest_charge", "expand[1]": "payment_method"}
    return read(stand_in, f"payment_intents/{intent['id']}", **params)


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
def test_an_app_reads_only_what_its_manifest_asks_for(
    shop: StandIn, monkeypatch: pytest.MonkeyPatch, missing: str, refused: set[str]
) -> None:
    made = {
        "payment_methods": make(shop, METHODS),
        "confirmation_tokens": make(shop, TOKENS),
        "payment_intents": make(shop, INTENTS, **EURO),
    }
    monkeypatch.delitem(installs.PERMISSIONS, missing)
    answers = {kind: read(shop, f"{kind}/{each['id']}") for kind, each in made.items()}
    answers["expanded"] = expanded(shop, made["payment_intents"])
    found = {kind for kind, answer in answers.items() if "error" in answer}
    assert found == refused
    for kind in found:
        assert answers[kind]["error"]["code"] == "more_permissions_required"


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
