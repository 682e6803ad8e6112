"""Disconnecting an account: at Stripe and here, whatever Stripe has done before."""

from typing import Any

import pytest
from msgspec.structs import force_setattr

from countersign.installs.context import Context
from countersign.installs.disconnect_account import disconnect_account
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.store import load
from countersign.stripe_api.calls import StripeResponse
from tests.support.clock import START, Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import (
    ACCOUNT,
    APP_ID,
    OTHER,
    SECOND_ACCOUNT,
    USER,
    connected,
    members_set,
    told,
)
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import refusal


@pytest.fixture
def held(installs: Context, accounts: FakeAccounts, clock: Clock) -> Installation:
    """An installation of a minute ago, with members set."""
    accounts.install(ACCOUNT, APP_ID)
    found = connected(installs)
    clock.advance(60)
    return edit_members(installs, found, {"payee_name": "Bakery", "clients": ["client_1"]})


def test_the_app_is_uninstalled_at_stripe_and_here(
    installs: Context, held: Installation, accounts: FakeAccounts, quick: QuickDynamoDB
) -> None:
    over = disconnect_account(installs, held)
    assert accounts.installed == {}
    assert not over.stands
    assert over == load(installs.table, ACCOUNT)
    assert members_set(over) == {"clients"}
    # Again, it is left as it is.
    calls, before = len(accounts.calls), dict(quick.rows)
    assert disconnect_account(installs, over) == over
    assert (len(accounts.calls), quick.rows) == (calls, before)
    assert connected(installs, OTHER, at=START + 61).user == OTHER


def test_every_install_of_our_app_on_this_account_is_ended_and_no_other(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    others = {
        accounts.install(ACCOUNT, "com.example.other"),
        accounts.install(SECOND_ACCOUNT, APP_ID),
    }
    accounts.install(ACCOUNT, APP_ID)
    disconnect_account(installs, held)
    assert accounts.installed.keys() == others
    assert accounts.called("uninstall") == 2


def test_an_install_on_another_account_that_stripe_lists_stays(
    installs: Context, held: Installation, accounts: FakeAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = accounts.install(SECOND_ACCOUNT, APP_ID)
    listed = StripeResponse({"data": [*accounts.installed.values()]}, None, replayed=False)
    monkeypatch.setattr(accounts, "installs", lambda *_: listed)
    disconnect_account(installs, held)
    assert accounts.installed.keys() == {other}


@pytest.mark.parametrize("fault", ["not_found", "unreachable", "undated"])
@pytest.mark.parametrize("call", ["installs", "uninstall"])
def test_it_is_ended_here_however_stripe_says_that_it_is_gone(
    installs: Context, held: Installation, accounts: FakeAccounts, call: str, fault: Any
) -> None:
    accounts.fails(call, fault)
    assert not disconnect_account(installs, held).stands


def test_an_app_that_was_uninstalled_at_stripe_before_is_ended_here(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    accounts.forget(ACCOUNT)
    assert not disconnect_account(installs, held).stands


def test_an_install_that_stripe_ended_between_the_two_requests_is_ended_here(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    listed = accounts.installs(APP_ID, ACCOUNT)
    accounts.forget(ACCOUNT)

    class Late(FakeAccounts):
        def installs(self, app_id: str, account_id: str) -> Any:
            return listed

    force_setattr(installs, "stripe", Late(accounts.clock))
    assert not disconnect_account(installs, held).stands


def test_an_installation_of_this_very_second_can_be_ended(
    installs: Context, accounts: FakeAccounts
) -> None:
    """The time of Stripe's answer lies before it, since answers are dated from below."""
    accounts.install(ACCOUNT, APP_ID)
    assert not disconnect_account(installs, connected(installs)).stands


@pytest.mark.parametrize("call", ["installs", "uninstall"])
@pytest.mark.parametrize("fault", ["down", "refused"])
def test_nothing_is_changed_here_while_stripe_is_down(
    installs: Context, held: Installation, accounts: FakeAccounts, call: str, fault: Any
) -> None:
    accounts.fails(call, fault)
    problem = refusal(disconnect_account, installs, held)
    assert (problem.status, problem.code) == (503, "stripe_unavailable")
    assert load(installs.table, ACCOUNT) == held
    assert not disconnect_account(installs, held).stands


@pytest.mark.parametrize("faults", [["lost"], ["undated", "down"]])
def test_an_answer_that_is_lost_is_made_good_by_a_repeated_request(
    installs: Context, held: Installation, accounts: FakeAccounts, faults: list[Any]
) -> None:
    accounts.install(ACCOUNT, APP_ID)
    accounts.fails("uninstall", *faults)
    assert refusal(disconnect_account, installs, held).code == "stripe_unavailable"
    assert load(installs.table, ACCOUNT).stands
    assert not disconnect_account(installs, held).stands
    assert accounts.installed == {}


def test_the_event_that_stripe_sends_afterwards_changes_nothing_more(
    installs: Context, held: Installation, clock: Clock
) -> None:
    disconnect_account(installs, held)
    assert told(installs, "deauthorized", clock()) in ("applied", "superseded")
    found = load(installs.table, ACCOUNT)
    assert (found.stands, found.user) == (False, USER)
    assert connected(installs, at=clock() + 1).stands


def test_a_new_installation_of_the_same_user_in_the_meantime_stands(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.meanwhile = lambda: connected(installs, at=clock())
    assert disconnect_account(installs, held).stands
    assert load(installs.table, ACCOUNT).stands


def test_a_new_installation_of_another_user_in_the_meantime_stands_and_is_not_shown(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    def during() -> None:
        told(installs, "deauthorized", clock() - 1)
        connected(installs, OTHER, at=clock())

    accounts.meanwhile = during
    assert refusal(disconnect_account, installs, held).code == "installation_not_found"
    found = load(installs.table, ACCOUNT)
    assert (found.stands, found.user) == (True, OTHER)
