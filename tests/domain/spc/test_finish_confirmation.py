"""A payer's answer: whose it has to be, what is kept of it, and what opting out ends."""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict

import pytest

from countersign.spc import ceremonies, credentials, payer_handles
from countersign.spc.context import Context
from countersign.spc.finish_confirmation import finish_confirmation
from countersign.spc.opt_out import opt_out
from countersign.spc.payment_ceremony import Confirmation
from countersign.spc.protocol.authentication_response import parse_authentication_response
from tests.support.authenticator import BE, BS, ES256, RS256, UP, UV, b64
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_payments import signing_key
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
    told = asked(spc)
    began = clock()
    clock.advance(30)
    result = answered(spc, told, approved(told, passkey, plain_browser()))
    assert result == Confirmation(began + 30, b64(passkey.id), "absent", False, False)
    assert asdict(verdict_of(spc, told)) == {
        "ceremony_id": told["ceremony_id"], "status": "authenticated", "account_id": ACCOUNT,
        "payer": handle_of(spc), "amount": 1099, "currency": "eur", "created": began, "expires_at": began + 360,
        "browser_bound": "absent", "backed_up": False, "step_up_required": False,
        "authenticated_at": began + 30, "credential_id": b64(passkey.id),
    }  # fmt: skip
    kept = stored(spc, passkey)
    assert (kept.sign_count, kept.last_used) == (passkey.sign_count, began + 30)


@pytest.mark.parametrize("origin", [SHOP, OTHER_SHOP])
def test_any_of_the_checkout_origins_will_do_where_none_is_named(spc: Context, origin: str) -> None:
    assert confirmed(spc, registered(spc), plain_browser(origin))


def test_the_one_that_is_named_is_the_one(spc: Context) -> None:
    passkey = registered(spc)
    told = asked(spc, caller_origin=SHOP)
    body = approved(told, passkey, plain_browser(OTHER_SHOP))
    assert refusal(answered, spc, told, body).code == "wrong_origin"
    framed = asked(spc, caller_origin=SHOP, top_origin=OTHER_SHOP)
    body = approved(framed, passkey, plain_browser(SHOP))
    assert refusal(answered, spc, framed, body).code == "wrong_top_origin"
    assert answered(spc, framed, approved(framed, passkey, plain_browser(SHOP, OTHER_SHOP)))


@pytest.mark.parametrize("algorithm", [ES256, RS256])
def test_a_key_of_either_algorithm_confirms(spc: Context, algorithm: int) -> None:
    assert confirmed(spc, registered(spc, key=signing_key(algorithm, "passkey")))


def test_a_backed_up_credential_says_so_and_may_change_its_mind(spc: Context) -> None:
    passkey = registered(spc, flags=UP | UV | BE, counts=False)
    assert confirmed(spc, passkey).backed_up is False
    passkey.flags |= BS
    told = asked(spc)
    assert answered(spc, told, approved(told, passkey, plain_browser())).backed_up is True
    assert verdict_of(spc, told).backed_up is True
    assert stored(spc, passkey).backed_up is True


def test_a_counter_that_stands_still_at_nothing_is_fine(spc: Context) -> None:
    passkey = registered(spc, counts=False)
    assert passkey.sign_count == 0
    for _ in range(3):
        assert confirmed(spc, passkey)


@pytest.mark.parametrize("back", [1, 2])
def test_a_counter_that_does_not_go_up_is_a_copy_of_the_authenticator(
    spc: Context, back: int
) -> None:
    passkey = registered(spc, sign_count=10)
    confirmed(spc, passkey)
    told = asked(spc)
    passkey.sign_count -= back
    body = approved(told, passkey, plain_browser())
    assert refusal(answered, spc, told, body).code == "counter_regressed"
    assert stored(spc, passkey).sign_count == 12
    passkey.sign_count = 12
    assert answered(spc, told, approved(told, passkey, plain_browser()))


# Whose credential, and whether it was asked for.


