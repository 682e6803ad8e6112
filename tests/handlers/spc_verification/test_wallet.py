"""A payer's wallet: credentials, browsers and merchants, and a registration within a shop's page."""

from typing import Any

import pytest

from tests.support.assertions import assert_problem, assert_refused
from tests.support.authenticator import BE, BS, UP, UV, b64
from tests.support.chromium import Browser
from tests.support.clock import Clock
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    CREDENTIALS,
    HOME,
    OTHER_SHOP,
    PAYERS,
    SHOP,
    STRANGER,
    TICKETS,
    SpcBundle,
    order,
)
from tests.support.spc_people import (
    bound_browser,
    created,
    new_passkey,
    plain_browser,
)
from tests.support.stand_in import BAKERY


def test_a_new_browser_is_reported_and_the_sign_in_alone_does_not_trust_it(
    shop: SpcBundle, user: str
) -> None:
    passkey = shop.register(user, flags=UP | UV | BE | BS)
    answer = shop.confirm(shop.ask(user), passkey, bound_browser(SHOP)).json
    assert (answer["browser_bound"], answer["step_up_required"]) == ("new", True)
    assert answer["backed_up"] is True
    (credential,) = shop.payer(user).get(CREDENTIALS).json["data"]
    (key,) = credential["browser_keys"]
    assert key["status"] == "pending"
    assert (key["everywhere"], key["accounts"]) == (False, [])
    path = f"{CREDENTIALS}/{credential['credential_id']}/browser-keys/{key['id']}/trust"
    assert_problem(shop.payer(STRANGER).post(path), 404, "credential_not_found")
    assert_problem(shop.payer(user).post(path), 403, "trusted_browser_required")
    answer = shop.confirm(shop.ask(user), passkey, bound_browser(SHOP)).json
    assert (answer["browser_bound"], answer["step_up_required"]) == ("new", True)


def test_a_deployment_may_accept_new_browsers(spc_with: Any, user: str) -> None:
    lenient = spc_with(SPC_NEW_BROWSERS="accept")
    lenient.open_shop()
    passkey = lenient.register(user)
    answer = lenient.confirm(lenient.ask(user), passkey, bound_browser(SHOP)).json
    assert (answer["browser_bound"], answer["step_up_required"]) == ("new", False)


def test_credentials_are_listed_and_removed_by_their_owner(
    shop: SpcBundle, user: str, clock: Clock
) -> None:
    first = shop.register(user)
    clock.advance(5)
    second = shop.register(user)
    listed = shop.payer(user).get(CREDENTIALS)
    assert listed.status == 200
    ids = [entry["credential_id"] for entry in listed.json["data"]]
    assert ids == [b64(second.id), b64(first.id)]
    assert listed.json["next_cursor"] is None
    assert listed.json["data"][1] == {
        "credential_id": b64(first.id), "created": clock() - 5, "last_used": None, "backed_up": False, "browser_keys": [],
        "suspended": False, "trusted": {"everywhere": False, "accounts": []},
    }  # fmt: skip
    path = f"{CREDENTIALS}/{b64(first.id)}"
    assert_problem(shop.payer(STRANGER).delete(path), 404, "credential_not_found")
    question = shop.ask(user)
    answer = shop.payer(user).delete(path)
    assert (answer.status, answer.text) == (204, "")
    assert_problem(shop.payer(user).delete(path), 404, "credential_not_found")
    assert_refused(shop.confirm(question, first), 400, "unknown_credential")
    assert shop.confirm(question, second).status == 200


def test_a_payer_allows_sees_and_ends_merchants(shop: SpcBundle, user: str, clock: Clock) -> None:
    path = f"{PAYERS}/{BAKERY}"
    none = {
        "account_id": BAKERY, "payee_name": "Bakery", "payee_origin": None, "status": "none", "created": None,
    }  # fmt: skip
    assert shop.payer(user).get(path).json == none
    assert shop.payer(user).get(PAYERS).json == {"data": [], "next_cursor": None}
    first = shop.allow(user)
    view = shop.payer(user).get(path).json
    assert view == none | {"status": "active", "created": clock()}
    assert shop.payer(user).get(PAYERS).json == {"data": [view], "next_cursor": None}
    assert shop.payer(STRANGER).get(PAYERS).json["data"] == []
    assert shop.payer(STRANGER).delete(path).status == 204
    assert shop.allow(user) == first
    ended = shop.payer(user).delete(path)
    assert (ended.status, ended.text) == (204, "")
    assert shop.payer(user).get(path).json == none
    assert_problem(shop.server().post(AUTH_REQUEST, order(first)), 404, "unknown_payer")
    assert shop.payer(user).delete(path).status == 204
    second, rows = shop.allow(user), shop.client.tables["spc"]
    assert second != first
    rows[f"payer#{second}"] |= {"status": {"S": "ended"}}  # as by an ending that was cut short
    assert shop.payer(user).get(path).json["status"] == "none"


