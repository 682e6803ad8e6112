"""What callers of Secure Payment Confirmation may send, and how each wrong part of it is refused."""

from typing import Any

import pytest
from hypothesis import settings

from tests.support.assertions import assert_problem, assert_refused
from tests.support.chromium import Json
from tests.support.gateway import http_event
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    AUTH_RESPONSE,
    CEREMONIES,
    HOME,
    OPT_OUT,
    PAYERS,
    REGISTER_REQUEST,
    REGISTER_RESPONSE,
    SHOP,
    SpcBundle,
    order,
)
from tests.support.spc_people import approved, bound_browser, created, new_passkey, plain_browser
from tests.support.stand_in import BAKERY

FEWER = settings(max_examples=settings().max_examples // 2)
MALFORMED = "malformed_credential"
LOGO = {"url": "https://bank.example/", "label": "Bank"}
ICON_TOO_LARGE = "data:image/png;base64," + "A" * 16 * 1024


def instrument(**members: Any) -> Json:
    found = {"display_name": "Visa 4242", "icon": "https://rp.example/card.png"} | members
    return {name: value for name, value in found.items() if value is not Ellipsis}


REFUSED: dict[str, tuple[Json, list[str]]] = {
    "nothing paid": ({"amount": 0}, ["/amount"]),
    "less than nothing": ({"amount": -1}, ["/amount"]),
    "too much": ({"amount": 10**12}, ["/amount"]),
    "an amount in text": ({"amount": "1099"}, ["/amount"]),
    "a broken amount": ({"amount": 10.99}, ["/amount"]),
    "a whole broken amount": ({"amount": 1099.0}, ["/amount"]),
    "an amount that is none": ({"amount": True}, ["/amount"]),
    "no amount": ({"amount": ...}, ["/amount"]),
    "null for an amount": ({"amount": None}, ["/amount"]),
    "a thousandth of a dinar": ({"amount": 1001, "currency": "kwd"}, ["/amount"]),
    "a hundredth of a krona": ({"amount": 1050, "currency": "isk"}, ["/amount"]),
    "capital letters": ({"currency": "EUR"}, ["/currency"]),
    "no code": ({"currency": "euro"}, ["/currency"]),
    "no currency": ({"currency": ...}, ["/currency"]),
    "a caller of nobody's": ({"caller_origin": "https://evil.example"}, ["/caller_origin"]),
    "a caller with a slash": ({"caller_origin": f"{SHOP}/"}, ["/caller_origin"]),
    "a caller that is empty": ({"caller_origin": ""}, ["/caller_origin"]),
    "a page of nobody's": ({"top_origin": "https://evil.example"}, ["/top_origin"]),
    "a page without TLS": ({"top_origin": "http://bakery.example"}, ["/top_origin"]),
    "a name that turns around": ({"instrument": instrument(display_name="a\u202eb")}, ["/instrument/display_name"]),
    "no name": ({"instrument": instrument(display_name=...)}, ["/instrument/display_name"]),
    "an empty icon": ({"instrument": instrument(icon="")}, ["/instrument/icon"]),
    "no icon": ({"instrument": instrument(icon=...)}, ["/instrument/icon"]),
    "an icon without TLS": ({"instrument": instrument(icon="http://rp.example/")}, ["/instrument/icon"]),
    "an icon that is too large": ({"instrument": instrument(icon=ICON_TOO_LARGE)}, ["/instrument/icon"]),
    "details that are too long": ({"instrument": instrument(details="x" * 257)}, ["/instrument/details"]),
    "empty details": ({"instrument": instrument(details="")}, ["/instrument/details"]),
    "a flag in text": ({"instrument": instrument(icon_must_be_shown="true")}, ["/instrument/icon_must_be_shown"]),
    "a member too many": ({"instrument": instrument(color="red")}, ["/instrument/color"]),
    "no instrument": ({"instrument": ...}, ["/instrument"]),
    "three logos": ({"payment_entities_logos": [LOGO] * 3}, ["/payment_entities_logos"]),
    "a logo without a label": ({"payment_entities_logos": [{"url": LOGO["url"]}]}, ["/payment_entities_logos/0/label"]),
    "a logo that hides": ({"payment_entities_logos": [LOGO, LOGO | {"label": "\u200b"}]}, ["/payment_entities_logos/1/label"]),
    "another payee": ({"payee_name": "Charity"}, ["/payee_name"]),
    "another payee's origin": ({"payee_origin": "https://evil.example"}, ["/payee_origin"]),
    "a handle that is too long": ({"payer": "A" * 256}, ["/payer"]),
    "a handle that is no text": ({"payer": 5}, ["/payer"]),
    "no handle": ({"payer": ...}, ["/payer"]),
    "two faults": ({"instrument": instrument(icon="", details="")}, ["/instrument/icon", "/instrument/details"]),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_an_order_that_is_not_possible_is_refused_with_the_member_at_fault(
    shop: SpcBundle, user: str, what: str
) -> None:
    members, pointers = REFUSED[what]
    shop.register(user)
    body = {"payer": shop.allow(user)} | members
    before = shop.items()
    answer = shop.server().post(AUTH_REQUEST, order(**body))
    assert_problem(answer, 422, "invalid_request")
    assert [fault["pointer"] for fault in answer.json["errors"]] == pointers
    assert all(fault["message"] for fault in answer.json["errors"])
    assert shop.items() == before


def test_the_amount_is_checked_before_the_payer(shop: SpcBundle) -> None:
    answer = shop.server().post(AUTH_REQUEST, order("A" * 43, amount=0))
    assert_problem(answer, 422, "invalid_request")


@pytest.mark.parametrize(("amount", "currency", "value"), [
    (1099, "eur", "10.99"), (500, "jpy", "500"), (1230, "kwd", "1.230"), (1200, "isk", "12"), (5, "usd", "0.05"),
])  # fmt: skip
def test_the_total_is_shown_with_the_currencys_own_digits(
    shop: SpcBundle, user: str, amount: int, currency: str, value: str
) -> None:
    passkey = shop.register(user)
    question = shop.ask(user, amount=amount, currency=currency)
    assert question["total"] == {"value": value, "currency": currency.upper()}
    assert shop.confirm(question, passkey).status == 200
    verdict = shop.verdict(question)
    assert (verdict["amount"], verdict["currency"]) == (amount, currency)


@pytest.mark.parametrize("body", [
    b'{"ceremony_id": "a", "ceremony_id": "b"}', b'{"credential": {"id": "a", "id": "b"}}', b"{", b"nothing", b'{"a": NaN}',
    b"\xff", b'{"a": 1}{"a": 1}', b'{"a": Infinity}', b"[" * 20000,
])  # fmt: skip
@pytest.mark.parametrize("path", [REGISTER_REQUEST, REGISTER_RESPONSE, PAYERS, AUTH_REQUEST, AUTH_RESPONSE, OPT_OUT])  # fmt: skip
def test_a_body_that_is_no_strict_json_is_refused(
    shop: SpcBundle, user: str, path: str, body: bytes
) -> None:
    before = shop.items()
    answer = shop.payer(user).send(http_event("POST", path, body=body, user=user, encoded=True))
    if path == AUTH_RESPONSE:
        assert_refused(answer, 400, "invalid_json")
    else:
        assert_problem(answer, 400, "invalid_json")
    assert shop.items() == before


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "5", "true", '[{"ceremony_id": "x"}]'])
@pytest.mark.parametrize("path", [REGISTER_REQUEST, REGISTER_RESPONSE, PAYERS, AUTH_REQUEST, OPT_OUT])  # fmt: skip
def test_a_body_that_is_no_object_is_refused(
    shop: SpcBundle, user: str, path: str, body: str
) -> None:
    assert_problem(shop.payer(user).post(path, body), 422, "invalid_request")


