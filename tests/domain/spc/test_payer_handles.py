"""A payer's handle at a merchant: one, unguessable, of no use elsewhere, suspended, revived and ended."""

from collections import deque
from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from countersign.spc import payer_handles
from countersign.spc.begin_confirmation import NoCredential, begin_confirmation
from countersign.spc.context import Context
from countersign.spc.payer_record import AN_HOUR, MOST_WRONG
from tests.support.authenticator import Passkey
from tests.support.clock import Clock
from tests.support.crashes import Fuse, Killed, every_crash, fused
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_people import (
    ACCOUNT,
    FIRST,
    MERCHANT,
    OTHER,
    OTHER_ACCOUNT,
    OTHER_MERCHANT,
    USER,
    WRONG_TOTAL,
    answered,
    approved,
    asked,
    ceremony_of,
    handle_of,
    plain_browser,
    registered,
    wanted,
    wrongly,
)
from tests.support.threads import at_once
from tests.support.visits import refusal


def found(context: Context, handle: str, account_id: str = ACCOUNT) -> payer_handles.Payer | None:
    return payer_handles.find(context.table, handle, account_id, FIRST)


def statuses(context: Context, user: str = USER) -> dict[str, str]:
    """What the user has allowed, by merchant."""
    found, _ = payer_handles.page_of(context.table, user, None, 100)
    return {payer.account_id: payer.status for payer in found}


def test_a_user_has_one_handle_at_a_merchant(spc: Context, clock: Clock) -> None:
    handle, began = handle_of(spc), clock()
    clock.advance(1000)
    assert {handle_of(spc) for _ in range(3)} == {handle}
    assert found(spc, handle) == payer_handles.Payer(handle, USER, ACCOUNT, FIRST, "active", began)


def test_each_user_has_another_handle_at_each_merchant_and_none_tells_anything(
    spc: Context,
) -> None:
    handles = [
        handle_of(spc, user, account) for user in (USER, OTHER) for account in (ACCOUNT, OTHER_ACCOUNT)
    ]  # fmt: skip
    assert len(set(handles)) == 4
    assert {len(handle) for handle in handles} == {43}
    assert len({handle[:8] for handle in handles}) == 4
    assert len({handle[-8:] for handle in handles}) == 4


def test_a_handle_can_be_used_at_its_own_merchant_alone(spc: Context) -> None:
    handle = handle_of(spc)
    registered(spc)
    assert found(spc, handle, OTHER_ACCOUNT) is None
    for merchant, payer in ((OTHER_MERCHANT, handle), (MERCHANT, "A" * 43)):
        problem = refusal(begin_confirmation, spc, merchant, wanted(payer))
        assert (problem.status, problem.code) == (404, "unknown_payer")
        assert USER not in problem.detail
    assert begin_confirmation(spc, MERCHANT, wanted(handle))["available"] is True


@pytest.mark.parametrize("junk", ["", "A" * 42, "A" * 44, USER, "é" * 43, "\ud800" * 43])
def test_a_text_that_is_no_handle_costs_no_read(
    spc: Context, quick: QuickDynamoDB, junk: str
) -> None:
    quick.failures["GetItem"] = deque(["InternalServerError"] * 3)
    assert found(spc, junk) is None
    assert len(quick.failures["GetItem"]) == 3


def test_a_handle_with_one_character_changed_is_unknown(spc: Context) -> None:
    handle = handle_of(spc)
    for place in (0, 20, 30, 42):
        other = "A" if handle[place] != "A" else "B"
        assert found(spc, handle[:place] + other + handle[place + 1 :]) is None
    assert found(spc, "A" * 43) is None


def test_no_key_of_an_item_names_a_user(spc: Context, quick: QuickDynamoDB) -> None:
    handle_of(spc)
    assert not [pk for pk in quick.rows if USER in pk]


def test_suspending_ends_the_use_at_one_merchant_until_the_owner_allows_it_again(
    spc: Context,
) -> None:
    handle, elsewhere = handle_of(spc), handle_of(spc, USER, OTHER_ACCOUNT)
    theirs = handle_of(spc, OTHER)
    payer_handles.suspend(spc.table, handle, spc.now())
    assert found(spc, handle) is None
    assert found(spc, elsewhere, OTHER_ACCOUNT) is not None
    assert found(spc, theirs) is not None
    assert statuses(spc) == {ACCOUNT: "suspended", OTHER_ACCOUNT: "active"}
    assert handle_of(spc) == handle
    assert statuses(spc)[ACCOUNT] == "active"
    assert found(spc, handle) is not None


def test_a_handle_that_was_ended_stays_ended_and_the_next_is_a_new_one(spc: Context) -> None:
    first = handle_of(spc)
    payer_handles.end(spc.table, USER, ACCOUNT, spc.now())
    assert (found(spc, first), statuses(spc)) == (None, {})
    second = handle_of(spc)
    assert second != first
    payer_handles.suspend(spc.table, first, spc.now())
    assert found(spc, first) is None
    assert found(spc, second) is not None
    assert statuses(spc) == {ACCOUNT: "active"}


