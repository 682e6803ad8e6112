"""While links are not bound to a browser: nothing is installed before its user has confirmed it."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.crypto.minted import derive, is_minted, mint
from countersign.installs import link_state, pending_installation
from countersign.installs.cancel_link import cancel_link
from countersign.installs.confirm_installation import confirm_pending
from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from tests.support.clock import START, Clock
from tests.support.installing import (
    ACCOUNT,
    OTHER,
    SECOND_ACCOUNT,
    STRIPE_USER,
    TOKEN_KEY,
    USER,
    Begun,
    begun,
    come_back,
    members_set,
    standing,
    told,
)
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import refusal


def pending(context: Context, user: str = USER, **options: Any) -> str:
    """The confirmation that the browser of a callback is handed."""
    found = come_back(context, begun(context, user), **options).confirmation
    assert found is not None
    return found


def refused(context: Context, quick: QuickDynamoDB, *arguments: str) -> str:
    before = dict(quick.rows)
    code = refusal(confirm_pending, context, *arguments).code
    assert quick.rows == before
    return code


def test_nothing_is_installed_before_its_user_confirms_it(
    unbound: Context, quick: QuickDynamoDB
) -> None:
    link = begun(unbound, return_to="https://shop.example.com/done")
    assert link.cookies == []
    went_on = come_back(unbound, link)
    assert went_on.return_to == "https://shop.example.com/done"
    assert went_on.confirmation is not None
    assert is_minted(went_on.confirmation, pending_installation.CONFIRMATION, [TOKEN_KEY])
    assert standing(unbound) is None
    assert not any(pk.startswith(("account#", "holder#")) for pk in quick.rows)
    found = confirm_pending(unbound, USER, ACCOUNT, went_on.confirmation)
    assert found.stands
    assert (found.user, found.installed_by, found.installed_at) == (
        USER,
        STRIPE_USER,
        START,
    )


def test_a_confirmation_is_stored_as_a_hash_alone(unbound: Context, quick: QuickDynamoDB) -> None:
    confirmation = pending(unbound)
    confirm_pending(unbound, USER, ACCOUNT, confirmation)
    assert confirmation not in str(quick.rows)


def test_the_maker_of_a_link_can_not_guess_its_confirmation(unbound: Context) -> None:
    link = begun(unbound)
    confirmation = come_back(unbound, link).confirmation
    assert confirmation not in (
        link.state,
        derive(pending_installation.CONFIRMATION, ["x"], link.state),
    )


def test_a_confirmation_that_is_repeated_changes_nothing(
    unbound: Context, quick: QuickDynamoDB, clock: Clock
) -> None:
    confirmation = pending(unbound)
    first = confirm_pending(unbound, USER, ACCOUNT, confirmation)
    before = dict(quick.rows)
    clock.advance(24 * 3600 - 1)
    assert confirm_pending(unbound, USER, ACCOUNT, confirmation) == first
    assert quick.rows == before
    clock.advance(1)
    assert refused(unbound, quick, USER, ACCOUNT, confirmation) == "invalid_confirmation"


def test_a_reload_hands_out_the_same_confirmation_until_it_is_used(unbound: Context) -> None:
    link = begun(unbound)
    first = come_back(unbound, link)
    assert come_back(unbound, link) == first
    assert first.confirmation is not None
    confirm_pending(unbound, USER, ACCOUNT, first.confirmation)
    assert come_back(unbound, link) == first


def test_only_the_user_who_began_it_can_confirm_it(unbound: Context, quick: QuickDynamoDB) -> None:
    confirmation = pending(unbound, USER)
    assert refused(unbound, quick, OTHER, ACCOUNT, confirmation) == "invalid_confirmation"
    assert refused(unbound, quick, USER, SECOND_ACCOUNT, confirmation) == "invalid_confirmation"
    assert confirm_pending(unbound, USER, ACCOUNT, confirmation).stands


@pytest.mark.parametrize("junk", ["", "junk", "A" * 43, "é" * 43, "A" * 255])
def test_a_confirmation_that_is_none_of_ours_costs_no_read(
    unbound: Context, junk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a call"))
    for text in (
        junk,
        mint(link_state.STATE, [TOKEN_KEY]),
        mint(pending_installation.CONFIRMATION, ["x"]),
    ):
        assert refusal(confirm_pending, unbound, USER, ACCOUNT, text).code == "invalid_confirmation"


def test_a_confirmation_that_stands_for_nothing_is_refused(
    unbound: Context, quick: QuickDynamoDB
) -> None:
    link = begun(unbound)
    early = derive(pending_installation.CONFIRMATION, [TOKEN_KEY], link.state)
    assert refused(unbound, quick, USER, ACCOUNT, early) == "invalid_confirmation"


@pytest.mark.parametrize(("seconds", "lasts"), [(899, True), (900, False)])
def test_a_confirmation_lasts_fifteen_minutes(
    unbound: Context, quick: QuickDynamoDB, clock: Clock, seconds: int, lasts: bool
) -> None:
    confirmation = pending(unbound)
    clock.advance(seconds)
    if lasts:
        assert confirm_pending(unbound, USER, ACCOUNT, confirmation).stands
    else:
        assert refused(unbound, quick, USER, ACCOUNT, confirmation) == "invalid_confirmation"


def test_an_account_that_another_user_took_meanwhile_is_not_moved(
    unbound: Context, quick: QuickDynamoDB
) -> None:
    mine, theirs = pending(unbound, USER), pending(unbound, OTHER)
    confirm_pending(unbound, OTHER, ACCOUNT, theirs)
    assert refused(unbound, quick, USER, ACCOUNT, mine) == "account_held_by_another_user"
    assert standing(unbound) == OTHER


def test_an_account_that_is_held_is_refused_before_anything_is_left_pending(
    unbound: Context, quick: QuickDynamoDB
) -> None:
    confirm_pending(unbound, OTHER, ACCOUNT, pending(unbound, OTHER))
    link = begun(unbound, USER)
    before = dict(quick.rows)
    assert refusal(come_back, unbound, link).code == "account_held_by_another_user"
    assert quick.rows == before


def test_a_confirmation_that_is_repeated_shows_nothing_of_the_next_holder(unbound: Context) -> None:
    mine = pending(unbound, USER)
    confirm_pending(unbound, USER, ACCOUNT, mine)
    told(unbound, "deauthorized", START + 1)
    confirm_pending(unbound, OTHER, ACCOUNT, pending(unbound, OTHER, at=START + 2))
    assert standing(unbound) == OTHER
    assert refusal(confirm_pending, unbound, USER, ACCOUNT, mine).code == "installation_not_found"


def test_an_installation_that_ended_before_it_was_confirmed_does_not_stand(
    unbound: Context,
) -> None:
    confirmation = pending(unbound)
    told(unbound, "deauthorized", START + 5)
    found = confirm_pending(unbound, USER, ACCOUNT, confirmation)
    assert not found.stands
    assert refusal(edit_members, unbound, found, {"payee_name": "Bakery"}).code == "not_installed"


def test_a_link_that_was_bound_stays_bound_to_its_browser(
    installs: Context, unbound: Context
) -> None:
    """When the binding is switched on, links that were made without it are good for nobody."""
    assert refusal(come_back, installs, begun(unbound)).code == "invalid_state"
    bound = begun(installs)
    assert refusal(come_back, installs, replace(bound, cookies=[])).code == "invalid_state"


def test_while_the_binding_is_on_nothing_is_left_to_confirm(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs)
    assert come_back(installs, link).confirmation is None
    guess = derive(pending_installation.CONFIRMATION, [TOKEN_KEY], link.state)
    assert refused(installs, quick, USER, ACCOUNT, guess) == "invalid_confirmation"


def test_a_cancellation_without_a_binding_uses_nobodys_state_up(
    unbound: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = begun(unbound)
    with monkeypatch.context() as patched:
        patched.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a call"))
        cancel_link(unbound, link.state, ["any"])
    assert come_back(unbound, Begun(link.state, [])).confirmation


def test_a_confirmation_of_a_new_installation_starts_anew(unbound: Context) -> None:
    found = confirm_pending(unbound, USER, ACCOUNT, pending(unbound))
    edit_members(unbound, found, {"payee_name": "Bakery", "clients": ["client_1"]})
    told(unbound, "deauthorized", START + 1)
    again = confirm_pending(unbound, USER, ACCOUNT, pending(unbound, at=START + 2))
    assert again.stands
    assert members_set(again) == set()
