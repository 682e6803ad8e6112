"""The machine of payments: what may happen in each state, and nothing else."""

from collections.abc import Iterator
from typing import get_args

import pytest
from msgspec.structs import replace

from countersign.payments.attempt import Attempt, Creation, Settlement
from countersign.payments.due import ACTS_WITHIN, SOON, UNREACHABLE, due_at
from countersign.payments.machine import MOVES, IllegalMove, MoveName, move
from countersign.payments.payment_record import LASTS, PaymentRecord
from countersign.payments.status import BEFORE_CARD, ENDED, NEXT_OF, OPEN, Status
from countersign.spc.ceremony_record import LIFETIME
from countersign.step_up.policy import NextStep
from tests.support.clock import START
from tests.support.payment_objects import new_payment

STATUSES: tuple[Status, ...] = get_args(Status)
NAMES: tuple[MoveName, ...] = get_args(MoveName)
SETTLED = Settlement("capture", START, "approved", "succeeded")


def stored(status: Status, **members: object) -> PaymentRecord:
    """A payment that was written before, in this status."""
    return new_payment(status=status, rev=3, **members)


def every_move() -> Iterator[tuple[MoveName, Status, Status]]:
    for name in NAMES:
        for begins in STATUSES:
            for ends in STATUSES:
                yield name, begins, ends


def test_every_move_has_its_row() -> None:
    assert set(MOVES) == set(NAMES)
    for known in MOVES.values():
        assert known.begins | known.ends <= set(STATUSES)
        assert known.means
        assert known.by


def test_only_the_moves_of_the_machine_are_possible() -> None:
    for name, begins, ends in every_move():
        known = MOVES[name]
        is_known = begins in known.begins and ends in known.ends
        is_known &= name != "record" or begins == ends
        if is_known:
            moved = move(stored(begins), name, ends, START + 5)
            assert (moved.status, moved.rev) == (ends, 4)
            assert (moved.steps[-1].did, moved.steps[-1].at) == (name, START + 5)
            continue
        with pytest.raises(IllegalMove):
            move(stored(begins), name, ends, START + 5)


def test_a_payment_begins_by_its_creation_alone() -> None:
    for name in NAMES:
        for ends in STATUSES:
            if name == "create" and ends in MOVES["create"].ends:
                assert move(new_payment(), name, ends, START).rev == 1
                continue
            with pytest.raises(IllegalMove):
                move(new_payment(), name, ends, START)


def test_a_final_state_is_never_left() -> None:
    for name, begins, ends in every_move():
        if begins in ENDED and begins in MOVES[name].begins and ends in MOVES[name].ends:
            assert name == "record", name


def test_whatever_is_recorded_of_a_payment_leaves_its_status_as_it_is() -> None:
    for begins in STATUSES:
        for ends in STATUSES:
            if begins == ends:
                assert move(stored(begins), "record", ends, START).status == begins
                continue
            with pytest.raises(IllegalMove):
                move(stored(begins), "record", ends, START)


def test_every_open_state_can_end_and_can_be_settled() -> None:
    for status in OPEN:
        move(stored(status), "settle", "processing", START)
        for ends in ENDED:
            move(stored(status), "finish", ends, START)


def test_a_payment_is_settled_once() -> None:
    once = stored("processing", settle=SETTLED)
    with pytest.raises(IllegalMove):
        move(once, "settle", "processing", START, settle=replace(SETTLED, kind="cancel"))


def test_the_end_of_a_payment_has_its_moment_and_nothing_next() -> None:
    open_ = stored("processing", next="pay", due_at=START)
    for status in ENDED:
        ended = move(open_, "finish", status, START + 9)
        assert (ended.ended_at, ended.next, ended.due_at) == (START + 9, None, None)
        later = move(ended, "record", status, START + 99)
        assert later.ended_at == START + 9


def test_a_step_has_its_facts() -> None:
    moved = move(stored("processing"), "decline", "ready", START, {"code": "card_declined"})
    assert moved.steps[-1].facts == {"code": "card_declined"}


def test_each_call_to_stripe_follows_a_claim_and_has_a_key() -> None:
    calling = {name: known for name, known in MOVES.items() if known.call}
    assert {known.call for known in calling.values()} == {"create", "update", "confirm", "capture"}
    for known in calling.values():
        assert known.claims
        assert known.key
        assert "processing" in known.ends


def test_every_next_of_a_decision_puts_a_payment_somewhere() -> None:
    assert set(NEXT_OF) == set(get_args(NextStep))
    assert set(NEXT_OF.values()) <= MOVES["name_card"].ends


@pytest.mark.parametrize("status", sorted(OPEN))
def test_an_open_payment_is_always_due(status: Status) -> None:
    late = START + LASTS
    running = Attempt(1, "card", START, {})
    for asked_at in (None, START, late):
        for now in (START, START + LIFETIME, late, late + 86400):
            record = stored(status, asked_at=asked_at, attempt=running)
            found = due_at(record, now)
            assert found is not None
            assert found <= max(late, now + UNREACHABLE)


def test_what_has_ended_is_due_no_more() -> None:
    assert all(due_at(stored(status), START) is None for status in ENDED)


def test_each_wait_has_its_time() -> None:
    at = START + 100
    assert due_at(stored("processing"), at) == at + SOON
    assert due_at(stored("in_review"), at) == at + SOON
    assert due_at(stored("unreachable"), at) == at + UNREACHABLE
    acting = stored("requires_action", attempt=Attempt(1, "card", START, {}))
    assert due_at(acting, at) == START + ACTS_WITHIN
    asked = stored("requires_step_up", asked_at=START)
    assert due_at(asked, at) == at + SOON
    assert due_at(asked, START + LIFETIME + SOON) == START + LASTS
    for status in BEFORE_CARD - {"in_review"}:
        assert due_at(stored(status), at) == START + LASTS


def test_a_creation_runs_until_its_outcome_is_known() -> None:
    claim = Creation(START, {})
    assert stored("processing", creation=claim).is_running
    assert stored("unreachable", creation=claim).is_running
    assert not stored("ready", creation=replace(claim, over=True)).is_running
    assert not stored("processing", creation=claim, payment_intent="pi_1").is_running


def test_an_attempt_runs_until_it_has_ended() -> None:
    attempt = Attempt(1, "card", START, {})
    known = {"creation": Creation(START, {}), "payment_intent": "pi_1"}
    assert stored("processing", attempt=attempt, **known).is_running
    assert not stored("ready", attempt=replace(attempt, ended=True), **known).is_running
