"""Registration tickets: who may make them, for whom, and a registration in a shop's frame with one."""

from typing import Any

import pytest

from countersign.spc import ceremonies
from countersign.spc.context import context
from countersign.spc.registration_ceremony import RegistrationCeremony
from tests.support.assertions import assert_problem
from tests.support.bundle import SITE
from tests.support.clock import Clock
from tests.support.gateway import HttpAnswer
from tests.support.install_bundle import INSTALLATIONS, application_body
from tests.support.spc_bundle import (
    CREDENTIALS,
    FRAMED_REQUEST,
    FRAMED_RESPONSE,
    HOLDER,
    HOME,
    OTHER_SHOP,
    SHOP,
    TICKETS,
    SpcBundle,
)
from tests.support.spc_people import bound_browser, created, new_passkey, plain_browser
from tests.support.stand_in import BAKERY, BOOKSHOP

FRAMED = plain_browser(HOME, SHOP)


def register(spc: SpcBundle, ticket: str, **options: Any) -> HttpAnswer:
    """A registration in a shop's frame, from beginning to end."""
    begun = spc.begin_framed(ticket)
    assert begun.status == 200, begun
    public_key = begun.json["publicKey"]
    body = created(public_key, new_passkey(public_key), FRAMED)
    return spc.finish_framed(ticket, begun.json, body, **options)


def test_a_person_registers_in_a_shops_frame_with_a_ticket_and_no_token(
    shop: SpcBundle, user: str, clock: Clock
) -> None:
    made = shop.payer(user).post(TICKETS, {"account_id": BAKERY})
    assert (made.status, set(made.json)) == (201, {"ticket", "expires_at"})
    assert made.json["expires_at"] == clock() + 300
    assert len(made.json["ticket"]) == 43
    begun = shop.begin_framed(made.json["ticket"])
    assert set(begun.json) == {"ceremony_id", "publicKey"}
    assert begun.json["publicKey"]["user"]["name"] == user
    answer = register(shop, made.json["ticket"])
    assert answer.status == 201
    assert set(answer.json) == {"credential_id", "created", "backed_up", "browser_bound"}
    [listed] = shop.payer(user).get(CREDENTIALS).json["data"]
    assert listed["credential_id"] == answer.json["credential_id"]
    assert_problem(shop.begin_framed(made.json["ticket"]), 409, "ticket_already_used")


def test_the_businesss_server_names_the_person_and_may_have_identified_them(
    shop: SpcBundle, user: str
) -> None:
    for identified in (True, False):
        body = {"account_id": BAKERY, "user_id": user, "identified": identified}
        made = shop.business().post(TICKETS, body)
        assert made.status == 201, made
        ticket = made.json["ticket"]
        begun = shop.begin_framed(ticket).json["ceremony_id"]
        ceremony = ceremonies.load(context().table, RegistrationCeremony, begun)
        assert ceremony.identified is identified
        assert register(shop, ticket).status == 201
    assert len(shop.payer(user).get(CREDENTIALS).json["data"]) == 2


def shop_table() -> Any:
    from countersign.spc.context import context  # the deployment of the running test

    return context().table


def test_the_browser_of_an_identified_registration_is_trusted_everywhere_and_no_other(
    shop: SpcBundle, user: str
) -> None:
    body = {"account_id": BAKERY, "user_id": user, "identified": True}
    ticket = shop.business().post(TICKETS, body).json["ticket"]
    begun = shop.begin_framed(ticket).json
    passkey = new_passkey(begun["publicKey"])
    registered = created(begun["publicKey"], passkey, bound_browser(HOME))
    assert shop.finish_framed(ticket, begun, registered).status == 201
    answer = shop.confirm(shop.ask(user), passkey, bound_browser(SHOP)).json
    assert (answer["step_up_required"], answer["browser_bound"]) == (False, "trusted")
    answer = shop.confirm(shop.ask(user), passkey, bound_browser(SHOP, "another")).json
    assert answer["step_up_required"] is True


@pytest.mark.parametrize("body", [{"user_id": "another"}, {"identified": True}, {"user_id": "a", "identified": True}])  # fmt: skip
@pytest.mark.parametrize("scope", [None, "countersign/merchant", "countersign/operators"])
def test_only_an_operator_names_a_person_or_says_that_they_were_identified(
    shop: SpcBundle, user: str, body: dict[str, Any], scope: str | None
) -> None:
    caller = shop.payer(user)
    caller.scope = scope
    before = shop.items()
    assert_problem(caller.post(TICKETS, body), 403, "missing_scope")
    assert shop.items() == before


@pytest.mark.parametrize("body", [{"account_id": "acct_unknown"}, {"account_id": BOOKSHOP}, {"account_id": "x"}])  # fmt: skip
def test_there_is_no_ticket_for_pages_of_an_account_that_is_not_connected(
    shop: SpcBundle, user: str, body: dict[str, Any]
) -> None:
    assert_problem(shop.payer(user).post(TICKETS, body), 404, "installation_not_found")