def test_a_handle_that_was_suspended_can_be_ended(spc: Context) -> None:
    handle = handle_of(spc)
    payer_handles.suspend(spc.table, handle, spc.now())
    payer_handles.end(spc.table, USER, ACCOUNT, spc.now())
    assert statuses(spc) == {}
    payer_handles.suspend(spc.table, handle, spc.now())
    assert handle_of(spc) != handle


def test_ending_a_handle_leaves_all_others_and_does_nothing_the_second_time(spc: Context) -> None:
    mine, theirs = handle_of(spc, USER, OTHER_ACCOUNT), handle_of(spc, OTHER)
    for _ in range(2):
        payer_handles.end(spc.table, USER, ACCOUNT, spc.now())
    assert found(spc, theirs) is not None
    assert found(spc, mine, OTHER_ACCOUNT) is not None


def test_suspending_an_unknown_handle_stores_nothing(spc: Context, quick: QuickDynamoDB) -> None:
    payer_handles.suspend(spc.table, "A" * 43, spc.now())
    assert quick.rows == {}


@pytest.mark.parametrize("account_id", ["pk", "", "acct_é", "a.b", "#x"])
def test_ending_at_a_name_that_is_no_account_does_nothing(spc: Context, account_id: str) -> None:
    handle = handle_of(spc)
    payer_handles.end(spc.table, USER, account_id, spc.now())
    assert found(spc, handle) is not None


def test_handles_are_listed_newest_first_and_only_to_their_owner(
    spc: Context, clock: Clock
) -> None:
    accounts = [f"acct_{number}" for number in (3, 1, 2)]
    for account_id in accounts:
        handle_of(spc, USER, account_id)
        clock.advance(10)
    listed, following = payer_handles.page_of(spc.table, USER, None, 100)
    assert [payer.account_id for payer in listed] == accounts[::-1]
    assert [payer.created for payer in listed] == [clock() - 10, clock() - 20, clock() - 30]
    assert following is None
    assert payer_handles.page_of(spc.table, OTHER, None, 100) == ([], None)
    assert payer_handles.payer_at(spc.table, USER, "acct_1") == listed[1]
    assert payer_handles.payer_at(spc.table, USER, "acct_none") is None
    assert payer_handles.payer_at(spc.table, OTHER, "acct_1") is None


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_every_handle_is_on_exactly_one_page(spc: Context, clock: Clock, limit: int) -> None:
    accounts = []
    for number in range(7):
        accounts.append(f"acct_{number * 5 % 7}")
        handle_of(spc, USER, accounts[-1])
        clock.advance(number % 2)
    seen: list[tuple[int, str]] = []
    cursor = None
    for _ in accounts:
        page, cursor = payer_handles.page_of(spc.table, USER, cursor, limit)
        assert 0 < len(page) <= limit
        seen += [(payer.created, payer.account_id) for payer in page]
        if cursor is None:
            break
    assert sorted(account for _, account in seen) == sorted(accounts)
    assert seen == sorted(seen, reverse=True)


def test_asking_six_times_at_once_gives_one_handle(spc: Context, quick: QuickDynamoDB) -> None:
    for number in range(6):
        account_id = f"acct_{number}"
        results = at_once([partial(handle_of, spc, USER, account_id)] * 6)
        assert len(set(map(str, results))) == 1
        assert found(spc, results[0], account_id) is not None
    assert len([pk for pk in quick.rows if pk.startswith("payer#")]) == 6


def test_asking_and_ending_at_once_leave_one_handle_or_none(spc: Context) -> None:
    for number in range(8):
        account_id = f"acct_{number}"
        handle_of(spc, USER, account_id)
        ask, end = partial(handle_of, spc, USER, account_id), partial(payer_handles.end, spc.table, USER, account_id, spc.now())  # fmt: skip
        results = at_once([ask, end, ask, end])
        assert not [result for result in results if isinstance(result, BaseException)]
        kept = handle_of(spc, USER, account_id)
        assert found(spc, kept, account_id) is not None
        others = {results[0], results[2]} - {kept}
        assert not [handle for handle in others if found(spc, handle, account_id)]


def test_a_handle_that_is_cut_short_is_whole_the_next_time(
    spc: Context, quick: QuickDynamoDB
) -> None:
    places: list[str] = []
    accounts: list[str] = []

    def work(fuse: Fuse) -> None:
        accounts.append(f"acct_{len(accounts)}")
        handle_of(fused(spc, fuse), USER, accounts[-1])

    for place in every_crash(work):
        places.append(place)
        handle = handle_of(spc, USER, accounts[-1])
        assert found(spc, handle, accounts[-1]) is not None
        of_account = [row for row in quick.rows.values() if row.get("account_id") == {"S": accounts[-1]}]  # fmt: skip
        assert len(of_account) == 1
    assert "before table.transact" in places


