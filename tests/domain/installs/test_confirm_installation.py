"""While links are not bound to a browser, nothing is installed before its user has confirmed it."""

from dataclasses import replace

import pytest

from countersign.crypto.minted import derive, is_minted, mint
from countersign.installs.cancel_link import cancel_link
from countersign.installs.confirm_installation import confirm_pending
from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.link_state import STATE
from countersign.installs.pending_installation import CONFIRMATION
from tests.support.clock import START, Clock
from tests.support.installing import (
    ACCOUNT,
    OTHER,
    SECOND_ACCOUNT,
    STRIPE_USER,
    TOKEN_KEY,
    USER,
    begun,
    come_back,
    standing,
    told,
)
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.visits import refusal

DONE = "https://shop.example.com/done"


def pending(context: Context, user: str = USER, at: int = START) -> str:
    """The confirmation that the browser of a callback gets."""
    found = come_back(context, begun(context, user), at=at).confirmation
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
    link = begun(unbound, return_to=DONE)
    assert link.cookies == []
    first = come_back(unbound, link)
    assert come_back(unbound, link) == first  # a reload
    assert first.return_to == DONE
    assert first.confirmation is not None
    assert is_minted(first.confirmation, CONFIRMATION, [TOKEN_KEY])
    assert {pk.partition("#")[0] for pk in quick.rows} == {"state", "pending"}
    found = confirm_pending(unbound, USER, ACCOUNT, first.confirmation)
    assert (found.stands, found.user) == (True, USER)
    assert (found.installed_by, found.installed_at) == (STRIPE_USER, START)
    assert come_back(unbound, link) == first
    assert first.confirmation not in str(quick.rows)


def test_the_creator_of_a_link_cannot_guess_its_confirmation(
    unbound: Context, quick: QuickDynamoDB
) -> None:
    link = begun(unbound)
    early = derive(CONFIRMATION, [TOKEN_KEY], link.state)
    assert refused(unbound, quick, USER, ACCOUNT, early) == "invalid_confirmation"
    confirmation = come_back(unbound, link).confirmation
    assert confirmation not in (link.state, derive(CONFIRMATION, ["x"], link.state))


def test_a_repeated_confirmation_changes_nothing_for_a_day(
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


def test_only_the_user_who_created_the_link_can_confirm_and_only_this_account(
    unbound: Context, quick: QuickDynamoDB
) -> None:
    confirmation = pending(unbound, USER)
    assert refused(unbound, quick, OTHER, ACCOUNT, confirmation) == "invalid_confirmation"
    assert refused(unbound, quick, USER, SECOND_ACCOUNT, confirmation) == "invalid_confirmation"
    assert confirm_pending(unbound, USER, ACCOUNT, confirmation).stands


@pytest.mark.parametrize("junk", ["", "A" * 43, "é" * 43, "A" * 255])
def test_a_confirmation_that_was_not_made_here_costs_no_read(
    unbound: Context, junk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a call"))
    for text in (junk, mint(STATE, [TOKEN_KEY]), mint(CONFIRMATION, ["x"])):
        assert refusal(confirm_pending, unbound, USER, ACCOUNT, text).code == "invalid_confirmation"
    ours = mint(CONFIRMATION, [TOKEN_KEY])
    assert refusal(confirm_pending, unbound, USER, junk, ours).code == "invalid_confirmation"


def test_a_confirmation_lasts_fifteen_minutes(
    unbound: Context, quick: QuickDynamoDB, clock: Clock
) -> None:
    first, second = pending(unbound), pending(unbound)
    clock.advance(899)
    assert confirm_pending(unbound, USER, ACCOUNT, first).stands
    clock.advance(1)
    assert refused(unbound, quick, USER, ACCOUNT, second) == "invalid_confirmation"


def test_an_account_that_another_user_took_in_the_meantime_does_not_move(
    unbound: Context, quick: QuickDynamoDB
) -> None:
    mine, theirs = pending(unbound, USER), pending(unbound, OTHER)
    confirm_pending(unbound, OTHER, ACCOUNT, theirs)
    assert refused(unbound, quick, USER, ACCOUNT, mine) == "account_held_by_another_user"
    assert standing(unbound) == OTHER
    # And a further callback is refused before anything is left pending.
    link = begun(unbound, USER)
    before = dict(quick.rows)
    assert refusal(come_back, unbound, link).code == "account_held_by_another_user"
    assert quick.rows == before


def test_a_repeated_confirmation_shows_nothing_of_the_next_holder(unbound: Context) -> None:
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
    assert refusal(edit_members, unbound, found, {"payee_name": "x"}).code == "not_installed"


def test_a_link_made_without_the_binding_works_for_nobody_once_it_is_on(
    installs: Context, unbound: Context, quick: QuickDynamoDB
) -> None:
    assert refusal(come_back, installs, begun(unbound)).code == "invalid_state"
    bound = begun(installs)
    assert refusal(come_back, installs, replace(bound, cookies=[])).code == "invalid_state"
    assert come_back(installs, bound).confirmation is None
    guess = derive(CONFIRMATION, [TOKEN_KEY], bound.state)
    assert refused(installs, quick, USER, ACCOUNT, guess) == "invalid_confirmation"


def test_a_cancellation_without_a_binding_uses_up_no_state(
    unbound: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = begun(unbound)
    with monkeypatch.context() as patched:
        patched.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a call"))
        cancel_link(unbound, link.state, ["any"])
    assert come_back(unbound, link).confirmation
