"""The ceremony: one question, for six minutes, answered once or tried five times."""

from collections import deque
from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from countersign.aws.changes import Change, TransactionRefused
from countersign.spc import ceremonies
from countersign.spc.ceremony_record import Ceremony
from countersign.spc.context import Context
from countersign.spc.payment_ceremony import Confirmation, PaymentCeremony
from countersign.spc.registration_ceremony import RegistrationCeremony
from tests.support.authenticator import unb64
from tests.support.clock import Clock
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_payments import PLAIN
from tests.support.spc_people import (
    ACCOUNT,
    CARD_SCOPE,
    FIRST,
    SHOP,
    USER,
    asked,
    begun,
    handle_of,
    registered,
)
from tests.support.threads import at_once
from tests.support.visits import refusal

MINUTES = 60


def begin(context: Context) -> PaymentCeremony:
    """A payment's ceremony that has begun."""
    now = context.now()
    ceremony = PaymentCeremony(
        id=ceremonies.new_id(),
        user=USER,
        began_at=now,
        ends_at=now + ceremonies.LIFETIME,
        scope=CARD_SCOPE,
        payee_version=0,
        payer="A" * 43,
        amount=1099,
        currency="eur",
        credentials={"AAAA": 7},
        checkout_origins=(SHOP,),
        terms=replace(PLAIN.terms, challenges=()),
    )
    ceremonies.begin(context.table, ceremony)
    return ceremony


def load(context: Context, ceremony_id: str) -> PaymentCeremony:
    return ceremonies.load(context.table, PaymentCeremony, ceremony_id)


def load_kept(context: Context, ceremony_id: str) -> PaymentCeremony:
    return ceremonies.load_kept(context.table, PaymentCeremony, ceremony_id)


def finish(context: Context, ceremony: Ceremony, credential_id: str = "AAAA") -> None:
    result = Confirmation(context.now(), credential_id, "absent", False, False)
    change = ceremonies.finish_change(ceremony, result.to_item(), context.now())
    context.table.transact([change])


def status(context: Context, ceremony: Ceremony) -> str:
    return ceremonies.status_of(load(context, ceremony.id), context.now())


def waiting(context: Context, ceremony: Ceremony) -> None:
    ceremonies.check_waiting(load(context, ceremony.id), context.now())


def test_a_ceremony_is_loaded_as_it_was_begun_and_lasts_six_minutes(
    spc: Context, clock: Clock
) -> None:
    ceremony = begin(spc)
    assert load(spc, ceremony.id) == load_kept(spc, ceremony.id) == ceremony
    assert (ceremony.began_at, ceremony.ends_at) == (clock(), clock() + 6 * MINUTES)
    assert status(spc, ceremony) == "pending"
    waiting(spc, ceremony)


def test_what_is_stored_of_a_payment_has_these_attributes(spc: Context, clock: Clock) -> None:
    ceremony, began = begin(spc), clock()
    item = spc.table.get(f"ceremony#{ceremony.id}")
    assert item is not None
    assert item.pop("terms")["rp_id"] == PLAIN.terms.rp_id
    begins = {
        "pk": f"ceremony#{ceremony.id}", "kind": "payment", "user": USER, "status": "pending", "tries": 0,
        "began_at": began, "ends_at": began + 360, "expires_at": began + 30 * 24 * 3600, "account_id": ACCOUNT,
        "installation": FIRST, "fingerprint": "card-1", "payee_version": 0,
        "payer": "A" * 43, "amount": 1099, "currency": "eur", "credentials": {"AAAA": 7}, "checkout_origins": [SHOP],
        "rev": 1,
    }  # fmt: skip
    assert item == begins
    finish(spc, ceremony)
    item = spc.table.get(f"ceremony#{ceremony.id}")
    assert item is not None
    del item["terms"]
    assert item == begins | {
        "status": "authenticated", "authenticated_at": began, "credential_id": "AAAA", "browser_bound": "absent",
        "backed_up": False, "step_up_required": False, "changed_at": began, "rev": 2,
    }  # fmt: skip


