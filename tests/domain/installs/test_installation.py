"""Who holds an account, since when, and whether Stripe has confirmed it: the rules alone."""

from typing import Any

import pytest

from countersign.installs.installation import (
    Installation,
    NewInstallation,
    account_key,
    is_account_id,
)
from countersign.installs.installation_view import view
from countersign.problems import Problem
from countersign.stripe_api.event_order import moment
from tests.support.clock import START

USER, OTHER, ACCOUNT, BAKERY = "user_1", "user_2", "acct_1", "https://bakery.example"
MEMBERS: dict[str, Any] = {
    "payee_name": "Bakery",
    "payee_origin": BAKERY,
    "payee_proven": BAKERY,
    "payee_proven_at": START,
    "checkout_origins": [BAKERY],
    "clients": ["client_1"],
}


def stored(**members: Any) -> Installation:
    return Installation.from_item({"pk": account_key(ACCOUNT), **members})


def held(at: int = 100, user: str = USER, **members: Any) -> Installation:
    return stored(user=user, installed_by="usr_1", installed_at=at, **members)


def new(at: int, user: str = USER) -> NewInstallation:
    return NewInstallation(user, ACCOUNT, "usr_2", at)


def refusal(installation: Installation, installed: NewInstallation) -> str:
    with pytest.raises(Problem) as problem:
        installation.is_replaced_by(installed)
    assert problem.value.status == 409
    return problem.value.code


def test_an_account_belongs_to_nobody_until_a_user_connects_it() -> None:
    assert stored() == Installation(ACCOUNT)
    for members in ({}, {"confirmed": moment(5)}, {"uninstalled": moment(5)}):
        found = stored(**members)
        assert (found.user, found.stands, found.is_confirmed) == (None, False, False)


@pytest.mark.parametrize(("at", "stands"), [(99, False), (100, False), (101, True)])
def test_an_installation_stands_while_it_is_later_than_the_uninstallation(
    at: int, stands: bool
) -> None:
    for last in (moment(100), moment(100, "evt_zzz"), moment(100, "evt_1")):
        assert held(at, uninstalled=last).stands is stands


@pytest.mark.parametrize(("confirmed", "expected"), [(99, False), (100, False), (101, True)])
def test_a_confirmation_counts_since_the_last_uninstallation(
    confirmed: int, expected: bool
) -> None:
    found = held(200, uninstalled=moment(100, "evt_9"), confirmed=moment(confirmed, "evt_1"))
    assert found.is_confirmed is expected


def test_an_authorization_before_the_callback_confirms_what_stands() -> None:
    assert held(100, confirmed=moment(90)).is_confirmed
    assert held(100, confirmed=moment(100, "evt_1")).is_confirmed
    assert not held(100).is_confirmed
    assert not held(100, confirmed=moment(150), uninstalled=moment(120)).is_confirmed


def test_an_installation_is_told_from_the_next_by_the_uninstallation_between_them() -> None:
    first, second = held(100), held(130, uninstalled=moment(120, "evt_1"))
    assert (first.id, second.id) == ("first", "120")
    # neither a second callback nor a repeated report of the same uninstallation makes it another
    assert held(110).id == first.id
    assert held(140, uninstalled=moment(120, "evt_2")).id == second.id
    assert held(130, uninstalled=moment(130)).id not in (first.id, second.id)


@pytest.mark.parametrize(("reached", "reachable"), [(None, False), (149, False), (150, True)])
def test_an_account_that_stripe_refused_us_is_unreachable_until_stripe_answers(
    reached: int | None, reachable: bool
) -> None:
    again = {} if reached is None else {"reached": moment(reached)}
    found = held(100, unreachable=moment(150), **again)
    assert (found.reachable, found.stands) == (reachable, True)
    assert view(found, livemode=True, now=START)["reachable"] is reachable
    assert held(150, unreachable=moment(150)).reachable


def test_an_account_that_another_user_holds_is_not_replaced() -> None:
    for at in (1, 100, 101, 10**9):
        assert refusal(held(100), new(at, OTHER)) == "account_held_by_another_user"
    renewed = held(100, uninstalled=moment(50))
    assert refusal(renewed, new(200, OTHER)) == "account_held_by_another_user"


@pytest.mark.parametrize("user", [USER, OTHER])
def test_an_account_that_is_free_goes_to_the_next_user(user: str) -> None:
    assert stored().is_replaced_by(new(100, user))
    assert held(100, uninstalled=moment(150), **MEMBERS).is_replaced_by(new(160, user))
    members = {"user": user, "installed_by": "usr_2", "installed_at": 160}
    assert new(160, user).to_item() == members


