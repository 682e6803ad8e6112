"""What is told of installations, in whatever order callbacks and events come."""

from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.table import Table
from countersign.domain_events.app_events import AccountState, ChangedAccount
from countersign.domain_events.domain_event import DomainEvent
from countersign.installs import store
from countersign.installs.claim_changes import claim_changes
from countersign.installs.context import Context
from countersign.installs.installation import Installation, NewInstallation
from countersign.problems import Problem
from countersign.stripe_api.event_order import moment
from tests.support.clock import START, Clock
from tests.support.listener import Listener
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.users import qualified

ACCOUNT = "acct_1SQbakery"
HOLDER, OTHER = qualified("user_1"), qualified("user_2")
SETTINGS: dict[str, list[Any]] = {
    "payee_name": ["Bakery", "Bakery & Sons", None],
    "payee_origin": ["https://bakery.example", "https://sons.example", None],
    "payee_proven": ["https://bakery.example", "https://sons.example", None],
    "checkout_origins": [["https://a.example"], ["https://a.example", "https://b.example"], []],
    "clients": [["server"], ["server", "till"], []],
}
"""What the holder sets, and the proof of the origin that goes with it."""
UNTOLD: dict[str, Any] = {
    "country": "FR",
    "country_at": START,
    "country_tried_at": START,
    "permissions_missing": ["charge_write"],
    "checked_at": START,
    "payee_proven_at": START,
    "payee_tried_at": START,
}
"""What is learned of an account and is nobody's business but ours."""


class Account:
    """One account, its writes, and what they tell."""

    def __init__(self) -> None:
        self.clock = Clock()
        dynamodb: Any = QuickDynamoDB()
        self.table = Table("quick", dynamodb)
        self.listener = Listener("installs", dynamodb, self.clock)

    @property
    def now(self) -> Installation:
        return store.load(self.table, ACCOUNT)

    def callback(self, at: int = START, user: str = HOLDER) -> None:
        new = NewInstallation(user, ACCOUNT, f"usr_{at}", at)
        try:
            changes = claim_changes(self.table, self.now, new)
        except Problem:
            return
        if changes:
            self.table.transact(changes)

    def authorized(self, at: int = START) -> None:
        store.record_authorized(self.table, ACCOUNT, moment(at, f"evt_a{at}"))

    def uninstalled(self, at: int = START) -> None:
        store.record_uninstalled(self.table, ACCOUNT, moment(at, f"evt_u{at}"))

    def unreachable(self, at: int = START) -> None:
        store.learn(self.table, self.now, {"unreachable": moment(at)})

    def reached(self, at: int = START) -> None:
        store.learn(self.table, self.now, {"reached": moment(at)})

    def set(self, name: str, value: Any) -> None:
        if self.now.stands:
            store.set_members(self.table, self.now, {name: value})

    def learn(self, name: str) -> None:
        store.learn(self.table, self.now, {name: UNTOLD[name]})

    def types(self) -> list[str]:
        return self.listener.types(ACCOUNT)

    def last(self) -> DomainEvent:
        found = self.listener.last(ACCOUNT)
        assert found is not None, "nothing was told"
        return found


def calls() -> st.SearchStrategy[tuple[str, tuple[Any, ...]]]:
    seconds = st.integers(START - 2, START + 4)
    setting = st.sampled_from(
        [(name, value) for name, values in SETTINGS.items() for value in values]
    )
    return st.one_of(
        st.tuples(st.just("callback"), st.tuples(seconds, st.sampled_from([HOLDER, OTHER]))),
        st.tuples(st.sampled_from(["authorized", "uninstalled"]), st.tuples(seconds)),
        st.tuples(st.sampled_from(["unreachable", "reached"]), st.tuples(seconds)),
        st.tuples(st.just("set"), setting),
        st.tuples(st.just("learn"), st.tuples(st.sampled_from(list(UNTOLD)))),
    )


def state(event: DomainEvent) -> AccountState:
    """The state that an event tells, without what has changed."""
    assert isinstance(event.data, AccountState)
    members = asdict(event.data)
    members.pop("changed", None)
    return AccountState(**members)


