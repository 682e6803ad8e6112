"""Registrations with a ticket: one each, in time, and in frames of one merchant's pages."""

from functools import partial

import pytest
from msgspec.structs import replace

from countersign.crypto.minted import LENGTH
from countersign.problems import Problem
from countersign.spc import credentials, tickets
from countersign.spc.context import Context
from countersign.spc.create_ticket import create_ticket, created_ticket
from countersign.spc.framing import NOBODY
from tests.support.authenticator import Passkey, b64
from tests.support.chromium import Browser, Json
from tests.support.clock import Clock
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_people import (
    FRAMING,
    HOME,
    OTHER,
    OTHER_ACCOUNT,
    OTHER_SHOP,
    SHOP,
    USER,
    begun,
    begun_with,
    confirmed,
    created,
    finished,
    finished_with,
    new_passkey,
    plain_browser,
    ticket_for,
)
from tests.support.threads import at_once
from tests.support.visits import refusal

FRAMED = plain_browser(HOME, SHOP)


def made(question: Json, browser: Browser = FRAMED) -> tuple[Passkey, Json]:
    """A passkey that a browser has made, and what the page sends."""
    passkey = new_passkey(question["publicKey"])
    return passkey, created(question["publicKey"], passkey, browser)


@pytest.mark.parametrize("browser", [FRAMED, plain_browser(HOME, OTHER_SHOP), plain_browser(HOME)])
def test_a_ticket_registers_in_its_merchants_frames_and_on_our_own_page(
    spc: Context, browser: Browser
) -> None:
    token = ticket_for(spc)
    question = begun_with(spc, token)
    passkey, body = made(question, browser)
    assert finished_with(spc, token, question, body).credential_id == b64(passkey.id)
    assert confirmed(spc, passkey)


def test_the_options_name_the_person_as_the_business_does(spc: Context) -> None:
    user = f"0123456789abcdef#{USER}"
    named = begun_with(spc, ticket_for(spc, user))["publicKey"]["user"]
    assert (named["name"], named["displayName"]) == (USER, USER)
    assert begun(spc, user)["publicKey"]["user"]["name"] == "Countersign"


@pytest.mark.parametrize(
    ("origin", "top"),
    [(HOME, "https://evil.example"), (HOME, f"{SHOP}/"), (HOME, HOME), (HOME, "null"), (SHOP, SHOP), (SHOP, HOME)],
)  # fmt: skip
def test_no_other_page_may_frame_it(spc: Context, origin: str, top: str) -> None:
    token = ticket_for(spc)
    question = begun_with(spc, token)
    _, body = made(question, plain_browser(origin, top))
    code = refusal(finished_with, spc, token, question, body).code
    assert code in ("wrong_top_origin", "wrong_origin")
    _, body = made(question)
    assert finished_with(spc, token, question, body)


def test_a_page_that_is_no_checkout_origin_any_more_may_not_frame_it(spc: Context) -> None:
    token = ticket_for(spc)
    question = begun_with(spc, token)
    _, body = made(question)
    for left in ((), (OTHER_SHOP,), (HOME,)):
        framing = replace(FRAMING, checkout_origins=left)
        refused = refusal(finished_with, spc, token, question, body, framing)
        assert refused.code == "wrong_top_origin"
    assert finished_with(spc, token, question, body)


def test_a_ticket_without_a_merchant_is_for_our_own_page_alone(spc: Context) -> None:
    token = ticket_for(spc, framing=NOBODY)
    question = begun_with(spc, token, NOBODY)
    _, framed = made(question)
    refused = refusal(finished_with, spc, token, question, framed, NOBODY)
    assert refused.code == "wrong_top_origin"
    _, own = made(question, plain_browser(HOME))
    assert finished_with(spc, token, question, own, NOBODY)


def test_a_ticket_and_what_was_begun_with_it_end_with_their_installation(spc: Context) -> None:
    token, later = ticket_for(spc), replace(FRAMING, installation="1700000000")
    question = begun_with(spc, token)
    _, body = made(question)
    assert refusal(begun_with, spc, token, later).code == "unknown_ticket"
    assert refusal(finished_with, spc, token, question, body, later).code == "ceremony_expired"


