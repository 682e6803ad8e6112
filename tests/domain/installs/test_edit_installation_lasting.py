"""What the holder has set lasts as long as the installation, and in live mode waits for Stripe."""

import pytest

from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.store import load
from tests.domain.installs.test_edit_installation import ALL, BAKERY, Prover, set_to, shown
from tests.support.clock import START, Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.installing import ACCOUNT, APP_ID, OTHER, connected, members_set, told
from tests.support.visits import refusal


@pytest.fixture
def held(installs: Context) -> Installation:
    return connected(installs)


def test_what_is_over_can_not_be_set(installs: Context, held: Installation) -> None:
    told(installs, "deauthorized", START + 1)
    prove = Prover()
    for members in (ALL, {"payee_name": None}, {}):
        problem = refusal(edit_members, installs, load(installs.table, ACCOUNT), members, prove)
        assert (problem.status, problem.code) == (409, "not_installed")
    assert prove.asked == []


@pytest.mark.parametrize("again", [False, True])
def test_an_uninstallation_while_the_origin_is_being_proven_wins(
    installs: Context, held: Installation, again: bool
) -> None:
    def during() -> None:
        told(installs, "deauthorized", START + 1)
        if again:
            connected(installs, OTHER, at=START + 2)

    problem = refusal(edit_members, installs, held, ALL, Prover(meanwhile=during))
    assert problem.code == "not_installed"
    assert members_set(load(installs.table, ACCOUNT)) == set()


def test_an_uninstallation_of_the_same_second_wins(installs: Context, held: Installation) -> None:
    told(installs, "deauthorized", START)
    assert refusal(edit_members, installs, held, ALL, Prover()).code == "not_installed"


def test_an_older_uninstallation_that_is_heard_late_takes_nothing(
    installs: Context, held: Installation
) -> None:
    set_to(installs, held, **ALL)
    told(installs, "deauthorized", START - 1)
    assert ALL.items() <= set_to(installs, held, payee_name="Bakery").items()


def test_the_uninstallation_takes_it_all(installs: Context, held: Installation) -> None:
    set_to(installs, held, **ALL)
    told(installs, "deauthorized", START + 1)
    found = shown(installs)
    assert (found["payee_name"], found["payee_origin"], found["payee_verified"]) == (
        None,
        None,
        False,
    )
    assert (found["checkout_origins"], found["clients"]) == ([], [])


@pytest.mark.parametrize("user", ["user_1", OTHER])
def test_a_new_installation_starts_without_any_of_it(
    installs: Context, held: Installation, user: str
) -> None:
    set_to(installs, held, **ALL)
    told(installs, "deauthorized", START + 1)
    connected(installs, user, at=START + 2)
    found = shown(installs)
    assert found["status"] == "installed"
    assert (found["payee_name"], found["payee_origin"], found["payee_verified"]) == (
        None,
        None,
        False,
    )
    assert (found["checkout_origins"], found["clients"]) == ([], [])
    # Nor does the proof come back with the origin.
    again = set_to(installs, load(installs.table, ACCOUNT), Prover(False), payee_origin=BAKERY)
    assert again["payee_verified"] is False


def test_in_live_mode_it_is_confirmed_first(
    live: Context, accounts: FakeAccounts, clock: Clock
) -> None:
    held = connected(live, livemode=True)
    assert refusal(edit_members, live, held, ALL, Prover()).code == "not_installed"
    accounts.install(ACCOUNT, APP_ID)
    clock.advance(60)
    accounts.fails("account", "down")
    assert refusal(edit_members, live, held, ALL, Prover()).code == "stripe_unavailable"
    assert members_set(load(live.table, ACCOUNT)) == set()
    found = edit_members(live, load(live.table, ACCOUNT), ALL, Prover())
    assert found.is_confirmed
    assert accounts.called("account") == 3
    edit_members(live, found, {"payee_name": "Other"}, Prover())
    assert accounts.called("account") == 3
