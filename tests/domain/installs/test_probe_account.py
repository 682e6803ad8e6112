"""Each account that stands is looked for in Stripe's list every day, whatever events told."""

from typing import Any

import pytest

from countersign.aws.due_index import DAY, SHARDS
from countersign.aws.redate import RETRY
from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.permissions import ACCOUNT as ACCOUNT_READ
from countersign.installs.permissions import PERMISSIONS
from countersign.installs.probe_account import probe_due_account
from countersign.installs.receive_event import receive_account_event
from countersign.installs.store import load
from countersign.problems import Unavailable
from tests.support.clock import START, Clock
from tests.support.crashes import every_crash, fused
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import (
    ACCOUNT,
    APP_ID,
    OTHER,
    SECOND_ACCOUNT,
    USER,
    application_event,
    connected,
)
from tests.support.threads import at_once

MEMBERS = {"payee_name": "Bakery"}


def due(context: Context) -> dict[str, int]:
    """What is due now, each with its time."""
    table, now = context.table, context.now()
    return {pk: at for shard in SHARDS for pk, at in table.due(shard, now, 100).items()}


def probe_all(context: Context) -> list[tuple[Installation, bool] | None]:
    return [probe_due_account(context, pk, at) for pk, at in due(context).items()]


def changed(context: Context) -> list[bool]:
    """Probe what is due: of each whether Stripe knew more."""
    return [found[1] for found in probe_all(context) if found]


@pytest.fixture
def held(installs: Context, accounts: FakeAccounts, clock: Clock) -> Installation:
    """An account that was connected a day ago, beside one by which Stripe has shown that our key is
    the developer's.
    """
    for user, account in ((OTHER, SECOND_ACCOUNT), (USER, ACCOUNT)):
        accounts.install(account, APP_ID)
        edit_members(installs, connected(installs, user, account), MEMBERS)
    clock.advance(DAY)
    assert changed(installs) == [False, False]
    clock.advance(DAY)
    return load(installs.table, ACCOUNT)


@pytest.mark.exhaustive  # each day of a month
def test_an_account_that_stands_is_probed_every_day(
    installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.install(ACCOUNT, APP_ID)
    connected(installs)
    clock.advance(DAY - 1)
    assert due(installs) == {}
    clock.advance(1)
    for _ in range(60):
        assert changed(installs) == [False]
        clock.advance(DAY - 1)
        assert due(installs) == {}
        clock.advance(1)
    assert accounts.called("installs") == 60


def test_an_account_whose_app_is_gone_is_uninstalled(
    held: Installation, installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.forget(ACCOUNT)
    assert sorted(changed(installs)) == [False, True]
    found = load(installs.table, ACCOUNT)
    assert not found.stands
    assert found.payee_name is None
    assert load(installs.table, SECOND_ACCOUNT).stands
    clock.advance(DAY)
    assert changed(installs) == [False, False]  # it is looked for once more
    clock.advance(DAY)
    assert len(due(installs)) == 1


def test_another_platforms_key_uninstalls_nobody(
    held: Installation, installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.forget(ACCOUNT)
    accounts.key_of = "acct_other"
    accounts.own = "acct_other"
    assert changed(installs) == [False, False]
    assert load(installs.table, ACCOUNT).stands
    clock.advance(DAY)
    assert len(due(installs)) == 2


def test_before_the_platform_is_known_an_empty_list_says_nothing(
    installs: Context, clock: Clock
) -> None:
    connected(installs)
    clock.advance(DAY)
    assert changed(installs) == [False]
    assert load(installs.table, ACCOUNT).stands
    clock.advance(RETRY - 1)
    assert due(installs) == {}
    clock.advance(1)
    assert len(due(installs)) == 1, "it is asked again soon whether the app is there"


def test_a_list_that_stripe_refuses_says_nothing_until_the_next_day(
    held: Installation, installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.fails("installs", "refused", "refused")
    assert changed(installs) == [False, False]
    clock.advance(DAY - 1)
    assert due(installs) == {}
    clock.advance(1)
    assert len(due(installs)) == 2


def test_while_stripe_is_down_an_account_comes_again_and_holds_up_no_other(
    held: Installation, installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.fails("installs", "down")
    (first, at), (second, also_at) = due(installs).items()
    with pytest.raises(Unavailable):
        probe_due_account(installs, first, at)
    assert probe_due_account(installs, second, also_at) is not None
    assert due(installs) == {}
    clock.advance(RETRY)
    assert due(installs).keys() == {first}


def test_permissions_that_a_merchant_agreed_to_unheard_are_learned(
    held: Installation, installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.granted = tuple(name for name in PERMISSIONS if name != ACCOUNT_READ)
    assert changed(installs) == [True, True]
    assert load(installs.table, ACCOUNT).permissions_missing == (ACCOUNT_READ,)
    accounts.granted = PERMISSIONS
    clock.advance(DAY)
    assert changed(installs) == [True, True]


def test_in_live_mode_the_list_confirms_an_account(
    live: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.install(ACCOUNT, APP_ID)
    assert not connected(live, livemode=True).is_confirmed
    clock.advance(DAY)
    assert changed(live) == [True]
    assert load(live.table, ACCOUNT).is_confirmed


def test_an_account_on_which_the_app_is_back_is_authorized(
    held: Installation, installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    receive_account_event(installs, application_event("deauthorized", clock() - 10))
    assert not load(installs.table, ACCOUNT).stands
    clock.advance(DAY)
    assert sorted(changed(installs)) == [False, True]  # the fake lists it all the same
    found = load(installs.table, ACCOUNT)
    assert (found.confirmed or "") > (found.uninstalled or "")
    assert not found.stands
    clock.advance(DAY)
    assert len(due(installs)) == 1


def test_a_callback_during_the_probe_wins(
    held: Installation, installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.forget(ACCOUNT)

    def comes_back() -> None:
        accounts.install(ACCOUNT, APP_ID)
        connected(installs, at=clock() + 1)

    probe_due_account(installs, f"account#{SECOND_ACCOUNT}", START + 2 * DAY)
    accounts.meanwhile = comes_back
    found = probe_due_account(installs, f"account#{ACCOUNT}", START + 2 * DAY)
    assert found is not None
    assert found[0].stands
    assert load(installs.table, ACCOUNT).stands


def test_of_several_readers_one_asks_stripe(
    held: Installation, installs: Context, accounts: FakeAccounts
) -> None:
    pk, at = f"account#{ACCOUNT}", START + 2 * DAY
    before = accounts.called("installs")
    results = at_once([lambda: probe_due_account(installs, pk, at)] * 8)
    assert sum(result is not None for result in results) == 1
    assert accounts.called("installs") == before + 1


@pytest.mark.exhaustive  # dies after each call
def test_a_reader_that_dies_anywhere_leaves_the_account_due_or_read(
    installs: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    accounts.install(SECOND_ACCOUNT, APP_ID)
    connected(installs, OTHER, SECOND_ACCOUNT)
    clock.advance(DAY)
    probe_all(installs)

    def work(fuse: Any) -> None:
        connected(installs, at=clock())
        clock.advance(DAY)
        at = due(installs)[f"account#{ACCOUNT}"]
        probe_due_account(fused(installs, fuse), f"account#{ACCOUNT}", at)

    for at in every_crash(work):
        clock.advance(RETRY)
        probe_all(installs)
        assert not load(installs.table, ACCOUNT).stands, at
        clock.advance(1)
