"""The whole way through Secure Payment Confirmation, as everybody sees their part of it."""

import re
import time
from typing import Any

import pytest

from tests.support.assertions import assert_problem, assert_refused
from tests.support.authenticator import b64
from tests.support.clock import Clock
from tests.support.quick_secrets import put_secret
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    CEREMONIES,
    HOLDER,
    HOME,
    OTHER_SHOP,
    SERVER,
    SHOP,
    STRANGER,
    SpcBundle,
    order,
)
from tests.support.spc_people import (
    ICON,
    approved,
    bound_browser,
    created,
    new_passkey,
    plain_browser,
)
from tests.support.stand_in import BAKERY, BOOKSHOP


def test_a_payer_registers_allows_a_shop_and_confirms(shop: SpcBundle, user: str) -> None:
    began = int(time.time())
    question = shop.begin(user)
    assert set(question) == {"ceremony_id", "publicKey"}
    passkey = new_passkey(question["publicKey"])
    body = created(question["publicKey"], passkey, bound_browser(HOME))
    registered = shop.finish(user, question, body)
    assert registered.status == 201
    view = registered.json
    assert began <= view.pop("created") <= time.time()
    assert view == {"credential_id": b64(passkey.id), "backed_up": False, "browser_bound": True}
    payer = shop.allow(user)
    asked = shop.server().post(AUTH_REQUEST, order(payer))
    assert asked.status == 200
    assert set(asked.json) == {"ceremony_id", "available", "request", "total"}
    answer = shop.confirm(asked.json, passkey, bound_browser(SHOP))
    assert answer.status == 200
    assert answer.json == {
        "success": True, "ceremony_id": asked.json["ceremony_id"], "credential_id": b64(passkey.id),
        "browser_bound": "new", "backed_up": False, "step_up_required": True,
    }  # fmt: skip
    verdict = shop.verdict(asked.json)
    assert began <= verdict.pop("created") <= verdict.pop("authenticated_at") <= time.time()
    assert verdict.pop("expires_at") >= began + 360
    assert verdict == {
        "ceremony_id": asked.json["ceremony_id"], "status": "authenticated", "account_id": BAKERY, "payer": payer,
        "amount": 1099, "currency": "eur", "credential_id": b64(passkey.id), "browser_bound": "new",
        "backed_up": False, "step_up_required": True,
    }  # fmt: skip


def test_the_request_has_what_a_browser_expects_and_the_installation_says(
    shop: SpcBundle, user: str
) -> None:
    passkey = shop.register(user)
    question = shop.ask(
        user,
        amount=123_450,
        currency="usd",
        instrument={"display_name": "Visa", "icon": "https://RP.example:443/a b.png", "details": "exp. 01/29",
                    "icon_must_be_shown": False},
        payment_entities_logos=[{"url": "https://BANK.example", "label": "Bank"}],
    )  # fmt: skip
    request = question["request"]
    assert re.fullmatch(r"[\w-]{43}", request.pop("challenge"))
    assert request == {
        "rpId": "api.example.com", "credentialIds": [b64(passkey.id)], "payeeName": "Bakery", "timeout": 360_000,
        "instrument": {"displayName": "Visa", "icon": "https://rp.example/a%20b.png", "iconMustBeShown": False,
                       "details": "exp. 01/29"},
        "paymentEntitiesLogos": [{"url": "https://bank.example/", "label": "Bank"}], "showOptOut": True,
    }  # fmt: skip
    assert question["total"] == {"value": "1234.50", "currency": "USD"}
    assert question["available"] is True


def test_the_request_has_no_member_that_was_not_given(shop: SpcBundle, user: str) -> None:
    """An empty member, or null, is refused by a browser."""
    shop.register(user)
    request = shop.ask(user)["request"]
    assert set(request) == {
        "rpId", "challenge", "credentialIds", "instrument", "payeeName", "timeout", "showOptOut",
    }  # fmt: skip
    assert request["instrument"] == {
        "displayName": "Visa 4242",
        "icon": ICON,
        "iconMustBeShown": True,
    }


@pytest.mark.parametrize(("settings", "shown"), [
    ({"payee_origin": "https://localhost:8443"}, {"payeeName": "Bakery", "payeeOrigin": "https://localhost:8443"}),
    ({"payee_origin": "https://localhost:8443", "payee_name": None}, {"payeeOrigin": "https://localhost:8443"}),
])  # fmt: skip
def test_in_test_mode_a_payee_origin_need_not_be_proven(
    spc: SpcBundle, user: str, settings: dict[str, Any], shown: dict[str, str]
) -> None:
    spc.open_shop(**settings)
    passkey = spc.register(user)
    question = spc.ask(user)
    assert {name: question["request"].get(name) for name in ("payeeName", "payeeOrigin") if name in question["request"]} == shown  # fmt: skip
    assert spc.confirm(question, passkey).status == 200


