"""A payer's answer: whose it has to be, and what is stored of it."""

from collections import deque
from collections.abc import Callable

import pytest
from msgspec.structs import asdict

from countersign.spc import ceremonies, credentials, payer_handles
from countersign.spc.accept_opt_out import accept_opt_out
from countersign.spc.context import Context
from countersign.spc.finish_confirmation import finish_confirmation
from countersign.spc.payment_ceremony import Confirmation
from countersign.spc.protocol.authentication_response import parse_authentication_response
from tests.support.authenticator import BE, BS, UP, UV, b64
from tests.support.clock import Clock
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_people import (
    ACCOUNT,
    MERCHANT,
    OTHER,
    OTHER_MERCHANT,
    OTHER_SHOP,
    SHOP,
    USER,
    answered,
    approved,
    asked,
    ceremony_of,
    confirmed,
    handle_of,
    plain_browser,
    registered,
    stored,
    verdict_of,
)
from tests.support.visits import refusal


def test_a_genuine_answer_is_a_success_and_all_of_it_is_kept(spc: Context, clock: Clock) -> None:
    passkey = registered(spc)
    question = asked(spc)
    began = clock()
    clock.advance(30)
    result = answered(spc, question, approved(question, passkey, plain_browser()))
    assert result == Confirmation(began + 30, b64(passkey.id), "absent", False, True)
    assert asdict(verdict_of(spc, question)) == {
        "ceremony_id": question["ceremony_id"], "status": "authenticated", "account_id": ACCOUNT,
        "payer": handle_of(spc), "amount": 1099, "currency": "eur", "created": began, "expires_at": began + 360,
        "browser_bound": "absent", "backed_up": False, "step_up_required": True,
        "authenticated_at": began + 30, "credential_id": b64(passkey.id),
    }  # fmt: skip
    kept = stored(spc, passkey)
    assert (kept.sign_count, kept.last_used) == (passkey.sign_count, began + 30)


@pytest.mark.parametrize("origin", [SHOP, OTHER_SHOP])
def test_any_checkout_origin_may_ask_where_none_is_named(spc: Context, origin: str) -> None:
    assert confirmed(spc, registered(spc), plain_browser(origin))


def test_only_the_origin_that_is_named_may_ask(spc: Context) -> None:
    passkey = registered(spc)
    question = asked(spc, caller_origin=SHOP)
    body = approved(question, passkey, plain_browser(OTHER_SHOP))
    assert refusal(answered, spc, question, body).code == "wrong_origin"
    framed = asked(spc, caller_origin=SHOP, top_origin=OTHER_SHOP)
    body = approved(framed, passkey, plain_browser(SHOP))
    assert refusal(answered, spc, framed, body).code == "wrong_top_origin"
    assert answered(spc, framed, approved(framed, passkey, plain_browser(SHOP, OTHER_SHOP)))


def test_whether_a_credential_is_backed_up_is_as_it_last_said(spc: Context) -> None:
    passkey = registered(spc, flags=UP | UV | BE, counts=False)
    assert confirmed(spc, passkey).backed_up is False
    passkey.flags |= BS
    question = asked(spc)
    assert answered(spc, question, approved(question, passkey, plain_browser())).backed_up is True
    assert verdict_of(spc, question).backed_up is True
    assert stored(spc, passkey).backed_up is True


def test_a_counter_that_stays_at_zero_is_accepted(spc: Context) -> None:
    passkey = registered(spc, counts=False)
    assert passkey.sign_count == 0
    for _ in range(3):
        assert confirmed(spc, passkey)


# Whose credential, and whether it was asked for.


def test_a_credential_that_was_not_asked_for_does_not_confirm(spc: Context) -> None:
    registered(spc)
    theirs = registered(spc, OTHER)
    question = asked(spc)
    later = registered(spc)
    for passkey in (theirs, later):
        body = approved(question, passkey, plain_browser())
        assert refusal(answered, spc, question, body).code == "unknown_credential"