def test_a_credential_that_was_registered_later_was_not_asked_for(spc: Context) -> None:
    registered(spc)
    told = asked(spc)
    later = registered(spc)
    body = approved(told, later, plain_browser())
    assert refusal(answered, spc, told, body).code == "unknown_credential"


def test_somebody_elses_credential_does_not_confirm_my_payment(spc: Context) -> None:
    registered(spc)
    theirs = registered(spc, OTHER)
    told = asked(spc)
    body = approved(told, theirs, plain_browser())
    assert refusal(answered, spc, told, body).code == "unknown_credential"


def test_any_of_the_payers_own_will_do(spc: Context) -> None:
    passkeys = [registered(spc) for _ in range(3)]
    told = asked(spc)
    assert told["request"]["credentialIds"] == sorted(b64(passkey.id) for passkey in passkeys)
    for passkey in passkeys:
        assert confirmed(spc, passkey).credential_id == b64(passkey.id)


def test_one_that_was_removed_meanwhile_is_not_known_any_more(spc: Context) -> None:
    passkey, _ = registered(spc), registered(spc)
    told = asked(spc)
    credentials.remove(spc.table, USER, b64(passkey.id))
    body = approved(told, passkey, plain_browser())
    assert refusal(answered, spc, told, body).code == "unknown_credential"


def test_one_that_somebody_else_registered_after_its_removal_is_theirs(spc: Context) -> None:
    passkey = registered(spc)
    told = asked(spc)
    credentials.remove(spc.table, USER, b64(passkey.id))
    again = registered(spc, OTHER, id=passkey.id)
    body = approved(told, again, plain_browser())
    assert refusal(answered, spc, told, body).code == "unknown_credential"


# The merchant and the payer's handle, as they are when the answer comes.


def test_of_the_origins_of_the_beginning_only_those_count_that_are_there_still(
    spc: Context,
) -> None:
    passkey = registered(spc)
    told = asked(spc)
    body = approved(told, passkey, plain_browser())
    for left in ((), (OTHER_SHOP,), ("https://new.example",)):
        assert refusal(answered, spc, told, body, left).code == "wrong_origin"
    assert answered(spc, told, body, (SHOP,))


def test_one_that_was_added_since_was_not_asked_for(spc: Context) -> None:
    passkey = registered(spc)
    told = asked(spc)
    body = approved(told, passkey, plain_browser("https://new.example"))
    origins = (*MERCHANT.checkout_origins, "https://new.example")
    assert refusal(answered, spc, told, body, origins).code == "wrong_origin"


def test_a_page_around_the_shop_must_be_there_still_too(spc: Context) -> None:
    passkey = registered(spc)
    told = asked(spc, caller_origin=SHOP, top_origin=OTHER_SHOP)
    body = approved(told, passkey, plain_browser(SHOP, OTHER_SHOP))
    assert refusal(answered, spc, told, body, (SHOP,)).code == "wrong_top_origin"
    assert answered(spc, told, body)


def ending(context: Context) -> None:
    payer_handles.end(context.table, USER, ACCOUNT)


def ending_and_beginning_anew(context: Context) -> None:
    ending(context)
    handle_of(context)


def opting_out_elsewhere(context: Context) -> None:
    other = asked(context)
    opt_out(context, ceremony_of(context, other))


@pytest.mark.parametrize("meanwhile", [ending, ending_and_beginning_anew, opting_out_elsewhere])
def test_a_handle_that_is_of_no_use_any_more_ends_what_was_asked_with_it(
    spc: Context, meanwhile: Callable[[Context], None]
) -> None:
    passkey = registered(spc)
    told = asked(spc)
    meanwhile(spc)
    body = approved(told, passkey, plain_browser())
    before = stored(spc, passkey)
    assert refusal(answered, spc, told, body).code == "ceremony_expired"
    assert verdict_of(spc, told).status != "authenticated"
    assert stored(spc, passkey) == before


