"""`Idempotency-Key`: the same key and body give the same resource, for 24 hours."""

import time
from typing import Any

import pytest

from countersign.aws.table import Table
from countersign.http.idempotency import (
    KEEP,
    LOCK,
    IdempotencyKey,
    create_once,
)
from countersign.problems import Problem, Unavailable
from tests.support.visits import refusal


def key(name: str = "key-1", body: bytes = b"{}", **members: str) -> IdempotencyKey:
    scope = {"subject": "user_1", "route": "create"} | members
    return IdempotencyKey(scope["subject"], scope["route"], name, body)


class Maker:
    """Make a new resource each time; asking for it again gives it a fresh secret."""

    def __init__(self) -> None:
        self.made = 0
        self.again = 0

    def create(self) -> tuple[str, str]:
        self.made += 1
        return f"r{self.made}", f"r{self.made} with secret_canary"

    def repeat(self, resource_id: str) -> str:
        self.again += 1
        return f"{resource_id} again"

    def ask(self, table: Table, asked: IdempotencyKey) -> str:
        return create_once(table, asked, self.create, self.repeat)


@pytest.fixture
def maker() -> Maker:
    return Maker()


def remembered(table: Table, asked: IdempotencyKey, **members: Any) -> None:
    """A record that an earlier request left."""
    now = int(time.time())
    record = {"pk": asked.pk, "body_hash": asked.body_hash, "began_at": now}
    table.put(record | {"expires_at": now + KEEP} | members, "attribute_not_exists(pk)")


def test_a_new_key_makes_the_resource(table: Table, maker: Maker) -> None:
    assert maker.ask(table, key()) == "r1 with secret_canary"


def test_the_same_key_and_body_give_the_same_resource_again(table: Table, maker: Maker) -> None:
    maker.ask(table, key())
    assert [maker.ask(table, key()) for _ in range(3)] == ["r1 again"] * 3
    assert maker.made == 1


def test_another_body_is_refused(table: Table, maker: Maker) -> None:
    maker.ask(table, key())
    for body in (b"", b"{} ", b'{"flow":"modal"}'):
        problem = refusal(maker.ask, table, key(body=body))
        assert (problem.status, problem.code) == (409, "idempotency_key_reused")
    assert (maker.made, maker.again) == (1, 0)


@pytest.mark.parametrize(
    "other",
    [key("key-2"), key(subject="user_2"), key(route="other"), key("1", subject="user_1key-")],
)
def test_another_caller_route_or_key_is_another_request(
    table: Table, maker: Maker, other: IdempotencyKey
) -> None:
    maker.ask(table, key())
    assert maker.ask(table, other) == "r2 with secret_canary"


def test_no_caller_can_pose_as_another_by_the_characters_of_a_key() -> None:
    parts = ('a", "b', "a", "b", 'a"', '"', "\\", 'b"]')
    pks = {IdempotencyKey(s, r, k, b"").pk for s in parts for r in parts for k in parts}
    assert len(pks) == len(parts) ** 3


def test_while_the_first_is_running_the_second_is_told_so(table: Table, maker: Maker) -> None:
    def create() -> tuple[str, str]:
        problem = refusal(maker.ask, table, key())
        assert (problem.status, problem.code) == (409, "request_in_progress")
        assert int(problem.headers["Retry-After"]) > 0
        return "r1", "made"

    assert create_once(table, key(), create, maker.repeat) == "made"
    assert maker.made == 0


def test_a_key_with_another_body_is_refused_while_the_first_is_running(
    table: Table, maker: Maker
) -> None:
    remembered(table, key())
    assert refusal(maker.ask, table, key(body=b"x")).code == "idempotency_key_reused"


@pytest.mark.parametrize("age", [0, LOCK - 2])
def test_a_lock_that_may_still_be_held_is_respected(table: Table, maker: Maker, age: int) -> None:
    remembered(table, key(), began_at=int(time.time()) - age)
    assert refusal(maker.ask, table, key()).code == "request_in_progress"