@pytest.mark.parametrize("body", [{"user_id": ""}, {"user_id": "é"}, {"user_id": "a b"}, {"user_id": "x" * 256}, {"identified": "true"}, {"identified": 1}, {"name": "x"}])  # fmt: skip
def test_a_ticket_that_cannot_be_read_is_refused(shop: SpcBundle, body: dict[str, Any]) -> None:
    assert_problem(shop.business().post(TICKETS, body), 422, "invalid_request")


def test_the_same_key_gives_the_same_ticket_until_it_is_spent(
    shop: SpcBundle, user: str, clock: Clock
) -> None:
    def make(key: str, **body: Any) -> HttpAnswer:
        headers = {"Idempotency-Key": key}
        return shop.payer(user).post(TICKETS, {"account_id": BAKERY, **body}, headers=headers)

    first = make("k")
    clock.advance(10)
    again = make("k")
    assert (again.status, again.json) == (201, first.json)
    assert_problem(make("k", account_id=None), 409, "idempotency_key_reused")
    assert make("other").json["ticket"] != first.json["ticket"]
    assert register(shop, first.json["ticket"]).status == 201
    assert_problem(make("k"), 409, "ticket_already_used")
    assert first.json["ticket"] not in shop.everything_stored()


def test_a_response_that_was_lost_is_given_again_under_its_key(shop: SpcBundle, user: str) -> None:
    ticket, key = shop.ticket(user), {"Idempotency-Key": "k"}
    begun = shop.begin_framed(ticket).json
    body = created(begun["publicKey"], new_passkey(begun["publicKey"]), FRAMED)
    first, second = (shop.finish_framed(ticket, begun, body, headers=key) for _ in range(2))
    assert (first.status, second.status, first.json) == (201, 201, second.json)
    assert_problem(shop.finish_framed(ticket, begun, body), 409, "ceremony_already_used")


def test_a_ticket_of_another_account_is_of_no_use_in_a_shops_frame(
    shop: SpcBundle, user: str
) -> None:
    shop.open_shop(BOOKSHOP, checkout_origins=["https://books.example"])
    for ticket in (shop.ticket(user, BOOKSHOP), shop.ticket(user, None)):
        assert_problem(register(shop, ticket), 400, "wrong_top_origin")
    assert shop.payer(user).get(CREDENTIALS).json["data"] == []


def test_a_page_that_is_no_checkout_origin_any_more_frames_no_registration(
    shop: SpcBundle, user: str
) -> None:
    ticket = shop.ticket(user)
    begun = shop.begin_framed(ticket).json
    path = f"{INSTALLATIONS}/{BAKERY}"
    shop.user(HOLDER).patch(path, {"checkout_origins": [OTHER_SHOP]})
    passkey = new_passkey(begun["publicKey"])
    gone, left = (
        created(begun["publicKey"], passkey, plain_browser(HOME, top)) for top in (SHOP, OTHER_SHOP)
    )
    assert_problem(shop.finish_framed(ticket, begun, gone), 400, "wrong_top_origin")
    assert shop.finish_framed(ticket, begun, left).status == 201


def test_what_is_no_ticket_is_refused_without_a_read(shop: SpcBundle, user: str) -> None:
    ceremony = shop.begin(user)["ceremony_id"]
    for junk in ("junk", "A" * 43, ceremony):
        assert_problem(shop.begin_framed(junk), 404, "unknown_ticket")
        answer = shop.finish_framed(junk, {"ceremony_id": ceremony}, {"credential": {}})
        assert answer.status in (400, 404)
    for body in ({}, {"ticket": None}, {"ticket": "x", "account_id": BAKERY}):
        assert_problem(shop.payer(None).post(FRAMED_REQUEST, body), 422, "invalid_request")


def test_a_ticket_ends_with_the_installation_it_was_made_for(shop: SpcBundle, user: str) -> None:
    ticket = shop.ticket(user)
    begun = shop.begin_framed(ticket).json
    body = created(begun["publicKey"], new_passkey(begun["publicKey"]), FRAMED)
    shop.tell(application_body("deauthorized", BAKERY, at=2_000_000_000))
    assert_problem(shop.begin_framed(ticket), 404, "installation_not_found")
    assert_problem(shop.finish_framed(ticket, begun, body), 404, "installation_not_found")


def test_a_registration_with_a_token_takes_no_account(shop: SpcBundle, user: str) -> None:
    answer = shop.payer(user).post("/spc-register-request", {"account_id": BAKERY})
    assert_problem(answer, 422, "invalid_request")


@pytest.mark.parametrize("origin", [SHOP, SITE, HOME, "https://evil.example", "null"])
def test_nobody_elses_page_reads_what_our_own_is_told_in_a_frame(
    shop: SpcBundle, user: str, origin: str
) -> None:
    headers = {"origin": origin}
    answers = [
        shop.begin_framed(shop.ticket(user), headers=headers),
        shop.payer(None).post(FRAMED_RESPONSE, {"ticket": "x"}, headers=headers),
    ]
    for answer in answers:
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