def test_junk_costs_no_read(spc: Context, quick: QuickDynamoDB) -> None:
    token, theirs = ticket_for(spc), begun(spc)
    question = begun_with(spc, token)
    _, body = made(question)
    quick.rows.clear()
    for junk in ("", "junk", "A" * LENGTH, f"{token} ", question["ceremony_id"], "é" * LENGTH):
        for call in (
            partial(begun_with, spc, junk),
            partial(finished_with, spc, junk, question, body),
        ):
            assert refusal(call).code == "unknown_ticket"
    assert refusal(begun_with, spc, token).code == "unknown_ticket"
    assert theirs


def test_five_minutes_bound_the_request_and_the_ceremony_the_response(
    spc: Context, clock: Clock
) -> None:
    token = ticket_for(spc)
    clock.advance(299)
    question = begun_with(spc, token)
    clock.advance(1)
    assert refusal(begun_with, spc, token).code == "ticket_expired"
    clock.advance(300)
    assert finished_with(spc, token, question, made(question)[1])


def test_a_ticket_is_spent_by_one_registration(spc: Context) -> None:
    token = ticket_for(spc)
    first, second = begun_with(spc, token), begun_with(spc, token)
    assert finished_with(spc, token, first, made(first)[1])
    refused = refusal(finished_with, spc, token, second, made(second)[1])
    assert (refused.status, refused.code) == (409, "ticket_already_used")
    assert refusal(begun_with, spc, token).code == "ticket_already_used"
    assert len(credentials.credential_ids(spc.table, USER)) == 1


def test_of_responses_at_the_same_moment_one_spends_the_ticket(spc: Context) -> None:
    token = ticket_for(spc)
    questions = [begun_with(spc, token) for _ in range(4)]
    calls = [partial(finished_with, spc, token, each, made(each)[1]) for each in questions]
    results = at_once(calls)
    codes = [result.code for result in results if isinstance(result, Problem)]
    assert codes == ["ticket_already_used"] * 3
    assert len(credentials.credential_ids(spc.table, USER)) == 1


def test_ten_registrations_can_be_begun_with_a_ticket_even_at_once(spc: Context) -> None:
    token = ticket_for(spc)
    results = at_once([partial(begun_with, spc, token)] * 12)
    codes = [result.code for result in results if isinstance(result, Problem)]
    assert codes == ["ticket_already_used"] * 2
    assert len({result["ceremony_id"] for result in results if isinstance(result, dict)}) == 10


def test_a_registration_is_finished_with_the_ticket_or_the_sign_in_that_began_it(
    spc: Context,
) -> None:
    token = ticket_for(spc)
    with_ticket, signed_in = begun_with(spc, token), begun(spc)
    for other in (ticket_for(spc), ticket_for(spc, OTHER)):
        refused = refusal(finished_with, spc, other, with_ticket, made(with_ticket)[1])
        assert refused.code == "unknown_ceremony"
    body = made(with_ticket, plain_browser(HOME))[1]
    assert refusal(finished, spc, with_ticket, body).code == "unknown_ceremony"
    body = made(signed_in, plain_browser(HOME))[1]
    assert refusal(finished_with, spc, token, signed_in, body).code == "unknown_ceremony"


def test_a_ticket_is_given_again_while_it_counts(spc: Context, clock: Clock) -> None:
    ticket_id, told = create_ticket(spc, USER, FRAMING, False)
    assert created_ticket(spc, ticket_id) == told
    assert told["expires_at"] == clock() + tickets.LASTS
    question = begun_with(spc, told["ticket"])
    finished_with(spc, told["ticket"], question, made(question)[1])
    assert refusal(created_ticket, spc, ticket_id).code == "ticket_already_used"
    ticket_id, _ = create_ticket(spc, USER, FRAMING, False)
    clock.advance(tickets.LASTS)
    assert refusal(created_ticket, spc, ticket_id).code == "ticket_expired"


def test_nothing_that_is_stored_is_a_ticket(spc: Context, quick: QuickDynamoDB) -> None:
    token = ticket_for(spc)
    begun_with(spc, token)
    assert token not in str(quick.rows)
    assert OTHER_ACCOUNT not in str(quick.rows)