@pytest.mark.parametrize("path", [REGISTER_RESPONSE, AUTH_REQUEST, AUTH_RESPONSE])
def test_a_body_that_is_too_large_is_refused(shop: SpcBundle, user: str, path: str) -> None:
    answer = shop.payer(user).post(path, {"ceremony_id": "x" * 64 * 1024})
    assert (answer.status, answer.code) == (413, "payload_too_large")
    if path == AUTH_RESPONSE:
        assert_refused(answer, 413, "payload_too_large")


def test_an_answer_with_the_largest_icon_and_logos_fits_a_body(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    icon = "data:image/png;base64," + "A" * (16 * 1024 - 22)
    logos = [{"url": "data:image/png;base64," + "A" * (4096 - 22), "label": "L"}] * 2
    question = shop.ask(user, instrument=instrument(icon=icon), payment_entities_logos=logos)
    assert shop.confirm(question, passkey, bound_browser(SHOP)).status == 200


OPENERS = [
    (REGISTER_RESPONSE, {"credential": {}}), (REGISTER_RESPONSE, {"ceremony_id": 5, "credential": {}}),
    (PAYERS, {}), (PAYERS, {"account_id": None}), (PAYERS, {"account_id": BAKERY, "user": "x"}),
    (REGISTER_REQUEST, {"account_id": 5}), (REGISTER_REQUEST, {"user": "somebody"}), (OPT_OUT, {}),
    (OPT_OUT, {"ceremony_id": ["x"]}), (OPT_OUT, {"ceremony_id": "x" * 256}), (OPT_OUT, {"ceremony_id": "x", "payer": "y"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body"), OPENERS, ids=str)
def test_a_member_that_is_missing_unknown_or_of_another_type_is_named(
    shop: SpcBundle, user: str, path: str, body: Json
) -> None:
    answer = shop.payer(user).post(path, body)
    assert_problem(answer, 422, "invalid_request")
    assert len(answer.json["errors"]) == 1


@pytest.mark.parametrize("ceremony_id", ["", "x", "A" * 43, "é" * 43, "A" * 255, "ceremony#x"])
def test_an_id_that_is_no_ceremony_of_ours_is_not_found(shop: SpcBundle, user: str, ceremony_id: str) -> None:  # fmt: skip
    before = shop.items()
    question = {"ceremony_id": ceremony_id}
    assert_refused(shop.answer(question, {"credential": {}}), 404, "unknown_ceremony")
    assert_problem(shop.payer(None).post(OPT_OUT, question), 404, "unknown_ceremony")
    if ceremony_id:
        answer = shop.server().get(f"{CEREMONIES}/{ceremony_id}")
        assert answer.status == 404
    assert shop.items() == before


def test_a_registrations_ceremony_answers_no_payment(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    registration, payment = shop.begin(user), shop.ask(user)
    body = approved(payment, passkey, plain_browser(SHOP))
    assert_refused(shop.answer(registration, body), 404, "unknown_ceremony")
    assert_problem(shop.payer(None).post(OPT_OUT, {"ceremony_id": registration["ceremony_id"]}), 404, "unknown_ceremony")  # fmt: skip
    assert_problem(shop.server().get(f"{CEREMONIES}/{registration['ceremony_id']}"), 404, "unknown_ceremony")  # fmt: skip
    fresh = new_passkey(registration["publicKey"])
    made = created(registration["publicKey"], fresh, plain_browser(HOME))
    assert_problem(shop.finish(user, payment, made), 404, "unknown_ceremony")
    assert shop.finish(user, registration, made).status == 201
    assert shop.answer(payment, body).status == 200
