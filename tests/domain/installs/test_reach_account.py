"""What Stripe's answers say of an account: they never end an installation on a key's word alone."""

from typing import Any

import pytest

from countersign.installs.access import on_behalf, read_account
from countersign.installs.check_install import check_install
from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import SETTABLE, Installation
from countersign.installs.permissions import PERMISSIONS
from countersign.installs.read_country import country_of
from countersign.installs.read_installation import read_installation
from countersign.installs.store import load
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
from tests.support.visits import refusal

SHOP = "https://shop.example"
MEMBERS = {
    "payee_name": "Bakery",
    "payee_origin": SHOP,
    "checkout_origins": [SHOP],
    "clients": ["client_1"],
}
ALL_SET = {*SETTABLE, "payee_proven"}
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@pytest.fixture
def held(installs: Context, accounts: FakeAccounts) -> Installation:
    """An installation with everything set, and another one beside it, both known at Stripe."""
    for account in (ACCOUNT, SECOND_ACCOUNT):
        accounts.install(account, APP_ID)
        edit_members(installs, connected(installs, USER, account), MEMBERS, lambda *_: True)
        found = check_install(installs, load(installs.table, account))
        read_account(installs, found)
    return load(installs.table, ACCOUNT)


def stored(context: Context, account_id: str = ACCOUNT) -> Installation:
    return load(context.table, account_id)


def asked(context: Context, accounts: FakeAccounts) -> str:
    """How a request on behalf of the account is refused."""
    return refusal(on_behalf, context, stored(context), accounts.account).code