@pytest.mark.parametrize(
    "account", ["acct_unknown", "x", "", "acct_é", "user_1", "acct_" + "x" * 240]
)
def test_an_account_that_is_not_connected_can_neither_be_allowed_nor_frame_a_registration(
    shop: SpcBundle, user: str, account: str
) -> None:
    before = shop.items()
    answer = shop.payer(user).post(PAYERS, {"account_id": account})
    assert_problem(answer, 404, "installation_not_found")
    if account:
        ticket = shop.payer(user).post(TICKETS, {"account_id": account})
        assert_problem(ticket, 404, "installation_not_found")
        assert_problem(shop.payer(user).get(f"{PAYERS}/{account}"), 404, "installation_not_found")
    assert shop.items() == before


@pytest.mark.parametrize("url", [
    f"{SHOP}/done?x=1", f"{OTHER_SHOP}/", SHOP, "https://shop.example.com/done",
])  # fmt: skip
def test_a_page_may_go_on_to_the_shop_with_the_handle(shop: SpcBundle, user: str, url: str) -> None:
    answer = shop.payer(user).post(PAYERS, {"account_id": BAKERY, "return_to": url})
    assert (answer.status, answer.json["return_to"]) == (201, url)
    assert answer.json["payer"] == shop.allow(user)


@pytest.mark.parametrize("url", [
    "https://evil.example/", "http://bakery.example/", f"{SHOP}.evil.example/", f"{SHOP}@evil.example/",
    f"{SHOP}/#x", f"{SHOP}\\@evil.example", "javascript:alert(1)", "//bakery.example", "", f" {SHOP}/",
    f"{SHOP}:8443/", f"{SHOP}/{'x' * 2048}", f"{SHOP}/é", "https://bakery.example\n.evil.example/", "null",
    "https://BAKERY.example:443/done", f"blob:{SHOP}/x", "https:bakery.example/", "https:/bakery.example", f"{SHOP}:443/",
    "https://user:pw@bakery.example/", f"{SHOP}&x=1",
])  # fmt: skip
def test_a_page_may_go_on_nowhere_else(shop: SpcBundle, user: str, url: str) -> None:
    before = shop.items()
    answer = shop.payer(user).post(PAYERS, {"account_id": BAKERY, "return_to": url})
    assert_problem(answer, 422, "return_to_not_allowed")
    assert answer.json["errors"][0]["pointer"] == "/return_to"
    assert shop.items() == before