@pytest.mark.parametrize("age", [LOCK, LOCK + 1000])
def test_an_abandoned_lock_is_taken_over_by_the_same_request(
    table: Table, maker: Maker, age: int
) -> None:
    remembered(table, key(), began_at=int(time.time()) - age)
    assert maker.ask(table, key()) == "r1 with secret_canary"
    assert maker.ask(table, key()) == "r1 again"


def test_an_abandoned_lock_is_not_taken_over_by_another_body(table: Table, maker: Maker) -> None:
    remembered(table, key(), began_at=int(time.time()) - LOCK - 1)
    assert refusal(maker.ask, table, key(body=b"x")).code == "idempotency_key_reused"


def test_a_finished_request_is_remembered_for_24_hours(table: Table, maker: Maker) -> None:
    old = int(time.time()) - KEEP + 60
    remembered(table, key(), began_at=old, expires_at=old + KEEP, resource_id="r0")
    assert maker.ask(table, key()) == "r0 again"


@pytest.mark.parametrize("body", [b"{}", b"other"])
def test_after_24_hours_a_key_is_new_though_its_record_is_still_there(
    table: Table, maker: Maker, body: bytes
) -> None:
    remembered(table, key(), expires_at=int(time.time()) - 1, resource_id="r0")
    assert maker.ask(table, key(body=body)) == "r1 with secret_canary"
    assert maker.ask(table, key(body=body)) == "r1 again"


@pytest.mark.parametrize("failure", [Problem(409, "x", "y"), Unavailable("stripe"), ValueError()])
def test_a_request_that_fails_frees_its_key(table: Table, maker: Maker, failure: Exception) -> None:
    def create() -> tuple[str, str]:
        raise failure

    with pytest.raises(type(failure)):
        create_once(table, key(), create, maker.repeat)
    assert table.get(key().pk) is None
    assert maker.ask(table, key(body=b"other")) == "r1 with secret_canary"


def test_a_failing_repetition_keeps_the_resource(table: Table, maker: Maker) -> None:
    maker.ask(table, key())

    def again(_: str) -> str:
        raise Unavailable("stripe")

    with pytest.raises(Unavailable):
        create_once(table, key(), maker.create, again)
    assert maker.ask(table, key()) == "r1 again"


def test_who_was_overtaken_does_not_undo_what_the_other_made(table: Table, maker: Maker) -> None:
    """A request that took longer than the lock, and fails in the end."""

    def create() -> tuple[str, str]:
        table.update(key().pk, "SET began_at = :t", "attribute_exists(pk)", {":t": 1})
        assert maker.ask(table, key()) == "r1 with secret_canary"
        raise Unavailable("stripe")

    with pytest.raises(Unavailable):
        create_once(table, key(), create, maker.repeat)
    assert maker.ask(table, key()) == "r1 again"


def test_who_was_overtaken_does_not_replace_what_the_other_made(table: Table, maker: Maker) -> None:
    """A request that took longer than the lock, and has made something of its own in the end."""

    def create() -> tuple[str, str]:
        taken = "SET claim = :other, resource_id = :made"
        values = {":other": "of the other", ":made": "r_of_the_other"}
        table.update(key().pk, taken, "attribute_exists(pk)", values)
        return "r_of_its_own", "made"

    assert create_once(table, key(), create, maker.repeat) == "made"
    assert maker.ask(table, key()) == "r_of_the_other again"


def test_a_record_has_no_answer_no_body_and_no_key(table: Table, maker: Maker) -> None:
    asked = key("key_canary", b'{"email": "canary@example.com"}')
    maker.ask(table, asked)
    record = table.get(asked.pk)
    assert record is not None
    assert set(record) == {
        "pk", "body_hash", "claim", "began_at", "expires_at", "resource_id",
    }  # fmt: skip
    assert "canary" not in str(record)
    assert record["expires_at"] - record["began_at"] == KEEP