def test_an_hour_with_another_platforms_key_loses_nothing(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.key_of = "acct_other_platform"
    for account in (ACCOUNT, SECOND_ACCOUNT) * 3:
        clock.advance(10 * MINUTE)
        problem = refusal(read_account, installs, stored(installs, account))
        assert (problem.status, problem.code, problem.headers) == (409, "account_unreachable", {})
        found = read_installation(installs, USER, account)
        assert (found.stands, found.reachable, members_set(found)) == (True, False, ALL_SET)
        assert country_of(installs, found) is None
    accounts.key_of = accounts.own
    clock.advance(MINUTE)
    for account in (ACCOUNT, SECOND_ACCOUNT):
        found = read_installation(installs, USER, account)
        assert (found.reachable, members_set(found)) == (True, ALL_SET)
        assert country_of(installs, found) == "FR"


def test_an_empty_list_is_believed_of_the_apps_own_platform_alone(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    """As if Stripe gave another platform an empty list, and not a refusal."""
    accounts.forget(ACCOUNT)
    clock.advance(HOUR)
    accounts.fails("platform", "refused")
    assert asked(installs, accounts) == "account_unreachable"
    clock.advance(MINUTE)
    own, accounts.own = accounts.own, "acct_other"
    accounts.key_of = "acct_other"
    assert asked(installs, accounts) == "account_unreachable"
    assert stored(installs).stands
    accounts.key_of = accounts.own = own
    clock.advance(MINUTE)
    assert asked(installs, accounts) == "not_installed"
    assert members_set(stored(installs)) == {"clients"}
    assert connected(installs, OTHER, at=clock()).user == OTHER


def test_an_empty_list_is_not_believed_of_a_key_that_was_never_shown_an_install(
    installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    """As where our key may not read its own account, so that no platform was ever kept."""
    connected(installs, USER)
    clock.advance(HOUR)
    assert asked(installs, accounts) == "account_unreachable"
    assert stored(installs).stands


def test_settings_go_on_while_an_account_is_unreachable(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    accounts.fails("account", "unreachable")
    assert asked(installs, accounts) == "account_unreachable"
    found = edit_members(installs, stored(installs), {"payee_name": "Boulangerie"})
    assert (found.payee_name, found.reachable) == ("Boulangerie", False)


def test_an_account_is_reachable_again_at_the_next_answer_within_the_same_second_too(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    for _ in range(3):
        accounts.fails("account", "unreachable")
        assert asked(installs, accounts) == "account_unreachable"
        assert not stored(installs).reachable
        on_behalf(installs, stored(installs), accounts.account)
        assert stored(installs).reachable


@pytest.mark.parametrize("again", [USER, OTHER])
def test_an_installation_that_is_newer_than_the_refusal_is_not_concerned(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock, again: str
) -> None:
    clock.advance(MINUTE)

    def during() -> None:
        told(installs, "deauthorized", clock() - 1)
        connected(installs, again, at=clock())

    accounts.meanwhile = during
    accounts.fails("account", "unreachable")
    accounts.forget(ACCOUNT)
    assert asked(installs, accounts) == "account_unreachable"
    found = stored(installs)
    assert (found.stands, found.reachable, found.user) == (True, True, again)


def test_a_missing_permission_is_told_with_its_name_until_the_merchant_agrees(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    clock.advance(MINUTE)
    accounts.granted = tuple(name for name in PERMISSIONS if not name.startswith("charge"))
    accounts.fails("account", "unpermitted")
    problem = refusal(on_behalf, installs, stored(installs), accounts.account)
    assert (problem.status, problem.code, problem.headers) == (409, "permission_missing", {})
    assert stored(installs).permissions_missing == ("charge_read",)
    assert (stored(installs).reachable, members_set(stored(installs))) == (True, ALL_SET)
    clock.advance(MINUTE)
    assert read_installation(installs, USER, ACCOUNT).permissions_missing == ("charge_read",)
    accounts.granted = PERMISSIONS
    clock.advance(MINUTE)
    assert read_installation(installs, USER, ACCOUNT).permissions_missing == ()


def test_another_callback_of_the_holder_agrees_to_all_permissions(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.granted = ()
    clock.advance(DAY)
    assert read_installation(installs, USER, ACCOUNT).permissions_missing == PERMISSIONS
    accounts.granted = PERMISSIONS
    found = connected(installs, at=clock())
    assert (found.permissions_missing, members_set(found)) == ((), ALL_SET)


@pytest.mark.parametrize("fault", ["down", "unpermitted", "unreachable", "refused"])
def test_a_country_that_cannot_be_read_is_unknown_and_is_not_asked_for_each_time(
    installs: Context, accounts: FakeAccounts, clock: Clock, fault: Any
) -> None:
    accounts.install(ACCOUNT, APP_ID)
    connected(installs)
    accounts.fails("account", fault)
    for _ in range(3):
        assert country_of(installs, stored(installs)) is None
    assert accounts.called("account") == 1
    clock.advance(HOUR)
    assert country_of(installs, stored(installs)) == "FR"


def test_a_country_is_read_once_a_day_and_survives_an_outage(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    before = accounts.called("account")
    assert country_of(installs, stored(installs)) == "FR"
    assert accounts.called("account") == before
    clock.advance(DAY)
    accounts.fails("account", "down")
    assert country_of(installs, stored(installs)) == "FR"
    clock.advance(HOUR)
    accounts.country = None
    assert country_of(installs, stored(installs)) is None


def test_the_holder_is_shown_what_is_stored_while_stripe_does_not_answer(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    clock.advance(DAY)
    for call in ("installs", "account", "platform"):
        accounts.fails(call, "down")
    found = read_installation(installs, USER, ACCOUNT)
    assert (found.payee_name, found.stands, found.reachable) == ("Bakery", True, True)


def test_what_is_settled_is_checked_once_a_minute_and_never_read_for_it(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    before = list(accounts.calls)
    clock.advance(MINUTE - 1)
    read_installation(installs, USER, ACCOUNT)
    assert accounts.calls == before
    clock.advance(1)
    read_installation(installs, USER, ACCOUNT)
    assert accounts.calls[len(before) :] == [("installs", APP_ID, ACCOUNT)]


def test_the_list_alone_ends_nothing(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.forget(ACCOUNT)
    clock.advance(HOUR)
    found = read_installation(installs, USER, ACCOUNT)
    assert (found.stands, found.reachable, found.installed_at) == (True, True, START)
