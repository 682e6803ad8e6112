"""Who holds an account, since when, and whether Stripe has confirmed it: the rules alone."""

from typing import Any

import pytest

from countersign.installs.installation import CONFIG, Installation, NewInstallation, key, view
from countersign.problems import Problem
from countersign.stripe_api.event_order import moment

USER, OTHER, ACCOUNT = "user_1", "user_2", "acct_1"
SETTINGS: dict[str, Any] = {
    "payee_name": "Bakery",
    "payee_origin": "https://bakery.example",
    "payee_proven": "https://bakery.example",
    "checkout_origins": ["https://bakery.example"],
    "clients": ["client_1"],
}


def stored(**members: Any) -> Installation:
    return Installation.from_item({"pk": key(ACCOUNT, livemode=False), **members})


def held(at: int = 100, user: str = USER, **members: Any) -> Installation:
    return stored(user=user, installed_by="usr_1", installed_at=at, **members)


def told(at: int, user: str = USER) -> NewInstallation:
    return NewInstallation(user, ACCOUNT, "usr_2", at)


def refusal(installation: Installation, new: NewInstallation) -> str:
    with pytest.raises(Problem) as problem:
        installation.is_replaced_by(new)
    assert problem.value.status == 409
    return problem.value.code


def test_an_account_nobody_has_spoken_of_is_not_held() -> None:
    unknown = stored()
    assert unknown.user is None
    assert not unknown.stands
    assert not unknown.is_confirmed
    assert unknown.account_id == ACCOUNT


def test_a_webhook_alone_binds_an_account_to_nobody() -> None:
    for members in ({"confirmed": moment(5)}, {"uninstalled": moment(5)}):
        assert not stored(**members).stands
        assert not stored(**members).is_confirmed


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


def test_an_authorisation_before_the_callback_confirms_it() -> None:
    assert held(100, confirmed=moment(90)).is_confirmed
    assert held(100, confirmed=moment(100, "evt_1")).is_confirmed
    assert not held(100).is_confirmed


def test_what_is_over_is_not_confirmed() -> None:
    assert not held(100, confirmed=moment(150), uninstalled=moment(120)).is_confirmed


def test_a_first_installation_starts_with_nothing() -> None:
    assert stored().is_replaced_by(told(100))
    assert told(100).to_item() == {"user": USER, "installed_by": "usr_2", "installed_at": 100}


def test_an_account_that_somebody_holds_is_not_moved() -> None:
    for at in (1, 100, 101, 10**9):
        assert refusal(held(100), told(at, OTHER)) == "account_held_by_another_user"
    renewed = held(100, uninstalled=moment(50))
    assert refusal(renewed, told(200, OTHER)) == "account_held_by_another_user"


@pytest.mark.parametrize("user", [USER, OTHER])
def test_an_account_that_was_uninstalled_is_free_and_starts_anew(user: str) -> None:
    over = held(100, uninstalled=moment(150), **SETTINGS)
    assert over.is_replaced_by(told(160, user))
    assert set(CONFIG) == set(SETTINGS)


def test_a_callback_that_is_no_news_changes_nothing() -> None:
    assert not held(100).is_replaced_by(told(100))
    assert not held(100).is_replaced_by(told(99))
    assert not held(100, uninstalled=moment(120)).is_replaced_by(told(100))


def test_a_callback_older_than_somebody_elses_ended_installation_comes_too_late() -> None:
    over = held(100, OTHER, uninstalled=moment(120))
    assert refusal(over, told(100)) == "not_installed"
    assert refusal(over, told(90)) == "not_installed"


def test_a_callback_older_than_the_uninstallation_makes_nobody_the_holder() -> None:
    over = moment(120, "evt_1")
    assert stored(uninstalled=over).is_replaced_by(told(110))
    assert not stored(uninstalled=over, **told(110).to_item()).stands


def test_an_installation_is_shown_as_the_contract_says() -> None:
    shown = view(held(100, confirmed=moment(101, "evt_1"), **SETTINGS), livemode=False)
    assert shown == {
        "account_id": ACCOUNT,
        "installed_by": "usr_1",
        "livemode": False,
        "livemode_confirmed": True,
        "status": "installed",
        "payee_name": "Bakery",
        "payee_origin": "https://bakery.example",
        "payee_verified": True,
        "checkout_origins": ["https://bakery.example"],
        "clients": ["client_1"],
        "installed_at": 100,
        "uninstalled_at": None,
    }


def test_one_that_is_over_is_shown_so() -> None:
    shown = view(held(100, uninstalled=moment(120, "evt_1")), livemode=True)
    assert (shown["status"], shown["uninstalled_at"]) == ("uninstalled", 120)
    assert (shown["livemode"], shown["livemode_confirmed"]) == (True, False)
    assert (shown["payee_name"], shown["payee_origin"], shown["payee_verified"]) == (
        None,
        None,
        False,
    )
    assert (shown["checkout_origins"], shown["clients"]) == ([], [])


def test_one_that_was_installed_again_is_not_shown_as_over() -> None:
    shown = view(held(130, uninstalled=moment(120)), livemode=False)
    assert (shown["status"], shown["installed_at"], shown["uninstalled_at"]) == (
        "installed",
        130,
        None,
    )


@pytest.mark.parametrize("proven", [None, "https://other.example", "https://bakery.example.evil"])
def test_the_proof_is_of_the_very_origin_that_is_set(proven: str | None) -> None:
    members = {"payee_origin": "https://bakery.example"} | (
        {"payee_proven": proven} if proven else {}
    )
    assert view(held(100, **members), livemode=False)["payee_verified"] is False
    assert view(held(100, payee_proven=proven or "x"), livemode=False)["payee_verified"] is False


@pytest.mark.parametrize("proven", [None, "https://other.example", "https://bakery.example"])
def test_in_live_mode_payers_are_shown_an_origin_once_it_is_proven(proven: str | None) -> None:
    members = {"payee_name": "Bakery", "payee_origin": "https://bakery.example"}
    found = held(100, **members, **({"payee_proven": proven} if proven else {}))
    origin = "https://bakery.example"
    assert found.payee(livemode=False) == ("Bakery", origin)
    assert found.payee(livemode=True) == ("Bakery", origin if proven == origin else None)
    assert held(100).payee(livemode=True) == (None, None)


def test_an_account_has_an_item_for_each_mode_and_is_known_by_either() -> None:
    keys = {key(ACCOUNT, livemode=livemode) for livemode in (False, True)}
    assert len(keys) == 2
    assert {Installation.from_item({"pk": pk}).account_id for pk in keys} == {ACCOUNT}
