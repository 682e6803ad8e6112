"""The quick DynamoDB of the property tests answers as moto's does, to this project's expressions."""

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.aws.changes import ConditionFailed
from countersign.aws.table import Table
from countersign.identity import slots
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import claim_read, load, store_snapshot, update_known
from tests.support.fuzz import few
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.storage import create_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

snapshots = st.builds(
    Snapshot,
    id=st.just("vs_1"),
    ord=st.sampled_from(["000000000010", "000000000023evt_a", "000000000023evt_b", "100000000010"]),
    status=st.sampled_from(["requires_input", "canceled"]),
    last_error=st.sampled_from([None, {"code": "abandoned", "message": ""}]),
    livemode=st.booleans(),
    created=st.integers(0, 3),
    user=st.sampled_from([None, "user_1", "user_2"]),
    attempt=st.sampled_from([None, 1, 2]),
    report=st.just("vr_1"),
    mark=st.sampled_from([None, "vr_1:e5", "vr_1:r3"]),
    certain=st.booleans(),
)
stores = st.tuples(st.just("store"), snapshots, st.booleans(), st.booleans())
polls = st.tuples(st.just("poll"), st.integers(0, 20), st.none(), st.none())


def did(table: Table, command: tuple[Any, ...]) -> Any:
    """What a command answers, and what is stored then."""
    name, first, known_only, hands_out = command
    if name == "poll":
        session = load(table, "vs_1")
        done: Any = claim_read(table, session, first) if session else None
    elif known_only:
        done = update_known(table, first)
    else:
        done = store_snapshot(table, first, hands_out=hands_out)
    return done, table.get("session#vs_1")


@few(2)
@given(st.lists(stores | polls, max_size=8))
def test_it_stores_snapshots_as_moto_does(
    dynamodb: "DynamoDBClient", commands: list[tuple[Any, ...]]
) -> None:
    slow = Table(create_table(dynamodb), dynamodb)
    quick = Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    for command in commands:
        assert did(quick, command) == did(slow, command)


def test_it_moves_slots_as_moto_does(table: Table) -> None:
    quick = Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    assert _life_of_a_slot(quick) == _life_of_a_slot(table)


def _life_of_a_slot(table: Table) -> list[Any]:
    marks = frozenset({"vr_1:e1", "vr_2:r3"})
    wanted = slots.Slot("slot#1", create_params={"type": "document"}, claimed_at=5)
    claimed = slots.claim(table, wanted)
    seen: list[Any] = [claimed, slots.claim(table, wanted), table.get("slot#1")]
    again = slots.regenerate(table, claimed, 9)
    bound = slots.bind(table, again, "vs_1")
    seen += [again, bound, slots.bind(table, again, "vs_1"), table.get("slot#1")]
    for old, move in ((claimed, slots.release), (again, slots.release)):
        try:
            move(table, old)
        except slots.SlotMoved:
            seen.append("moved")
    seen += [slots.advance(table, bound, replace(wanted, checks=marks)), table.get("slot#1")]
    try:
        table.delete("slot#1", "attempt = :a", {":a": 1})
    except ConditionFailed as failed:
        seen.append(failed.item)
    table.delete("slot#1", "attempt = :a", {":a": 2})
    return [*seen, table.get("slot#1"), table.get_many(["slot#1", "slot#2"])]