def test_the_shop_never_learns_who_the_payer_is(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    answer = shop.confirm(question, passkey)
    for text in (str(question), answer.text, str(shop.verdict(question)), shop.allow(user)):
        assert user not in text


def test_a_payer_without_a_credential_is_sent_to_three_d_secure(shop: SpcBundle, user: str) -> None:
    answer = shop.server().post(AUTH_REQUEST, order(shop.allow(user)))
    assert (answer.status, answer.json) == (200, {"available": False, "fallback": "3ds"})
    assert not [pk for pk in shop.items() if pk.startswith("ceremony#")]


@pytest.mark.parametrize("caller", [HOLDER, SERVER])
def test_the_holder_and_the_clients_may_ask_and_read(
    shop: SpcBundle, user: str, caller: str
) -> None:
    shop.register(user)
    answer = shop.server(caller).post(AUTH_REQUEST, order(shop.allow(user)))
    assert answer.status == 200
    verdict = shop.server(caller).get(f"{CEREMONIES}/{answer.json['ceremony_id']}")
    assert (verdict.status, verdict.json["status"]) == (200, "pending")


def test_nobody_else_may_ask_or_read(shop: SpcBundle, user: str) -> None:
    shop.register(user)
    question = shop.ask(user)
    for caller in (STRANGER, user):
        asked = shop.server(caller).post(AUTH_REQUEST, order(shop.allow(user)))
        assert_problem(asked, 404, "installation_not_found")
        read = shop.server(caller).get(f"{CEREMONIES}/{question['ceremony_id']}")
        assert_problem(read, 404, "unknown_ceremony")
        nothing = shop.server(caller).get(f"{CEREMONIES}/{'A' * 43}")
        assert read.json == nothing.json


def test_another_merchant_can_do_nothing_with_a_handle(shop: SpcBundle, user: str) -> None:
    shop.open_shop(BOOKSHOP)
    shop.register(user)
    answer = shop.server().post(AUTH_REQUEST, order(shop.allow(user), BOOKSHOP))
    assert_problem(answer, 404, "unknown_payer")
    assert shop.allow(user, BOOKSHOP) != shop.allow(user)


@pytest.mark.parametrize("payer", ["", "A" * 43, "é"])
def test_an_unknown_payer_is_not_found(shop: SpcBundle, payer: str) -> None:
    assert_problem(shop.server().post(AUTH_REQUEST, order(payer)), 404, "unknown_payer")


def test_a_page_that_lies_does_not_change_the_verdict(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    cheap = question | {"total": {"value": "0.01", "currency": "EUR"}}
    assert shop.answer(question, approved(cheap, passkey, plain_browser(SHOP))).status == 400
    assert shop.verdict(question)["status"] == "pending"
    assert shop.verdict(question)["authenticated_at"] is None
    shop.confirm(question, passkey)
    assert shop.verdict(question)["status"] == "authenticated"


def test_a_shop_may_ask_within_another_page_where_both_are_named(
    shop: SpcBundle, user: str
) -> None:
    passkey = shop.register(user)
    question = shop.ask(user, caller_origin=SHOP, top_origin=OTHER_SHOP)
    assert shop.confirm(question, passkey, plain_browser(SHOP, OTHER_SHOP)).status == 200
    question = shop.ask(user, caller_origin=SHOP)
    answer = shop.answer(question, approved(question, passkey, plain_browser(OTHER_SHOP)))
    assert_refused(answer, 400, "wrong_origin")


def test_a_ceremony_lasts_six_minutes(shop: SpcBundle, user: str, clock: Clock) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    clock.advance(360)
    assert shop.verdict(question)["status"] == "expired"
    assert_refused(shop.confirm(question, passkey), 410, "ceremony_expired")


@pytest.mark.parametrize("left", range(1, 6))
def test_an_answer_that_comes_as_the_ceremony_ends_is_in_time_or_expired(
    shop: SpcBundle, user: str, clock: Clock, left: int
) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    clock.advance(360 - left)
    clock.ticks = 1
    answer = shop.confirm(question, passkey)
    found = answer.status, answer.json.get("code"), shop.verdict(question)["status"]
    assert found in [(200, None, "authenticated"), (410, "ceremony_expired", "expired")]


def test_a_verdict_outlives_the_key_that_its_ceremony_was_begun_with(
    shop: SpcBundle, spc_with: Any, user: str, clock: Clock
) -> None:
    passkey = shop.register(user)
    question, left = shop.ask(user), shop.ask(user)
    assert shop.confirm(question, passkey).status == 200
    before = shop.verdict(question)
    spc_with(tokens=put_secret("rolled", TOKEN_KEY="another"))
    assert shop.verdict(question) == before
    path = f"{CEREMONIES}/{question['ceremony_id']}"
    assert_problem(shop.server(STRANGER).get(path), 404, "unknown_ceremony")
    assert_refused(shop.confirm(left, passkey), 404, "unknown_ceremony")
    clock.advance(29 * 24 * 3600)
    assert shop.verdict(question) == before


def test_five_wrong_answers_end_a_ceremony(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    cheap = question | {"total": {"value": "0.01", "currency": "EUR"}}
    for _ in range(5):
        answer = shop.answer(question, approved(cheap, passkey, plain_browser(SHOP)))
        assert_refused(answer, 400, "wrong_total")
    assert_refused(shop.confirm(question, passkey), 409, "ceremony_already_used")
    assert shop.verdict(question)["status"] == "failed"


def test_an_answer_counts_once(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    body = approved(question, passkey, plain_browser(SHOP))
    assert shop.answer(question, body).status == 200
    assert_refused(shop.answer(question, body), 409, "ceremony_already_used")