def test_a_registration_is_kept_as_long_as_a_key_may_stand_for_it(
    spc: Context, clock: Clock
) -> None:
    """From its end, that is, and a key counts for 24 hours."""
    item = spc.table.get(f"ceremony#{begun(spc)['ceremony_id']}")
    assert item is not None
    assert item["expires_at"] == clock() + 6 * MINUTES + 24 * 3600


def test_no_two_ceremonies_are_alike(spc: Context) -> None:
    ids = [begin(spc).id for _ in range(20)]
    assert len(set(ids)) == 20
    assert len({ceremonies.challenges(each)[0] for each in ids}) == 20
    assert all(len(unb64(ceremonies.challenges(each)[0])) == 32 for each in ids)


def test_a_challenge_cannot_be_read_from_what_is_stored(spc: Context, quick: QuickDynamoDB) -> None:
    registered(spc)
    question = [asked(spc)["request"]["challenge"], begun(spc)["publicKey"]["challenge"]]
    stored = repr(quick.rows)
    for challenge in question:
        assert challenge not in stored
        assert unb64(challenge).hex() not in stored
        assert challenge[:22] not in stored


def test_a_challenge_does_not_follow_from_the_id_without_the_key(
    spc: Context, roll: Callable[..., None]
) -> None:
    roll("one")
    ceremony_id = begin(spc).id
    (mine,) = ceremonies.challenges(ceremony_id)
    assert ceremonies.challenges(ceremony_id) == (mine,)
    roll("two")
    assert ceremonies.challenges(ceremony_id) != (mine,)
    assert mine not in ceremony_id


def test_a_ceremony_of_another_kind_is_not_known(spc: Context) -> None:
    payment, registration = begin(spc).id, begun(spc)["ceremony_id"]
    for find in (ceremonies.load, ceremonies.load_kept):
        assert refusal(find, spc.table, RegistrationCeremony, payment).code == "unknown_ceremony"
        assert refusal(find, spc.table, PaymentCeremony, registration).code == "unknown_ceremony"


@pytest.mark.parametrize("junk", ["", "x", "é" * 43, "A" * 255, "\ud800", "a#b", "A" * 43])
def test_an_id_that_is_not_ours_costs_no_read(
    spc: Context, quick: QuickDynamoDB, junk: str
) -> None:
    quick.failures["GetItem"] = deque(["InternalServerError"])
    problem = refusal(load, spc, junk)
    assert (problem.status, problem.code) == (404, "unknown_ceremony")
    if len(junk) != 43 or not junk.isascii():  # where the caller is known, any id of ours is read
        assert refusal(load_kept, spc, junk).code == "unknown_ceremony"
    assert len(quick.failures["GetItem"]) == 1


def test_a_payers_handle_is_no_ceremony(spc: Context) -> None:
    for find in (load, load_kept):
        assert refusal(find, spc, handle_of(spc)).code == "unknown_ceremony"


def test_a_ceremony_ends_after_six_minutes_to_the_second(spc: Context, clock: Clock) -> None:
    one, other = begin(spc), begin(spc)
    clock.advance(6 * MINUTES - 1)
    waiting(spc, one)
    finish(spc, one)
    clock.advance(1)
    problem = refusal(waiting, spc, other)
    assert (problem.status, problem.code) == (410, "ceremony_expired")
    assert (status(spc, one), status(spc, other)) == ("authenticated", "expired")
    with pytest.raises(TransactionRefused):
        finish(spc, other)
    stored = TransactionRefused({one.pk: spc.table.get(one.pk)})  # answered before it ended
    problem = refusal(ceremonies.check_finished, stored, one, spc.now())
    assert problem.code == "ceremony_already_used"


def test_a_ceremony_is_used_once(spc: Context) -> None:
    ceremony = begin(spc)
    finish(spc, ceremony, "first")
    problem = refusal(waiting, spc, ceremony)
    assert (problem.status, problem.code) == (409, "ceremony_already_used")
    with pytest.raises(TransactionRefused):
        finish(spc, ceremony, "second")
    confirmation = load(spc, ceremony.id).confirmation
    assert confirmation is not None
    assert confirmation.credential_id == "first"