@pytest.mark.parametrize(("uninstalled", "kept"), [(99, True), (100, False), (101, False)])
def test_what_was_set_before_a_late_uninstallation_is_gone_and_what_was_set_after_it_stays(
    uninstalled: int, kept: bool
) -> None:
    found = held(200, payee_name="Bakery", payee_name_for=100, uninstalled=moment(uninstalled))
    assert found.payee_name == ("Bakery" if kept else None)
    assert held(200, clients=["c"], clients_for=200, uninstalled=moment(199)).clients == ("c",)
    # once it is over, a client learns so
    assert held(200, clients=["c"], clients_for=200, uninstalled=moment(201)).clients == ("c",)


def test_a_callback_that_is_not_newer_changes_nothing() -> None:
    assert not held(100).is_replaced_by(new(100))
    assert not held(100).is_replaced_by(new(99))
    assert not held(100, uninstalled=moment(120)).is_replaced_by(new(100))


def test_a_callback_older_than_another_users_ended_installation_comes_too_late() -> None:
    over = held(100, OTHER, uninstalled=moment(120))
    assert refusal(over, new(100)) == refusal(over, new(90)) == "not_installed"


def test_a_callback_older_than_the_uninstallation_makes_nobody_the_holder() -> None:
    over = moment(120, "evt_1")
    assert stored(uninstalled=over).is_replaced_by(new(110))
    assert not stored(uninstalled=over, **new(110).to_item()).stands


def test_an_installation_is_shown_whole() -> None:
    shown = view(held(100, confirmed=moment(101, "evt_1"), **MEMBERS), livemode=False, now=START)
    assert shown == {
        "account_id": ACCOUNT,
        "installed_by": "usr_1",
        "livemode": False,
        "livemode_confirmed": True,
        "status": "installed",
        "payee_name": "Bakery",
        "payee_origin": BAKERY,
        "payee_verified": True,
        "checkout_origins": [BAKERY],
        "clients": ["client_1"],
        "reachable": True,
        "permissions_missing": [],
        "installed_at": 100,
        "uninstalled_at": None,
    }


def test_an_installation_that_is_over_is_shown_without_its_members() -> None:
    members = {"clients": ["client_1"], "permissions_missing": ["charge_read"]}
    over = held(100, uninstalled=moment(120, "evt_1"), **members)
    assert view(over, livemode=True, now=START) == {
        "account_id": ACCOUNT,
        "installed_by": "usr_1",
        "livemode": True,
        "livemode_confirmed": False,
        "status": "uninstalled",
        "payee_name": None,
        "payee_origin": None,
        "payee_verified": False,
        "checkout_origins": [],
        "clients": [],
        "reachable": True,
        "permissions_missing": [],
        "installed_at": 100,
        "uninstalled_at": 120,
    }
    again = view(held(130, uninstalled=moment(120)), livemode=False, now=START)
    assert (again["status"], again["uninstalled_at"]) == ("installed", None)


@pytest.mark.parametrize("proven", [None, "https://other.example", f"{BAKERY}.evil", BAKERY])
def test_in_live_mode_payers_are_shown_an_origin_only_once_it_is_proven(proven: str | None) -> None:
    proof = {"payee_proven": proven, "payee_proven_at": START}
    found = held(payee_name="Bakery", payee_origin=BAKERY, **proof)
    assert found.payee(livemode=False, now=START) == ("Bakery", BAKERY)
    assert found.payee(livemode=True, now=START) == ("Bakery", BAKERY if proven == BAKERY else None)
    assert view(found, livemode=True, now=START)["payee_verified"] is (proven == BAKERY)
    assert held(**proof).payee(livemode=True, now=START) == (None, None)
    assert view(held(**proof), livemode=True, now=START)["payee_verified"] is False


def test_a_proof_counts_for_ten_days() -> None:
    found = held(payee_origin=BAKERY, payee_proven=BAKERY, payee_proven_at=START)
    days = 24 * 3600
    assert found.payee(livemode=True, now=START + 10 * days - 1) == (None, BAKERY)
    assert found.payee(livemode=True, now=START + 10 * days) == (None, None)
    assert view(found, livemode=True, now=START + 10 * days)["payee_verified"] is False


def test_an_account_is_known_by_the_key_of_its_item() -> None:
    assert Installation.from_item({"pk": account_key(ACCOUNT)}).account_id == ACCOUNT


@pytest.mark.parametrize("text", ["acct_1", "acct_1SQbakery", "acct_a_b", "acct_" + "a" * 250])
def test_an_account_id_is_recognized_by_its_shape(text: str) -> None:
    assert is_account_id(text)
    for wrong in (text[:5], text[5:], f"{text}\n", f"{text}é", f"{text}-b", f"acct_{'a' * 251}"):
        assert not is_account_id(wrong)
