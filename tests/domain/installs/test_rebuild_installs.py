"""On which accounts the app is installed is rebuilt from Stripe's list."""

import pytest

from countersign.installs.context import Context
from countersign.installs.rebuild_installs import rebuild_installs
from countersign.installs.store import load, record_uninstalled
from countersign.stripe_api.calls import StripeRefused
from countersign.stripe_api.event_order import moment
from tests.support.clock import Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import ACCOUNT, APP_ID, SECOND_ACCOUNT, connected


def rebuild(context: Context) -> tuple[int, int]:
    found = repaired = 0
    after: str | None = None
    while True:
        page = rebuild_installs(context, after)
        found, repaired, after = found + page.found, repaired + page.repaired, page.next
        if after is None:
            return found, repaired


def test_every_account_with_the_app_is_authorized_and_nobodys(
    installs: Context, accounts: FakeAccounts
) -> None:
    for number in range(250):
        accounts.install(f"acct_{number}", APP_ID)
    assert rebuild(installs) == (250, 250)
    found = load(installs.table, "acct_7")
    assert found.confirmed is not None
    assert found.user is None
    assert rebuild(installs) == (250, 0)


def test_who_holds_an_account_is_what_the_backup_says(
    installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.install(ACCOUNT, APP_ID)
    before = connected(installs)
    clock.advance(5)
    assert rebuild(installs) == (1, 1)
    found = load(installs.table, ACCOUNT)
    assert (found.user, found.installed_at, found.stands) == (
        before.user,
        before.installed_at,
        True,
    )


def test_an_account_on_which_the_app_is_back_is_authorized_and_must_be_connected_again(
    installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.install(ACCOUNT, APP_ID)
    connected(installs)
    record_uninstalled(installs.table, ACCOUNT, moment(clock() + 1))
    clock.advance(10)
    assert rebuild(installs) == (1, 1)
    found = load(installs.table, ACCOUNT)
    assert not found.stands
    assert (found.confirmed or "") > (found.uninstalled or "")


def test_another_platforms_key_is_told_nothing(installs: Context, accounts: FakeAccounts) -> None:
    accounts.install(SECOND_ACCOUNT, APP_ID)
    accounts.key_of = "acct_other"
    with pytest.raises(StripeRefused):
        rebuild_installs(installs, None)