@given(st.lists(calls(), max_size=16))
def test_every_history_ends_with_the_true_state_told(
    installs: Context,  # a refused claim leaves a pseudonym in the log
    history: list[tuple[str, tuple[Any, ...]]],
) -> None:
    """And each state once: no two events in a row say the same."""
    account = Account()
    for name, arguments in history:
        getattr(account, name)(*arguments)
    events, now = account.listener.of[ACCOUNT], account.listener.present()
    if account.now.user is None:
        assert (events, now) == ([], {})
        return
    told, again = state(account.last()), state(now[ACCOUNT])
    # An account that answers again is not told.
    assert told in (again, replace(again, reachable=False))
    assert again == AccountState(
        account_id=ACCOUNT,
        user_id=account.now.user.partition("#")[2],
        status="installed" if account.now.stands else "uninstalled",
        installation=account.now.id if account.now.stands else None,
        confirmed=account.now.is_confirmed,
        reachable=account.now.stands and account.now.reachable,
        payee_version=account.now.payee_version,
        payee_verified=account.now.stands and account.now.was_payee_proven,
        checkout_origins=account.now.checkout_origins if account.now.stands else (),
        clients=account.now.clients if account.now.stands else (),
    )
    for before, after in pairwise(events):
        is_lost_again = (before.type, after.type) == ("app.unreachable",) * 2
        assert is_lost_again or (before.type, before.data) != (after.type, after.data)


def test_each_change_of_an_installation_is_told_as_one_thing() -> None:
    account = Account()
    account.callback()
    account.authorized()
    account.set("payee_name", "Bakery")
    account.unreachable(START + 1)
    account.uninstalled(START + 2)
    assert account.types() == [
        "installed",
        "confirmed",
        "settings_changed",
        "unreachable",
        "uninstalled",
    ]


def test_a_confirmation_that_came_first_is_told_with_the_installation() -> None:
    account = Account()
    assert account.listener.heard(account.authorized) == []
    assert account.listener.heard(account.callback, START - 1) == ["app.installed"]
    assert state(account.last()).confirmed is True


def test_nothing_is_told_of_an_account_that_nobody_has_connected() -> None:
    account = Account()
    assert account.listener.heard(account.uninstalled) == []
    assert account.listener.heard(account.authorized, START + 1) == []
    assert account.listener.present() == {}


def test_a_callback_that_came_after_its_uninstallation_is_told_as_over() -> None:
    account = Account()
    account.uninstalled(START + 1)
    account.callback(START)
    assert account.types() == ["uninstalled"]
    account.callback(START + 1, OTHER)
    assert account.types() == ["uninstalled"] * 2
    assert state(account.last()).user_id == "user_2"


def test_the_next_installation_is_told_with_its_own_holder_and_nothing_of_the_last_ones() -> None:
    account = Account()
    account.callback(START, HOLDER)
    account.set("checkout_origins", ["https://a.example"])
    account.uninstalled(START + 1)
    account.callback(START + 2, OTHER)
    found = state(account.last())
    assert (found.status, found.user_id, found.checkout_origins) == ("installed", "user_2", ())
    assert found.installation == str(START + 1)


def test_an_uninstallation_between_two_installations_that_is_heard_of_late_begins_another() -> None:
    account = Account()
    account.callback(START)
    account.set("clients", ["server"])
    account.callback(START + 2)
    account.uninstalled(START + 1)
    assert account.types() == ["installed", "settings_changed", "installed"]
    assert state(account.last()).clients == ()


def test_a_second_callback_of_the_holder_tells_nothing() -> None:
    account = Account()
    account.callback()
    assert account.listener.heard(account.callback, START + 1) == []


@pytest.mark.parametrize("name", UNTOLD)
def test_what_is_learned_of_an_account_tells_nothing(name: str) -> None:
    account = Account()
    account.callback()
    assert account.listener.heard(account.learn, name) == []


def test_an_account_that_is_refused_again_is_told_once_until_it_has_answered() -> None:
    account = Account()
    account.callback()
    assert account.listener.heard(account.unreachable, START + 1) == ["app.unreachable"]
    assert account.listener.heard(account.unreachable, START + 20) == []
    assert account.listener.heard(account.reached, START + 30) == []
    assert account.listener.heard(account.unreachable, START + 40) == ["app.unreachable"]


def test_the_settings_that_have_changed_are_named_and_the_name_itself_is_not_told() -> None:
    account = Account()
    account.callback()
    origin = "https://bakery.example"
    members = {"payee_name": "Bakery", "payee_origin": origin, "payee_proven": origin}
    store.set_members(account.table, account.now, members | {"clients": ["server"]})
    data = account.last().data
    assert isinstance(data, ChangedAccount)
    assert data.changed == ("payee_name", "payee_origin", "payee_verified", "clients")
    assert (data.payee_version, data.payee_verified, data.clients) == (1, True, ("server",))
    assert "Bakery" not in str(data)


def test_members_that_are_set_to_what_they_are_tell_nothing() -> None:
    account = Account()
    account.callback()
    account.set("clients", ["server"])
    assert account.listener.heard(account.set, "clients", ["server"]) == []
