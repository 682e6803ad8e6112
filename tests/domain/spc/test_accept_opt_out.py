"""Opting out: what it ends, and how long it counts."""

from countersign.spc import payer_handles
from countersign.spc.accept_opt_out import accept_opt_out
from countersign.spc.context import Context
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.spc_people import (
    ACCOUNT,
    FIRST,
    OTHER_MERCHANT,
    USER,
    answered,
    approved,
    asked,
    ceremony_of,
    handle_of,
    plain_browser,
    registered,
    verdict_of,
    wrongly,
)
from tests.support.visits import refusal


def test_opting_out_ends_the_ceremony_and_suspends_the_handle_at_this_merchant_alone(
    spc: Context,
) -> None:
    passkey = registered(spc)
    question, elsewhere = asked(spc), asked(spc, merchant=OTHER_MERCHANT)
    ceremony = ceremony_of(spc, question)
    for _ in range(2):
        accept_opt_out(spc, ceremony)
    assert verdict_of(spc, question).status == "failed"
    body = approved(question, passkey, plain_browser())
    assert refusal(answered, spc, question, body).code == "ceremony_already_used"
    page, _ = payer_handles.page_of(spc.table, USER, None, 100)
    statuses = {each.account_id: each.status for each in page}
    assert statuses == {ACCOUNT: "suspended", OTHER_MERCHANT.account_id: "active"}
    assert answered(spc, elsewhere, approved(elsewhere, passkey, plain_browser()))


def test_opting_out_counts_only_while_the_ceremony_lasts(spc: Context, clock: Clock) -> None:
    """Its id is in the merchant's logs, and no secret afterwards."""
    passkey = registered(spc)
    paid, late, left = asked(spc), asked(spc), asked(spc)
    answered(spc, paid, approved(paid, passkey, plain_browser()))
    for question, code in ((paid, "ceremony_already_used"), (late, "ceremony_expired")):
        if question is late:
            accept_opt_out(spc, ceremony_of(spc, left))
            handle_of(spc)
            clock.advance(360)
            item = ceremony_of(spc, left)
            assert refusal(accept_opt_out, spc, item).status in (409, 410)
        item = ceremony_of(spc, question)
        assert refusal(accept_opt_out, spc, item).code == code
    known = payer_handles.payer_at(spc.table, USER, ACCOUNT)
    assert known is not None
    assert known.status == "active"
    assert verdict_of(spc, paid).status == "authenticated"


def test_opting_out_twice_does_not_undo_what_its_owner_has_allowed_since(spc: Context) -> None:
    registered(spc)
    question = asked(spc)
    accept_opt_out(spc, ceremony_of(spc, question))
    handle = handle_of(spc)
    accept_opt_out(spc, ceremony_of(spc, question))
    assert payer_handles.find(spc.table, handle, ACCOUNT, FIRST) is not None


def test_an_opt_out_that_is_cut_short_can_be_sent_again(spc: Context) -> None:
    """The page gets no response and asks again."""
    users: list[str] = []
    asks: list[Json] = []

    def work(fuse: Fuse) -> None:
        users.append(f"user_{len(users)}")
        registered(spc, users[-1])
        asks.append(asked(spc, users[-1]))
        ceremony = ceremony_of(spc, asks[-1])
        accept_opt_out(fused(spc, fuse), ceremony)

    for _ in every_crash(work):
        accept_opt_out(spc, ceremony_of(spc, asks[-1]))
        payer = payer_handles.payer_at(spc.table, users[-1], ACCOUNT)
        assert payer is not None
        assert payer.status == "suspended"
        assert verdict_of(spc, asks[-1]).status == "failed"


def test_wrong_answers_do_not_keep_a_payer_from_opting_out_while_the_ceremony_lasts(
    spc: Context, clock: Clock
) -> None:
    passkey = registered(spc)
    question, late = asked(spc), asked(spc)
    for each in (question, late):
        for _ in range(5):
            wrongly(spc, each, passkey)
    accept_opt_out(spc, ceremony_of(spc, question))
    verdict = verdict_of(spc, question)
    assert verdict.status == "failed"
    assert payer_handles.find(spc.table, verdict.payer, ACCOUNT, FIRST) is None
    assert handle_of(spc) == verdict.payer  # active again, as its owner says
    clock.advance(360)
    item = ceremony_of(spc, late)
    assert refusal(accept_opt_out, spc, item).code == "ceremony_expired"
    assert payer_handles.find(spc.table, verdict.payer, ACCOUNT, FIRST) is not None