def test_ending_one_merchants_handle_is_nothing_to_another(spc: Context) -> None:
    passkey = registered(spc)
    told = asked(spc, merchant=OTHER_MERCHANT)
    ending(spc)
    assert answered(spc, told, approved(told, passkey, plain_browser()))


# Opting out.


def test_opting_out_ends_the_ceremony_and_suspends_this_merchants_handle_alone(
    spc: Context,
) -> None:
    passkey = registered(spc)
    told, elsewhere = asked(spc), asked(spc, merchant=OTHER_MERCHANT)
    ceremony = ceremony_of(spc, told)
    for _ in range(2):
        opt_out(spc, ceremony)
    assert verdict_of(spc, told).status == "failed"
    body = approved(told, passkey, plain_browser())
    assert refusal(answered, spc, told, body).code == "ceremony_already_used"
    page, _ = payer_handles.page_of(spc.table, USER, None, 100)
    statuses = {each.account_id: each.status for each in page}
    assert statuses == {ACCOUNT: "suspended", OTHER_MERCHANT.account_id: "active"}
    assert answered(spc, elsewhere, approved(elsewhere, passkey, plain_browser()))


def test_opting_out_is_of_the_ceremonys_own_six_minutes(spc: Context, clock: Clock) -> None:
    """Its id is in the merchant's logs, and no secret afterwards."""
    passkey = registered(spc)
    paid, late, left = asked(spc), asked(spc), asked(spc)
    answered(spc, paid, approved(paid, passkey, plain_browser()))
    for told, code in ((paid, "ceremony_already_used"), (late, "ceremony_expired")):
        if told is late:
            opt_out(spc, ceremony_of(spc, left))
            handle_of(spc)
            clock.advance(360)
            item = ceremony_of(spc, left)
            assert refusal(opt_out, spc, item).status in (409, 410)
        item = ceremony_of(spc, told)
        assert refusal(opt_out, spc, item).code == code
    known = payer_handles.payer_at(spc.table, USER, ACCOUNT)
    assert known is not None
    assert known.status == "active"
    assert verdict_of(spc, paid).status == "authenticated"


def test_saying_it_twice_does_not_undo_what_its_owner_said_since(spc: Context) -> None:
    registered(spc)
    told = asked(spc)
    opt_out(spc, ceremony_of(spc, told))
    handle = handle_of(spc)
    opt_out(spc, ceremony_of(spc, told))
    assert payer_handles.find(spc.table, handle, ACCOUNT) is not None


def test_an_opt_out_that_is_cut_short_leaves_nothing_that_says_otherwise(spc: Context) -> None:
    """The page is told nothing and asks again."""
    users: list[str] = []
    asks: list[Json] = []

    def work(fuse: Fuse) -> None:
        users.append(f"user_{len(users)}")
        registered(spc, users[-1])
        asks.append(asked(spc, users[-1]))
        ceremony = ceremony_of(spc, asks[-1])
        opt_out(fused(spc, fuse), ceremony)

    for _ in every_crash(work):
        opt_out(spc, ceremony_of(spc, asks[-1]))
        payer = payer_handles.payer_at(spc.table, users[-1], ACCOUNT)
        assert payer is not None
        assert payer.status == "suspended"
        assert verdict_of(spc, asks[-1]).status == "failed"


def test_an_answer_without_its_own_ceremony_is_refused_before_anything_is_read(
    spc: Context, quick: QuickDynamoDB
) -> None:
    passkey = registered(spc)
    told = asked(spc)
    ceremony = ceremony_of(spc, told)
    ceremonies.fail(spc.table, ceremony)
    answer = parse_authentication_response(approved(told, passkey, plain_browser())["credential"])
    ended = ceremony_of(spc, told)
    quick.failures["GetItem"] = deque(["InternalServerError"])
    assert refusal(finish_confirmation, spc, ended, answer, (SHOP,)).code == "ceremony_already_used"
    assert len(quick.failures["GetItem"]) == 1
