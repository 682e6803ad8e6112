"""Whatever order callbacks and events come in, and however often: what is stored is the same, and
what it says of the account is true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.installation_view import view
from countersign.installs.receive_event import receive_account_event
from countersign.installs.store import load
from countersign.problems import Problem
from tests.support.clock import START
from tests.support.installations import (
    ACCOUNT,
    OTHER,
    SECOND_ACCOUNT,
    USER,
    Begun,
    application_event,
    begun,
    come_back,
    in_thin_style,
    members_set,
)
from tests.support.quick_dynamodb import QuickDynamoDB

AUTHORIZED, DEAUTHORIZED = "authorized", "deauthorized"
FOREIGN = ("other application", "other account", "no account")
MEMBERS = {"payee_name": "Bakery", "checkout_origins": ["https://bakery.example"], "clients": ["c"]}
NOTHING: dict[str, Any] = {"payee_name": None, "checkout_origins": [], "clients": []}


@dataclass(frozen=True)
class Step:
    """What reaches the deployment: a callback of a user, an event, or the holder's members. Stripe
    has sent an event with an odd number in the thin style.
    """

    kind: str
    at: int = 0
    number: int = 0
    user: str = USER

    @property
    def event_id(self) -> str:
        return f"evt_{self.number}"


def steps_of(
    *kinds: str, numbers: int = 0, users: Sequence[str] = (USER,)
) -> st.SearchStrategy[Step]:
    seconds = st.integers(START - 2, START + 3)
    return st.builds(
        Step, st.sampled_from(kinds), seconds, st.integers(0, numbers), st.sampled_from(users)
    )


callbacks = steps_of("callback")
events = steps_of(AUTHORIZED, DEAUTHORIZED, numbers=3)
foreign = steps_of(*FOREIGN)
CALLBACK, EDIT = Step("callback", START), Step("edit")


class World:
    """One deployment, in which each callback comes by a link of its own, and a reload by the same."""

    def __init__(self, context: Context) -> None:
        quick: Any = QuickDynamoDB()
        self.context = replace(context, table=Table("quick", quick))
        self.links: dict[Step, Begun] = {}

    def live(self, step: Step) -> str:
        """What becomes of a step: the outcome of an event, the code of a refusal."""
        try:
            return self._live(step)
        except Problem as problem:
            return problem.code

    def _live(self, step: Step) -> str:
        if step.kind == "callback":
            link = self.links.setdefault(step, begun(self.context, step.user))
            come_back(self.context, link, at=step.at, user_id=f"usr_{step.at}")
            return "connected"
        if step.kind == "edit":
            edit_members(self.context, self.account(), MEMBERS)
            return "set"
        return receive_account_event(self.context, self._event(step))

    def _event(self, step: Step) -> Any:
        if step.kind not in FOREIGN:
            event = application_event(step.kind, step.at, step.event_id)
            return in_thin_style(event) if step.number % 2 else event
        event = application_event(DEAUTHORIZED, step.at, f"evt_foreign_{step.number}")
        if step.kind == "other application":
            return replace(event, object={"id": "ca_somebody", "object": "application"})
        return replace(event, account=SECOND_ACCOUNT if step.kind == "other account" else None)

    def account(self) -> Installation:
        return load(self.context.table, ACCOUNT)

    def stored(self) -> Installation:
        """The account, but for how often it was written."""
        return replace(self.account(), rev=None)


def expected(steps: Sequence[Step]) -> dict[str, Any]:
    """What must be true of the account, however the steps came."""

    def latest(kind: str) -> int:
        return max((step.at for step in steps if step.kind == kind), default=-1)

    installed, uninstalled = latest("callback"), latest(DEAUTHORIZED)
    stands = installed > uninstalled
    return {
        "status": "installed" if stands else "uninstalled",
        "livemode_confirmed": stands and latest(AUTHORIZED) > uninstalled,
        "installed_at": installed,
        "installed_by": f"usr_{installed}",
        "uninstalled_at": None if stands else uninstalled,
    }


@given(st.lists(callbacks | events | foreign, min_size=1, max_size=7), st.data())
@example([CALLBACK, Step(DEAUTHORIZED, START, 1)], None)
@example([CALLBACK, Step(DEAUTHORIZED, START - 1), Step(AUTHORIZED, START - 1)], None)
@example([Step(DEAUTHORIZED, START, 1), Step(DEAUTHORIZED, START, 2), Step("callback", START + 1)], None)  # fmt: skip
def test_every_order_and_number_of_deliveries_ends_the_same(
    installs: Context, steps: list[Step], data: Any
) -> None:
    again = data.draw(st.permutations(steps + steps)) if data else [*steps, *reversed(steps)]
    straight, mixed = World(installs), World(installs)
    for step in steps:
        straight.live(step)
    for step in again:
        mixed.live(step)
    assert mixed.stored() == straight.stored()
    found = mixed.account()
    assert found.user == (USER if any(step.kind == "callback" for step in steps) else None)
    if found.user:
        truth = expected(steps)
        assert truth.items() <= view(found, livemode=False, now=START).items()
        assert found.stands is (truth["status"] == "installed")
    else:
        assert (found.stands, found.is_confirmed) == (False, False)


@given(st.lists(callbacks | events | foreign, min_size=1, max_size=6))
def test_an_outcome_says_what_became_of_an_event(installs: Context, steps: list[Step]) -> None:
    world, seen = World(installs), set()
    for step in steps:
        before, outcome = world.stored(), world.live(step)
        if step.kind in ("other application", "no account"):
            assert outcome == "ignored"
        elif step.kind != "callback":
            assert outcome in {"duplicate", "superseded"} | (
                {"applied"} if step not in seen else set()
            )
        if outcome in ("ignored", "duplicate"):
            assert world.stored() == before
        seen.add(step)
        before = world.stored()
        assert world.live(step) in ("ignored", "duplicate", "superseded", "connected")
        assert world.stored() == before


@given(st.lists(callbacks | events | st.just(EDIT), min_size=2, max_size=8))
@example([CALLBACK, EDIT, Step("callback", START + 2), Step(DEAUTHORIZED, START + 1)])
@example([CALLBACK, EDIT, Step(DEAUTHORIZED, START + 1), Step("callback", START + 2)])
@example([CALLBACK, EDIT, Step("callback", START + 2), Step(AUTHORIZED, START + 2)])
@example([CALLBACK, Step("callback", START + 2), EDIT, Step(DEAUTHORIZED, START + 1)])
def test_members_last_as_long_as_the_installation_they_were_set_for(
    installs: Context, steps: list[Step]
) -> None:
    """A second callback takes nothing away; an uninstallation takes what was set before it, also
    when it is reported after the next callback.
    """
    world, set_for = World(installs), -1
    for step in steps:
        stood, at = world.account().stands, world.account().installed_at
        outcome = world.live(step)
        if step.kind == "edit":
            assert outcome == ("set" if stood else "not_installed")
            set_for = at if stood else set_for
    found = world.account()
    if found.user is not None:
        kept = found.stands and set_for > found.uninstalled_at
        assert (MEMBERS if kept else NOTHING).items() <= view(
            found, livemode=False, now=START
        ).items()


@given(st.lists(steps_of("callback", users=[USER, OTHER]) | events | st.just(EDIT), max_size=9))
def test_an_account_never_moves_while_it_is_held_and_is_free_afterwards(
    installs: Context, steps: list[Step]
) -> None:
    world, connected = World(installs), set()
    for step in steps:
        before = world.account()
        outcome = world.live(step)
        after = world.account()
        if before.stands and after.user != before.user:
            pytest.fail(f"{step} moved the account")
        if step.kind != "callback":
            assert after.user == before.user
        elif step in connected:  # a reload, which says what it said and changes nothing
            assert (outcome, after) == ("connected", before)
        elif before.stands and before.user != step.user:
            assert (outcome, after) == ("account_held_by_another_user", before)
        elif step.at > before.installed_at:
            assert (outcome, after.user) == ("connected", step.user)
            assert after.stands is (step.at > before.uninstalled_at)
            assert (members_set(after) == set()) or before.stands
        if outcome == "connected":
            connected.add(step)


def test_a_callback_changes_its_own_account_alone(installs: Context) -> None:
    world = World(installs)
    come_back(world.context, begun(world.context), SECOND_ACCOUNT)
    assert world.stored() == Installation(ACCOUNT)
