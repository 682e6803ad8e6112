"""What is told of verification sessions: whatever happens at Stripe, and however its events come."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.table import Table
from countersign.domain_events.identity_events import SessionState
from countersign.domain_events.told import present
from countersign.identity import store
from countersign.identity.context import Context
from countersign.identity.snapshot import Snapshot
from countersign.settings import Settings
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.fuzz import more
from tests.support.histories import FOREIGN, OWNERS, Command, History, histories
from tests.support.listener import Listener
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import DEPLOYMENT, Object
from tests.support.visits import World

STYLES = st.lists(st.sampled_from(["snapshot", "thin", "both"]), min_size=1, max_size=4)
STEPS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), max_size=25)


@pytest.fixture
def listener(world: World) -> Listener:
    return Listener("identity", world.dynamodb, world.clock)


def new_history(seed: int = 0) -> tuple[History, Listener]:
    """A deployment that has heard nothing yet of what is at Stripe."""
    clock, dynamodb = Clock(), QuickDynamoDB()
    table: Any = Table("quick", dynamodb)  # type: ignore[arg-type]
    stripe = FakeStripe(clock, seed)
    listener = Listener("identity", dynamodb, clock)
    return History(Context(table, stripe, Settings(DEPLOYMENT), clock), stripe, clock), listener


def state_of(truth: Object, number: int) -> SessionState:
    """What must be told of a session in the end."""
    return SessionState(
        user_id=OWNERS[number],
        status=truth["status"],
        error=(truth["last_error"] or {}).get("code"),
        attempt=truth["attempt"],
    )


@more(3)
@given(
    histories(),
    st.lists(st.integers(0, 60), max_size=60),
    st.integers(0, 2**32),
    st.just(["snapshot"]) | STYLES,
)
def test_every_history_ends_with_the_true_state_told(
    deployment: None, commands: list[Command], order: list[int], seed: int, styles: list[str]
) -> None:
    """Whatever the order and the number of deliveries, so that it is the same for all of them. The
    last that was told is also what is told again from the table, but for a session that was verified
    once: it is told as revoked then, whatever it is now.
    """
    history, listener = new_history(seed)
    history.styles = styles
    history.run(commands, order)
    now = listener.present()
    for number in (0, 1):
        session_id, truth = history.sessions[number], history.truth(number)
        last = listener.last(session_id)
        if truth["status"] == "requires_input" and truth["last_error"] is None:
            assert (last, now.get(session_id)) == (None, None)
            continue
        assert last is not None, "nothing was told"
        assert last.data == state_of(truth, number)
        again = now[session_id]
        assert again.data == last.data
        assert again.type in (last.type, "identity.revoked")
    assert listener.of[history.sessions[FOREIGN]] == []


@given(STEPS, st.integers(0, 2**32))
def test_in_stripes_order_each_happening_is_told_once_however_often_it_comes(
    deployment: None, steps: list[tuple[int, int]], seed: int
) -> None:
    history, listener = new_history(seed)
    for which, choice in steps:
        history._step(which, choice)
        history._pass(0, 1)
    for body in history.stripe.events:
        for _ in range(2):
            history._receive(body)
    for number in (0, 1):
        session_id = history.sessions[number]
        assert listener.types(session_id) == expected(history.stripe.bodies(session_id))


def expected(events: Sequence[Object]) -> list[str]:
    """What the events of a session tell one by one. A visit that ends without a check, and for the
    same reason as the last one, is nothing new.
    """
    told = list[str]()
    last: tuple[str, Any] = "", None
    for event in events:
        session, kind = event["data"]["object"], event["type"].rpartition(".")[2]
        error = session["last_error"]
        now = kind, error and (error["code"], session["last_verification_report"])
        if last[0] == "verified" and kind in ("processing", "requires_input", "canceled"):
            told.append("revoked")
        elif kind != "created" and now != last:
            told.append(kind)
        last = now
    return told


def test_a_new_session_its_polls_and_its_hand_outs_tell_nothing(
    world: World, listener: Listener
) -> None:
    session_id = world.open()
    assert listener.heard(store.claim_read, world.context.table, world.stored(session_id), world.clock()) == []  # fmt: skip
    for _ in range(3):
        assert listener.heard(world.open) == []
    assert listener.events == []
    assert listener.present() == {}


def test_a_poll_raises_no_revision(world: World) -> None:
    session_id = world.open()
    before = world.stored(session_id)
    assert store.claim_read(world.context.table, before, world.clock()) is True
    assert world.stored(session_id).rev == before.rev


def test_two_checks_that_fail_alike_are_two_events(world: World, listener: Listener) -> None:
    session_id = world.open()
    world.complete(session_id, times=2)
    assert listener.types(session_id) == ["processing", "requires_input"] * 2


def test_two_checks_that_fail_alike_are_two_events_to_one_who_only_reads(
    world: World, listener: Listener
) -> None:
    """A read that missed what came between them stores its report in a second write."""
    session_id = world.open()
    for _ in range(2):
        world.stripe.submit(session_id)
        world.stripe.fail(session_id)
        world.clock.advance(60)
        for _ in range(2):
            body = world.stripe.retrieve(session_id).body
            store.store_snapshot(world.context.table, Snapshot.from_read(body, world.clock()))
            world.clock.advance(60)
    assert listener.types(session_id) == ["requires_input"] * 2


def test_an_earlier_check_that_is_heard_of_late_tells_nothing(
    world: World, listener: Listener
) -> None:
    session_id = world.open()
    for _ in range(2):
        world.stripe.submit(session_id)
        world.stripe.fail(session_id)
        world.clock.advance(1)
    *_, first, _, last = world.stripe.bodies(session_id)
    world.receive(last)
    assert listener.heard(world.receive, first) == []
    assert len(world.stored(session_id).reports) == 2
    assert listener.types(session_id) == ["requires_input"]


def test_a_verification_that_is_taken_back_is_told_as_that_alone(
    world: World, listener: Listener
) -> None:
    session_id = world.open()
    world.verify(session_id)
    world.clock.advance(1)
    world.stripe.override(session_id)
    world.hear()
    assert listener.types(session_id) == ["processing", "verified", "revoked"]
    (event,) = listener.present().values()
    assert event == listener.last(session_id)


def test_what_was_verified_once_is_told_again_as_revoked_whatever_has_become_of_it(
    world: World, listener: Listener
) -> None:
    """Nobody who missed it would learn it otherwise."""
    session_id = world.open()
    world.verify(session_id)
    world.clock.advance(1)
    world.stripe.override(session_id)
    world.clock.advance(1)
    world.stripe.submit(session_id)
    world.hear()
    assert listener.types(session_id)[-2:] == ["revoked", "processing"]
    (event,) = listener.present().values()
    assert (event.type, event.data) == ("identity.revoked", listener.events[-1].data)


def test_a_redaction_of_an_unknown_session_is_told_once_its_user_is_known(
    world: World, listener: Listener
) -> None:
    session_id = world.open()
    world.verify(session_id)
    world.redact(session_id)
    world.dynamodb.rows.clear()
    _, first, *_, last = world.stripe.bodies(session_id)
    assert listener.heard(world.receive, last) == []
    assert listener.present() == {}
    assert listener.heard(world.receive, first) == ["identity.redacted"]
    (event,) = listener.present().values()
    assert event == listener.last(session_id)


def test_slots_and_other_items_of_the_table_tell_nothing(world: World, listener: Listener) -> None:
    world.open()
    kinds = {row["pk"]["S"].partition("#")[0] for row in world.dynamodb.rows.values()}
    assert len(kinds) > 2
    assert listener.events == []
    assert present("identity", {"pk": "payer#1"}) is None