def test_a_ceremony_that_is_used_six_times_at_once_is_used_once(spc: Context) -> None:
    for _ in range(6):
        ceremony = begin(spc)
        calls = [partial(finish, spc, ceremony, f"{number}") for number in range(6)]
        results = at_once(calls)
        (winner,) = [number for number, each in enumerate(results) if each is None]
        assert all(isinstance(each, TransactionRefused) for each in results if each is not None)
        confirmation = load(spc, ceremony.id).confirmation
        assert confirmation is not None
        assert confirmation.credential_id == f"{winner}"


def test_five_tries_use_a_ceremony_up_and_four_do_not(spc: Context) -> None:
    """Also for an answer that was read before the tries were counted."""
    ceremony = begin(spc)
    for _ in range(4):
        ceremonies.count_try(spc.table, ceremony, spc.now())
    assert status(spc, ceremony) == "pending"
    waiting(spc, ceremony)
    ceremonies.count_try(spc.table, ceremony, spc.now())
    assert status(spc, ceremony) == "failed"
    assert refusal(waiting, spc, ceremony).code == "ceremony_already_used"
    with pytest.raises(TransactionRefused):
        finish(spc, ceremony)
    assert status(spc, ceremony) == "failed"


def test_no_more_than_five_tries_are_counted_at_once_and_none_after_the_end(spc: Context) -> None:
    ceremony, other = begin(spc), begin(spc)
    at_once([partial(ceremonies.count_try, spc.table, ceremony, spc.now())] * 8)
    assert load(spc, ceremony.id).tries == 5
    finish(spc, other)
    ceremonies.count_try(spc.table, other, spc.now())
    assert load(spc, other.id).tries == 0
    assert status(spc, other) == "authenticated"


def test_a_failed_ceremony_stays_failed_and_a_finished_one_is_not_undone(
    spc: Context, clock: Clock
) -> None:
    failed, tried, done = begin(spc), begin(spc), begin(spc)
    ceremonies.fail(spc.table, failed, spc.now())
    for _ in range(5):
        ceremonies.count_try(spc.table, tried, spc.now())
    with pytest.raises(TransactionRefused):
        finish(spc, failed)
    finish(spc, done)
    ceremonies.fail(spc.table, done, spc.now())
    clock.advance(3600)
    found = [status(spc, ceremony) for ceremony in (failed, tried, done)]
    assert found == ["failed", "failed", "authenticated"]
    assert refusal(waiting, spc, failed).code == "ceremony_already_used"


def test_the_change_that_uses_a_ceremony_up_goes_with_others_or_not_at_all(spc: Context) -> None:
    ceremony = begin(spc)
    taken = Change.create("other#1", {"n": 1})
    spc.table.transact([taken])
    uses_up = ceremonies.finish_change(ceremony, {"authenticated_at": spc.now()}, spc.now())
    with pytest.raises(TransactionRefused) as refused:
        spc.table.transact([uses_up, taken])
    assert set(refused.value.failed) == {"other#1"}
    assert status(spc, ceremony) == "pending"


def test_while_the_key_is_rolled_the_challenge_of_before_is_good_and_gone_with_the_key(
    spc: Context, roll: Callable[..., None]
) -> None:
    roll("old")
    ceremony = begin(spc)
    (before,) = ceremonies.challenges(ceremony.id)
    roll("new", "old")
    assert before in ceremonies.challenges(ceremony.id)
    assert len(set(ceremonies.challenges(ceremony.id))) == 2
    assert load(spc, ceremony.id)
    fresh = begin(spc)
    roll("new")
    assert load(spc, fresh.id)
    assert refusal(load, spc, ceremony.id).code == "unknown_ceremony"


def test_what_became_of_a_ceremony_is_known_for_a_month_and_without_its_key(
    spc: Context, roll: Callable[..., None], clock: Clock
) -> None:
    roll("old")
    ceremony = begin(spc)
    finish(spc, ceremony)
    clock.advance(20 * 24 * 3600)
    assert status(spc, ceremony) == "authenticated"
    roll("new")
    assert ceremonies.status_of(load_kept(spc, ceremony.id), spc.now()) == "authenticated"


def test_a_ceremony_that_cannot_be_stored_has_not_begun(spc: Context, quick: QuickDynamoDB) -> None:
    quick.failures["PutItem"] = deque(["ThrottlingException"])
    assert refusal(begin, spc).code == "storage_unavailable"
    assert quick.rows == {}
