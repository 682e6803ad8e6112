"""The ceremony: one question, for six minutes, answered once or tried five times."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from countersign.aws.changes import Change, TransactionRefused
from countersign.spc import ceremonies
from countersign.spc.context import Context
from countersign.spc.protocol.refusals import Refused
from tests.support.authenticator import b64, unb64
from tests.support.clock import Clock
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_people import (
    ACCOUNT,
    HOME,
    USER,
    answered,
    approved,
    asked,
    begun,
    created,
    finished,
    handle_of,
    new_passkey,
    plain_browser,
    registered,
)
from tests.support.threads import at_once
from tests.support.visits import refusal

MINUTES = 60


def begin(context: Context, kind: ceremonies.Kind = "payment", **members: Any) -> str:
    return ceremonies.begin(context.table, kind, USER, members, context.now())


def load(context: Context, ceremony_id: str, kind: ceremonies.Kind = "payment") -> Any:
    return ceremonies.load(context.table, kind, ceremony_id)


def kept(context: Context, ceremony_id: str, kind: ceremonies.Kind = "payment") -> Any:
    return ceremonies.kept(context.table, kind, ceremony_id)


def finish(context: Context, ceremony_id: str, **sets: Any) -> None:
    item = load(context, ceremony_id)
    members = {"status": "authenticated"} | sets
    context.table.transact([ceremonies.finish(item, members, context.now())])


def status(context: Context, ceremony_id: str) -> str:
    return ceremonies.status_of(load(context, ceremony_id), context.now())


def test_it_is_stored_as_it_was_begun(spc: Context, clock: Clock) -> None:
    ceremony_id = begin(spc, account_id=ACCOUNT)
    item = load(spc, ceremony_id)
    assert ceremonies.id_of(item) == ceremony_id
    assert (item["kind"], item["user"], item["account_id"]) == ("payment", USER, ACCOUNT)
    assert (item["began_at"], item["ends_at"]) == (clock(), clock() + 6 * MINUTES)
    assert item["expires_at"] > item["ends_at"]
    assert status(spc, ceremony_id) == "pending"
    assert ceremonies.waiting(item, spc.now()) == item


def test_no_two_are_alike(spc: Context) -> None:
    ids = [begin(spc) for _ in range(20)]
    assert len(set(ids)) == 20
    assert len({ceremonies.challenges(each)[0] for each in ids}) == 20
    assert all(len(unb64(ceremonies.challenges(each)[0])) == 32 for each in ids)


def test_its_challenge_can_not_be_read_from_what_is_stored(
    spc: Context, quick: QuickDynamoDB
) -> None:
    registered(spc)
    told = [asked(spc)["request"]["challenge"], begun(spc)["publicKey"]["challenge"]]
    stored = repr(quick.rows)
    for challenge in told:
        assert challenge not in stored
        assert unb64(challenge).hex() not in stored
        assert challenge[:22] not in stored


def test_its_challenge_does_not_follow_from_its_id_without_the_key(
    spc: Context, roll: Callable[..., None]
) -> None:
    roll("one")
    ceremony_id = begin(spc)
    (mine,) = ceremonies.challenges(ceremony_id)
    assert ceremonies.challenges(ceremony_id) == (mine,)
    roll("two")
    assert ceremonies.challenges(ceremony_id) != (mine,)
    assert mine not in ceremony_id


@pytest.mark.parametrize("kind", ["payment", "registration"])
def test_one_of_the_other_kind_is_not_known(spc: Context, kind: ceremonies.Kind) -> None:
    other: ceremonies.Kind = "registration" if kind == "payment" else "payment"
    for find in (load, kept):
        assert refusal(find, spc, begin(spc, kind), other).code == "unknown_ceremony"


def test_a_registration_can_not_confirm_a_payment_nor_the_reverse(spc: Context) -> None:
    passkey = registered(spc)
    payment, registration = asked(spc), begun(spc)
    fresh = new_passkey(registration["publicKey"])
    body = created(registration["publicKey"], fresh, plain_browser(HOME))
    assert refusal(finished, spc, payment, body).code == "unknown_ceremony"
    mixed = payment | {"ceremony_id": registration["ceremony_id"]}
    answer = approved(payment, passkey, plain_browser())
    assert refusal(answered, spc, mixed, answer).code == "unknown_ceremony"
    assert finished(spc, registration, body).credential_id == b64(fresh.id)
    assert answered(spc, payment, answer).credential_id == b64(passkey.id)


JUNK = ["", "x", "é" * 43, "A" * 255, "\ud800", "a#b"]


@pytest.mark.parametrize("junk", [*JUNK, "A" * 43])
def test_junk_costs_no_read(spc: Context, quick: QuickDynamoDB, junk: str) -> None:
    quick.failures["GetItem"] = deque(["InternalServerError"])
    problem = refusal(load, spc, junk)
    assert (problem.status, problem.code) == (404, "unknown_ceremony")
    assert len(quick.failures["GetItem"]) == 1


@pytest.mark.parametrize("junk", JUNK)
def test_nor_does_what_is_no_id_where_the_caller_is_known(
    spc: Context, quick: QuickDynamoDB, junk: str
) -> None:
    quick.failures["GetItem"] = deque(["InternalServerError"])
    assert refusal(kept, spc, junk).code == "unknown_ceremony"
    assert len(quick.failures["GetItem"]) == 1


def test_a_payers_handle_is_no_ceremony(spc: Context) -> None:
    for find in (load, kept):
        assert refusal(find, spc, handle_of(spc)).code == "unknown_ceremony"


def test_it_lasts_six_minutes_to_the_second(spc: Context, clock: Clock) -> None:
    one, other = begin(spc), begin(spc)
    clock.advance(6 * MINUTES - 1)
    assert ceremonies.waiting(load(spc, one), spc.now())
    finish(spc, one)
    clock.advance(1)
    problem = refusal(ceremonies.waiting, load(spc, other), spc.now())
    assert (problem.status, problem.code) == (410, "ceremony_expired")
    assert (status(spc, one), status(spc, other)) == ("authenticated", "expired")
    with pytest.raises(TransactionRefused):
        finish(spc, other)


def test_its_verdict_can_be_read_long_after(spc: Context, clock: Clock) -> None:
    ceremony_id = begin(spc)
    finish(spc, ceremony_id, note="kept")
    clock.advance(20 * 24 * 3600)
    assert load(spc, ceremony_id)["note"] == "kept"
    assert status(spc, ceremony_id) == "authenticated"
    assert load(spc, ceremony_id)["expires_at"] > spc.now()


def test_it_is_used_once(spc: Context) -> None:
    ceremony_id = begin(spc)
    finish(spc, ceremony_id, note="first")
    problem = refusal(ceremonies.waiting, load(spc, ceremony_id), spc.now())
    assert (problem.status, problem.code) == (409, "ceremony_already_used")
    with pytest.raises(TransactionRefused):
        finish(spc, ceremony_id, note="second")
    assert load(spc, ceremony_id)["note"] == "first"


def test_used_at_once_it_is_used_once(spc: Context) -> None:
    for _ in range(6):
        ceremony_id = begin(spc)
        calls = [partial(finish, spc, ceremony_id, note=number) for number in range(6)]
        results = at_once(calls)
        (winner,) = [number for number, each in enumerate(results) if each is None]
        assert all(isinstance(each, TransactionRefused) for each in results if each is not None)
        assert load(spc, ceremony_id)["note"] == winner


def test_five_tries_use_it_up_and_four_do_not(spc: Context) -> None:
    ceremony_id = begin(spc)
    for _ in range(4):
        ceremonies.count_try(spc.table, load(spc, ceremony_id))
    assert status(spc, ceremony_id) == "pending"
    assert ceremonies.waiting(load(spc, ceremony_id), spc.now())
    ceremonies.count_try(spc.table, load(spc, ceremony_id))
    assert status(spc, ceremony_id) == "failed"
    problem = refusal(ceremonies.waiting, load(spc, ceremony_id), spc.now())
    assert problem.code == "ceremony_already_used"
    with pytest.raises(TransactionRefused):
        finish(spc, ceremony_id)


def test_a_fifth_try_that_comes_first_keeps_an_answer_out(spc: Context) -> None:
    """The answer was read before the tries were counted."""
    ceremony_id = begin(spc)
    item = load(spc, ceremony_id)
    for _ in range(5):
        ceremonies.count_try(spc.table, item)
    with pytest.raises(TransactionRefused):
        spc.table.transact([ceremonies.finish(item, {"status": "authenticated"}, spc.now())])
    assert status(spc, ceremony_id) == "failed"


def test_no_more_than_five_are_counted_at_once_and_after_the_end_none(spc: Context) -> None:
    ceremony_id, other = begin(spc), begin(spc)
    at_once([partial(ceremonies.count_try, spc.table, load(spc, ceremony_id))] * 8)
    assert load(spc, ceremony_id)["tries"] == 5
    finish(spc, other)
    ceremonies.count_try(spc.table, load(spc, other))
    assert load(spc, other)["tries"] == 0
    assert status(spc, other) == "authenticated"


def test_one_that_failed_stays_failed_and_one_that_succeeded_is_not_undone(spc: Context) -> None:
    one, other = begin(spc), begin(spc)
    ceremonies.fail(spc.table, load(spc, one))
    assert status(spc, one) == "failed"
    with pytest.raises(TransactionRefused):
        finish(spc, one)
    finish(spc, other)
    ceremonies.fail(spc.table, load(spc, other))
    assert status(spc, other) == "authenticated"


def test_what_failed_does_not_expire_any_more(spc: Context, clock: Clock) -> None:
    one, other = begin(spc), begin(spc)
    ceremonies.fail(spc.table, load(spc, one))
    for _ in range(5):
        ceremonies.count_try(spc.table, load(spc, other))
    clock.advance(3600)
    assert (status(spc, one), status(spc, other)) == ("failed", "failed")
    assert isinstance(refusal(ceremonies.waiting, load(spc, one), spc.now()), Refused)


def test_a_change_that_uses_it_up_goes_with_others_or_not_at_all(spc: Context) -> None:
    ceremony_id = begin(spc)
    taken = Change.create("other#1", {"n": 1})
    spc.table.transact([taken])
    uses_up = ceremonies.finish(load(spc, ceremony_id), {"status": "authenticated"}, spc.now())
    with pytest.raises(TransactionRefused) as refused:
        spc.table.transact([uses_up, taken])
    assert set(refused.value.failed) == {"other#1"}
    assert status(spc, ceremony_id) == "pending"


def test_while_the_key_is_rolled_the_challenge_of_before_will_do_and_is_gone_with_it(
    spc: Context, roll: Callable[..., None]
) -> None:
    roll("old")
    ceremony_id = begin(spc)
    (before,) = ceremonies.challenges(ceremony_id)
    roll("new", "old")
    assert before in ceremonies.challenges(ceremony_id)
    assert len(set(ceremonies.challenges(ceremony_id))) == 2
    assert load(spc, ceremony_id)
    fresh = begin(spc)
    roll("new")
    assert load(spc, fresh)
    assert refusal(load, spc, ceremony_id).code == "unknown_ceremony"


def test_what_became_of_it_is_known_without_the_key_that_its_id_was_made_with(
    spc: Context, roll: Callable[..., None]
) -> None:
    roll("old")
    ceremony_id = begin(spc)
    finish(spc, ceremony_id, note="kept")
    roll("new")
    item = kept(spc, ceremony_id)
    assert (item["note"], ceremonies.status_of(item, spc.now())) == ("kept", "authenticated")


def test_one_that_can_not_be_stored_is_none(spc: Context, quick: QuickDynamoDB) -> None:
    quick.failures["PutItem"] = deque(["ThrottlingException"])
    assert refusal(begin, spc).code == "storage_unavailable"
    assert quick.rows == {}