def test_any_of_the_payers_credentials_may_confirm(spc: Context) -> None:
    passkeys = [registered(spc) for _ in range(3)]
    question = asked(spc)
    assert question["request"]["credentialIds"] == sorted(b64(passkey.id) for passkey in passkeys)
    for passkey in passkeys:
        assert confirmed(spc, passkey).credential_id == b64(passkey.id)


def test_a_credential_that_was_removed_meanwhile_is_unknown_whoever_registers_it_again(
    spc: Context,
) -> None:
    passkey, _ = registered(spc), registered(spc)
    question = asked(spc)
    credentials.remove(spc.table, USER, b64(passkey.id))
    body = approved(question, passkey, plain_browser())
    assert refusal(answered, spc, question, body).code == "unknown_credential"
    again = registered(spc, OTHER, id=passkey.id)
    body = approved(question, again, plain_browser())
    assert refusal(answered, spc, question, body).code == "unknown_credential"


# The merchant and the payer's handle, as they are when the answer comes.


def test_an_origin_counts_that_was_a_checkout_origin_at_the_beginning_and_is_one_still(
    spc: Context,
) -> None:
    new = "https://new.example"
    passkey = registered(spc)
    question = asked(spc)
    body = approved(question, passkey, plain_browser())
    for left in ((), (OTHER_SHOP,), (new,)):
        assert refusal(answered, spc, question, body, left).code == "wrong_origin"
    added = approved(question, passkey, plain_browser(new))
    assert refusal(answered, spc, question, added, (SHOP, OTHER_SHOP, new)).code == "wrong_origin"
    assert answered(spc, question, approved(question, passkey, plain_browser()), (SHOP,))


def test_a_page_that_frames_the_shop_must_be_a_checkout_origin_still_too(spc: Context) -> None:
    passkey = registered(spc)
    question = asked(spc, caller_origin=SHOP, top_origin=OTHER_SHOP)
    body = approved(question, passkey, plain_browser(SHOP, OTHER_SHOP))
    assert refusal(answered, spc, question, body, (SHOP,)).code == "wrong_top_origin"
    assert answered(spc, question, body)


def ending(context: Context) -> None:
    payer_handles.end(context.table, USER, ACCOUNT, context.now())


def ending_and_beginning_again(context: Context) -> None:
    ending(context)
    handle_of(context)


def opting_out_elsewhere(context: Context) -> None:
    other = asked(context)
    accept_opt_out(context, ceremony_of(context, other))


@pytest.mark.parametrize("meanwhile", [ending, ending_and_beginning_again, opting_out_elsewhere])
def test_a_handle_that_is_no_longer_active_ends_what_was_asked_with_it(
    spc: Context, meanwhile: Callable[[Context], None]
) -> None:
    passkey = registered(spc)
    question = asked(spc)
    meanwhile(spc)
    body = approved(question, passkey, plain_browser())
    before = stored(spc, passkey)
    assert refusal(answered, spc, question, body).code == "ceremony_expired"
    assert verdict_of(spc, question).status != "authenticated"
    assert stored(spc, passkey) == before


def test_ending_the_handle_at_one_merchant_changes_nothing_at_another(spc: Context) -> None:
    passkey = registered(spc)
    question = asked(spc, merchant=OTHER_MERCHANT)
    ending(spc)
    assert answered(spc, question, approved(question, passkey, plain_browser()))


def test_an_answer_to_a_ceremony_that_is_over_is_refused_before_anything_is_read(
    spc: Context, quick: QuickDynamoDB
) -> None:
    passkey = registered(spc)
    question = asked(spc)
    ceremony = ceremony_of(spc, question)
    ceremonies.fail(spc.table, ceremony, spc.now())
    answer = parse_authentication_response(
        approved(question, passkey, plain_browser())["credential"]
    )
    ended = ceremony_of(spc, question)
    quick.failures["GetItem"] = deque(["InternalServerError"])
    assert (
        refusal(finish_confirmation, spc, ended, answer, MERCHANT).code == "ceremony_already_used"
    )
    assert len(quick.failures["GetItem"]) == 1