def test_an_ending_that_is_cut_short_is_finished_by_the_next_call(spc: Context) -> None:
    accounts: list[str] = []
    handles: list[str] = []

    def work(fuse: Fuse) -> None:
        accounts.append(f"acct_{len(accounts)}")
        handles.append(handle_of(spc, USER, accounts[-1]))
        payer_handles.end(fused(spc, fuse).table, USER, accounts[-1], spc.now())

    for number, _ in enumerate(every_crash(work)):
        account_id, handle = accounts[-1], handles[-1]
        if number % 2:
            payer_handles.end(spc.table, USER, account_id, spc.now())
            assert found(spc, handle, account_id) is None
        fresh = handle_of(spc, USER, account_id)
        assert found(spc, fresh, account_id) is not None
        assert fresh == handle or found(spc, handle, account_id) is None


def test_a_handle_whose_ending_was_cut_short_is_not_revived_by_opting_out(spc: Context) -> None:
    """It is ended but still on its owner's list, and then a page that is still open opts out."""
    handle = handle_of(spc)
    with pytest.raises(Killed):
        payer_handles.end(fused(spc, Fuse(2, after=True)).table, USER, ACCOUNT, spc.now())
    payer_handles.suspend(spc.table, handle, spc.now())
    assert handle_of(spc) != handle
    assert found(spc, handle) is None


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError"])
def test_a_handle_that_cannot_be_stored_leaves_nothing(
    spc: Context, quick: QuickDynamoDB, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr("countersign.aws.dynamodb_calls.time.sleep", lambda _: None)
    quick.failures["TransactWriteItems"] = deque([code] * 40)
    assert refusal(handle_of, spc).code == "storage_unavailable"
    assert quick.rows == {}
    quick.failures["TransactWriteItems"] = deque(["TransactionConflict"])
    assert found(spc, handle_of(spc)) is not None


def test_a_handle_outlives_every_key_of_ours(spc: Context, roll: Callable[..., None]) -> None:
    """Merchants keep handles for years, and keys are rolled within months."""
    roll("first-key")
    registered(spc)
    handle = handle_of(spc)
    roll("second-key", "first-key")
    assert found(spc, handle) is not None
    roll("second-key")
    kept = handle_of(spc)
    assert found(spc, kept) is not None, "its owner is given a handle that is of no use"


def test_a_handle_ends_with_the_installation_that_it_was_given_for(spc: Context) -> None:
    registered(spc)
    handle, again = handle_of(spc), replace(MERCHANT, installation="1800000000")
    problem = refusal(begin_confirmation, spc, again, wanted(handle))
    assert (problem.status, problem.code) == (404, "unknown_payer")
    fresh = payer_handles.handle_for(spc.table, USER, ACCOUNT, again.installation, spc.now())
    assert fresh != handle
    assert begin_confirmation(spc, again, wanted(fresh))["available"] is True
    assert found(spc, handle) is not None, "it is of the installation that it was given for"


def signed_wrong(context: Context, passkey: Passkey, times: int) -> None:
    """So many wrong answers that the payer has genuinely signed, each in a ceremony of its own."""
    for _ in range(times):
        assert wrongly(context, asked(context), passkey) == "wrong_total"


def test_after_fifteen_signed_wrong_answers_a_merchant_may_not_ask_for_the_rest_of_the_hour(
    spc: Context, clock: Clock
) -> None:
    passkey, began = registered(spc), clock()
    signed_wrong(spc, passkey, 1)
    clock.advance(60)
    open_still = asked(spc)
    signed_wrong(spc, passkey, 14)
    with pytest.raises(NoCredential):
        asked(spc)
    assert asked(spc, merchant=OTHER_MERCHANT)
    answered(spc, open_still, approved(open_still, passkey, plain_browser()))
    clock.advance(began + AN_HOUR - clock() - 1)
    with pytest.raises(NoCredential):
        asked(spc)
    clock.advance(1)
    signed_wrong(spc, passkey, MOST_WRONG)
    with pytest.raises(NoCredential):
        asked(spc)


def test_junk_counts_against_its_ceremony_alone_and_so_does_what_is_sent_again(
    spc: Context,
) -> None:
    """Else a page that sees a payer's responses could lock them out."""
    passkey = registered(spc)
    for _ in range(10):
        question = asked(spc)
        forged = approved(question, passkey, plain_browser(), WRONG_TOTAL, signature=b"forged")
        for _ in range(4):
            assert refusal(answered, spc, question, forged).code == "wrong_total"
    question = asked(spc)
    signed = approved(question, passkey, plain_browser(), WRONG_TOTAL)
    for _ in range(4):
        assert refusal(answered, spc, question, signed).code == "wrong_total"
    payer = found(spc, handle_of(spc))
    assert payer is not None
    assert (payer.wrong, ceremony_of(spc, question).tries) == (1, 4)


def test_wrong_answers_at_once_are_all_counted(spc: Context) -> None:
    passkey = registered(spc)
    asks = [asked(spc) for _ in range(6)]
    bodies = [approved(each, passkey, plain_browser(), WRONG_TOTAL) for each in asks]
    at_once([partial(answered, spc, each, body) for each, body in zip(asks, bodies, strict=True)])
    payer = found(spc, handle_of(spc))
    assert payer is not None
    assert payer.wrong == 6
