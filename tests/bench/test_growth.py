"""What grows is noticed: with what is stored, in what all share, and in a worker's memory."""

import pytest

from bench.growth.__main__ import figure
from bench.growth.deployment import Deployment
from bench.growth.memory import measure_memory
from bench.growth.metered_dynamodb import MeteredDynamoDB
from bench.growth.population import copy
from bench.payments.meter import Used
from tests.support.clock import Clock

FLAT = Used(dynamodb=4, reads=1, writes=5, stripe=1)


def test_a_call_that_always_takes_the_same_is_flat() -> None:
    assert figure("a call", [FLAT, FLAT, FLAT]).is_within


@pytest.mark.parametrize(
    "more",
    [Used(dynamodb=1), Used(reads=0.5), Used(writes=1), Used(stripe=1)],
)
def test_whatever_a_call_takes_more_of_is_over_the_goal(more: Used) -> None:
    assert not figure("a call", [FLAT, FLAT, FLAT.plus(more)]).is_within
    assert not figure("a call", [FLAT, FLAT.plus(more), FLAT]).is_within
    assert not figure("a call", [Used(), Used(), more]).is_within


def test_copies_are_as_large_and_in_the_indexes_too() -> None:
    dynamodb = MeteredDynamoDB({"identity": {}})
    deployed = Deployment(None, None, dynamodb, Clock())  # type: ignore[arg-type]
    original = {"pk": {"S": "session#vs_1234567"}, "by_due": {"S": "7"}, "due_at": {"N": "5"}}
    copy(deployed, [{("identity", "session#vs_1234567"): original}], 100, 103)
    assert dynamodb.rows == {
        key: original | {"pk": {"S": key}}
        for key in ("session#vs_0000100", "session#vs_0000101", "session#vs_0000102")
    }


@pytest.mark.exhaustive
def test_the_memory_of_a_worker_is_read_after_each_count() -> None:
    few, more = measure_memory((6, 12))
    assert few > 10e6
    assert few / 1.5 < more < few * 1.5
