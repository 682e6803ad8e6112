"""The slot of a user: every step goes from what was read, or not at all."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.identity import slots
from countersign.identity.slots import OLD_CLAIM, Slot, SlotMoved, slot_key
from tests.support.clock import START
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import World

WANTED = Slot(
    slot_key("user_1"),
    create_params={"type": "document", "options": {"document": {"require_live_capture": True}}},
    claimed_at=START,
    return_handle="handle",
)
OTHER = replace(WANTED, create_params={"verification_flow": "vf_1"}, return_handle="other")

Move = Callable[[Table, Slot], Any]
MOVES: dict[str, Move] = {
    "bind": lambda table, slot: slots.bind(table, slot, "vs_1"),
    "regenerate": lambda table, slot: slots.regenerate(table, slot, START + 1),
    "release": slots.release,
    "advance": lambda table, slot: slots.advance(table, slot, OTHER),
}


@pytest.fixture
def table(world: World) -> Table:
    return world.context.table


def test_the_first_claim_wins_and_every_request_gets_it(table: Table) -> None:
    assert slots.load(table, WANTED.pk) is None
    assert slots.claim(table, WANTED) == WANTED
    assert slots.claim(table, OTHER) == WANTED
    assert slots.load(table, WANTED.pk) == WANTED


def test_what_a_later_version_adds_to_a_slot_is_ignored() -> None:
    assert Slot.from_item({**WANTED.to_item(), "later": "member"}) == WANTED


def test_a_key_does_not_reveal_its_user() -> None:
    assert slot_key("user_1") != slot_key("user_2")
    assert "user_1" not in slot_key("user_1")


def test_binding_again_changes_nothing_and_another_session_cannot_be_bound(table: Table) -> None:
    claimed = slots.claim(table, WANTED)
    bound = slots.bind(table, claimed, "vs_1")
    assert bound == replace(WANTED, session_id="vs_1")
    assert slots.bind(table, claimed, "vs_1") == bound
    assert slots.claim(table, OTHER) == bound
    with pytest.raises(SlotMoved):
        slots.bind(table, claimed, "vs_2")
    assert slots.load(table, WANTED.pk) == bound


def test_another_generation_is_the_same_attempt_under_a_fresh_claim(table: Table) -> None:
    again = slots.regenerate(table, slots.claim(table, WANTED), START + 9)
    assert again == replace(WANTED, generation=1, claimed_at=START + 9)
    assert slots.load(table, WANTED.pk) == again


def test_a_released_slot_is_free_for_other_parameters_and_forgets_no_check(table: Table) -> None:
    known = replace(WANTED, checks=frozenset({"vr_1:e1"}), earlier=("vs_0",), attempt=3)
    slots.release(table, slots.claim(table, known))
    taken = slots.claim(table, OTHER)
    assert taken.create_params == OTHER.create_params
    assert (taken.attempt, taken.generation) == (3, 1)
    assert (taken.checks, taken.earlier) == (known.checks, known.earlier)
    assert slots.load(table, WANTED.pk) == taken


def test_the_next_attempt_is_a_claim_that_remembers_the_last_sessions(table: Table) -> None:
    slot = slots.claim(table, WANTED)
    for number in range(1, 9):
        slot = slots.advance(table, slots.bind(table, slot, f"vs_{number}"), OTHER)
    assert (slot.attempt, slot.generation, slot.session_id) == (9, 0, None)
    assert slot.earlier == ("vs_8", "vs_7", "vs_6", "vs_5", "vs_4")
    assert slots.load(table, WANTED.pk) == slot


@pytest.mark.parametrize("first", ["regenerate", "release"])
@pytest.mark.parametrize("second", list(MOVES))
def test_nothing_continues_from_a_claim_that_has_moved(
    table: Table, first: str, second: str
) -> None:
    claimed = slots.claim(table, WANTED)
    MOVES[first](table, claimed)
    before = slots.load(table, WANTED.pk)
    with pytest.raises(SlotMoved):
        MOVES[second](table, claimed)
    assert slots.load(table, WANTED.pk) == before


@pytest.mark.parametrize("second", ["regenerate", "release"])
def test_a_claim_that_was_bound_meanwhile_cannot_be_given_up(table: Table, second: str) -> None:
    claimed = slots.claim(table, WANTED)
    bound = slots.bind(table, claimed, "vs_1")
    with pytest.raises(SlotMoved):
        MOVES[second](table, claimed)
    assert slots.load(table, WANTED.pk) == bound


@pytest.mark.parametrize("second", list(MOVES))
def test_nothing_continues_from_an_attempt_that_has_ended(table: Table, second: str) -> None:
    bound = slots.bind(table, slots.claim(table, WANTED), "vs_1")
    after = slots.advance(table, bound, OTHER)
    with pytest.raises(SlotMoved):
        MOVES[second](table, bound)
    assert slots.load(table, WANTED.pk) == after


def test_of_two_requests_for_a_released_slot_one_wins(table: Table) -> None:
    slots.release(table, slots.claim(table, WANTED))
    first = slots.claim(table, OTHER)
    assert slots.claim(table, WANTED) == first


@pytest.mark.parametrize(("age", "old"), [(0, False), (OLD_CLAIM, False), (OLD_CLAIM + 1, True)])
def test_a_claim_is_old_an_hour_before_stripe_forgets_its_key(age: int, old: bool) -> None:
    assert WANTED.is_old(START + age) == old
    assert OLD_CLAIM == 23 * 3600


class Meddled(QuickDynamoDB):
    """A table where another request does something just before one of the next items is put."""

    def __init__(self) -> None:
        super().__init__()
        self.before_put: list[Callable[[], Any]] = []

    def put_item(self, **request: Any) -> dict[str, Any]:
        if self.before_put:
            self.before_put.pop(0)()
        return super().put_item(**request)


@pytest.mark.parametrize(
    ("before", "put"), [("nothing", 0), ("canceled", 0), ("canceled", 1), ("released", 1)]
)
def test_a_request_whose_slot_others_move_follows_it(world: World, before: str, put: int) -> None:
    """`put` is which of its writes the others come before: the claim, or what follows from it."""
    client: Any = Meddled()
    world.context = replace(world.context, table=Table("quick", client))
    if before == "canceled":
        world.stripe.cancel(world.open())
    if before == "released":
        world.stripe.fails("create", "refused")
        assert world.refused() == (500, "verification_misconfigured")
    client.before_put = [lambda: None] * put + [world.open]
    session_id = world.open()
    assert world.at_stripe()[-1] == session_id
    assert len(world.at_stripe()) == (2 if before == "canceled" else 1)
    assert world.slot().session_id == session_id