def test_merchants_are_listed_page_by_page(shop: SpcBundle, user: str, clock: Clock) -> None:
    accounts = [f"acct_{number}" for number in range(5)]
    for account in accounts:
        shop.open_shop(account, payee_name=f"Shop {account}")
        shop.allow(user, account)
        clock.advance(1)
    shop.payer(user).delete(f"{PAYERS}/acct_2")
    seen: list[tuple[str, str]] = []
    query = {"limit": "2"}
    while True:
        page = shop.payer(user).get(PAYERS, query=query).json
        assert len(page["data"]) <= 2
        seen += [(view["account_id"], view["payee_name"]) for view in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == [(f"acct_{number}", f"Shop acct_{number}") for number in (4, 3, 1, 0)]


@pytest.mark.parametrize("query", [
    {"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"cursor": ""}, {"cursor": "x"}, {"cursor": "1.acct_1\n"},
    {"cursor": "99999999999.acct_1"}, {"cursor": "٣.acct_1"},
])  # fmt: skip
def test_a_page_of_the_list_that_does_not_exist_is_refused(
    shop: SpcBundle, user: str, query: dict[str, str]
) -> None:
    answer = shop.payer(user).get(PAYERS, query=query)
    assert_problem(answer, 422, "invalid_request")
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{next(iter(query))}"]


def test_opting_out_suspends_the_handle_until_its_owner_allows_it_again(
    shop: SpcBundle, user: str
) -> None:
    passkey = shop.register(user)
    payer, question = shop.allow(user), shop.ask(user)
    answer = shop.payer(None).post("/spc-opt-out", {"ceremony_id": question["ceremony_id"]})
    assert (answer.status, answer.text) == (204, "")
    assert_problem(shop.server().post(AUTH_REQUEST, order(payer)), 404, "unknown_payer")
    assert shop.verdict(question)["status"] == "failed"
    assert shop.payer(user).get(f"{PAYERS}/{BAKERY}").json["status"] == "suspended"
    assert_refused(shop.confirm(question, passkey), 409, "ceremony_already_used")
    assert shop.allow(user) == payer
    assert shop.confirm(shop.ask(user), passkey).status == 200


def test_no_page_frames_a_registration_that_was_begun_with_a_token(
    shop: SpcBundle, user: str
) -> None:
    plain = shop.begin(user)
    framed = created(plain["publicKey"], new_passkey(plain["publicKey"]), Browser(HOME, SHOP))
    assert_problem(shop.finish(user, plain, framed), 400, "wrong_top_origin")


SITES = "https://example.com,https://www.example.com,https://shop.example.com:8443,https://notexample.com,https://example.org"


def own_sites(spc_with: Any) -> SpcBundle:
    """A deployment whose relying party is the business's domain, above our pages and its sites."""
    deployed: SpcBundle = spc_with(SPC_RP_ID="example.com", PUBLIC_URL=HOME, ALLOWED_ORIGINS=SITES)
    return deployed


@pytest.mark.parametrize("origin", SITES.split(",")[:3])
def test_the_businesss_own_sites_register_for_its_domain(
    spc_with: Any, user: str, origin: str
) -> None:
    deployed = own_sites(spc_with)
    question = deployed.begin(user, headers={"origin": origin})
    passkey = new_passkey(question["publicKey"])
    ours = created(question["publicKey"], passkey, plain_browser(HOME))
    assert_problem(deployed.finish(user, question, ours), 400, "wrong_origin")
    body = created(question["publicKey"], passkey, plain_browser(origin))
    assert deployed.finish(user, question, body, headers={"origin": origin}).status == 201


@pytest.mark.parametrize("origin", [
    *SITES.split(",")[3:], "https://evil.example.com", "http://www.example.com", "https://www.example.com:444", "null", "",
])  # fmt: skip
def test_no_other_page_registers_but_ours(spc_with: Any, user: str, origin: str) -> None:
    deployed = own_sites(spc_with)
    question = deployed.begin(user, headers={"origin": origin})
    passkey = new_passkey(question["publicKey"])
    theirs = created(question["publicKey"], passkey, plain_browser(origin))
    assert_problem(deployed.finish(user, question, theirs), 400, "wrong_origin")
    body = created(question["publicKey"], passkey, plain_browser(HOME))
    assert deployed.finish(user, question, body).status == 201


def test_the_origin_of_our_page_is_the_deployments_own(spc_with: Any, user: str) -> None:
    moved = spc_with(PUBLIC_URL="https://Pay.API.example.com")
    question = moved.begin(user)
    passkey = new_passkey(question["publicKey"])
    elsewhere = created(question["publicKey"], passkey, plain_browser(HOME))
    assert_problem(moved.finish(user, question, elsewhere), 400, "wrong_origin")
    body = created(question["publicKey"], passkey, plain_browser("https://pay.api.example.com"))
    assert moved.finish(user, question, body).status == 201


def test_nobody_else_can_finish_a_registration(shop: SpcBundle, user: str) -> None:
    question = shop.begin(user)
    passkey = new_passkey(question["publicKey"])
    body = created(question["publicKey"], passkey, plain_browser(HOME))
    assert_problem(shop.finish(STRANGER, question, body), 404, "unknown_ceremony")
    assert shop.finish(user, question, body).status == 201
    assert_problem(shop.finish(user, question, body), 409, "ceremony_already_used")
    question = shop.begin(user)
    body = created(
        question["publicKey"], new_passkey(question["publicKey"], id=passkey.id), Browser(HOME)
    )
    assert_problem(shop.finish(user, question, body), 409, "credential_exists")
