"""Who may act for an account, and how Stripe's answers change that."""

from functools import partial
from typing import Any

import pytest

from countersign.crypto.users import qualify, subject_of
from countersign.installs.access import (
    on_behalf,
    read_account,
    require_holder,
    require_may_act,
    require_merchant,
    require_standing,
    require_usable,
)
from countersign.installs.check_install import check_install
from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.permissions import PERMISSIONS
from countersign.installs.refusals import not_installed
from countersign.installs.store import load, set_members
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeRefused, StripeResponse
from tests.support.clock import START, Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import (
    ACCOUNT,
    APP_ID,
    OTHER,
    SECOND_ACCOUNT,
    USER,
    connected,
    told,
)
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.users import qualified
from tests.support.visits import refusal

CLIENT = "client_1"
DONE = StripeResponse({"id": "pi_1"}, START, replayed=False)


@pytest.fixture
def held(installs: Context, accounts: FakeAccounts) -> Installation:
    """An installation whose holder has listed a client."""
    accounts.install(ACCOUNT, APP_ID)
    return edit_members(installs, connected(installs), {"clients": [CLIENT]})


@pytest.fixture
def unconfirmed(live: Context, accounts: FakeAccounts) -> Installation:
    """An installation in live mode that Stripe has not confirmed."""
    accounts.install(ACCOUNT, APP_ID)
    return connected(live, livemode=True)


class Requests(list[str]):
    """The accounts that requests were sent for."""

    def __call__(self, account_id: str) -> StripeResponse:
        self.append(account_id)
        return DONE


def codes(installs: Context, subject: str, account_id: str = ACCOUNT) -> tuple[str, str]:
    """How a subject is refused as a holder, and as somebody who acts for the account."""
    asked = (require_holder, require_may_act)
    first, second = (refusal(ask, installs, subject, account_id) for ask in asked)
    return first.code, second.code


NOT_FOUND = ("installation_not_found", "installation_not_found")


def test_the_holder_and_the_listed_clients_may_act(installs: Context, held: Installation) -> None:
    assert require_may_act(installs, USER, ACCOUNT) == held
    assert require_may_act(installs, qualified(CLIENT), ACCOUNT) == held


@pytest.mark.parametrize(
    "user",
    [OTHER, "", *map(qualified, ("client_10", "client_", CLIENT.upper(), "user_1 ")), CLIENT],
)
def test_nobody_else_may_act_or_learns_that_the_account_is_connected(
    installs: Context, held: Installation, user: str
) -> None:
    assert codes(installs, user) == codes(installs, user, SECOND_ACCOUNT) == NOT_FOUND
    unknown = partial(Problem, 404, "decision_not_found", "")
    assert refusal(require_may_act, installs, user, ACCOUNT, unknown).code == unknown().code


def test_another_issuers_user_of_the_holders_subject_holds_nothing(
    installs: Context, held: Installation
) -> None:
    assert codes(installs, qualify("https://other.example", subject_of(USER))) == NOT_FOUND


def test_an_account_that_only_stripe_reported_belongs_to_nobody(installs: Context) -> None:
    told(installs, "authorized")
    for subject in (USER, "", "None"):
        assert codes(installs, subject) == NOT_FOUND


@pytest.mark.parametrize("account_id", ["", "acct_", "acct_é", "acct_1\0", "acct_" + "a" * 3000])
def test_text_that_is_no_account_id_costs_no_read(
    installs: Context, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a call"))
    assert codes(installs, USER, account_id) == NOT_FOUND
    assert refusal(require_merchant, installs, account_id).code == "installation_not_found"


def test_a_client_may_act_but_holds_nothing(installs: Context, held: Installation) -> None:
    assert (
        refusal(require_holder, installs, qualified(CLIENT), ACCOUNT).code
        == "installation_not_found"
    )
    edit_members(installs, held, {"clients": []})
    assert codes(installs, qualified(CLIENT)) == NOT_FOUND


@pytest.mark.parametrize("user", [USER, qualified(CLIENT)])
def test_an_uninstallation_ends_it_for_everybody_who_acted(
    installs: Context, held: Installation, user: str
) -> None:
    told(installs, "deauthorized", START + 1)
    problem = refusal(require_may_act, installs, user, ACCOUNT)
    assert (problem.status, problem.code) == (409, "not_installed")
    assert codes(installs, OTHER) == NOT_FOUND
    assert not require_holder(installs, USER, ACCOUNT).stands


def test_who_acted_for_the_last_holder_may_not_act_for_the_next(
    installs: Context, held: Installation
) -> None:
    told(installs, "deauthorized", START + 1)
    connected(installs, OTHER, at=START + 2)
    assert codes(installs, USER) == codes(installs, qualified(CLIENT)) == NOT_FOUND


def test_anybody_may_ask_about_an_account_that_stands_and_in_live_mode_is_confirmed(
    live: Context, unconfirmed: Installation
) -> None:
    assert require_standing(live, ACCOUNT, not_installed) == unconfirmed
    assert refusal(require_merchant, live, ACCOUNT).code == "installation_not_found"
    told(live, "authorized")
    assert require_merchant(live, ACCOUNT).is_confirmed
    told(live, "deauthorized", START + 1)
    assert refusal(require_merchant, live, ACCOUNT).code == "installation_not_found"
    assert refusal(require_standing, live, ACCOUNT, not_installed).code == "not_installed"


def test_in_test_mode_a_request_is_sent_at_once(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    requests = Requests()
    assert on_behalf(installs, held, requests) == DONE
    assert requests == [ACCOUNT]
    assert accounts.calls == []


def test_in_live_mode_an_unconfirmed_installation_is_confirmed_first(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts
) -> None:
    requests = Requests()
    assert on_behalf(live, unconfirmed, requests) == DONE
    assert load(live.table, ACCOUNT).is_confirmed
    on_behalf(live, load(live.table, ACCOUNT), requests)
    assert requests == [ACCOUNT] * 2
    assert (accounts.called("installs"), accounts.called("account")) == (1, 0)


@pytest.mark.parametrize("lists", ["down", "refused", "not_found"])
def test_in_live_mode_the_account_itself_confirms_where_the_list_cannot_be_read(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts, lists: Any
) -> None:
    accounts.fails("installs", lists)
    assert on_behalf(live, unconfirmed, Requests()) == DONE
    assert load(live.table, ACCOUNT).is_confirmed


def test_in_live_mode_no_permission_of_the_merchants_is_needed_to_confirm(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts
) -> None:
    accounts.granted = ()
    accounts.fails("account", *["unpermitted"] * 5)
    assert on_behalf(live, unconfirmed, Requests()) == DONE
    found = load(live.table, ACCOUNT)
    assert (found.is_confirmed, found.permissions_missing) == (True, PERMISSIONS)


def test_in_live_mode_the_event_confirms_as_well(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts
) -> None:
    told(live, "authorized", START - 1)
    on_behalf(live, load(live.table, ACCOUNT), Requests())
    assert accounts.calls == []


def test_an_account_that_was_installed_in_test_mode_alone_can_do_nothing_in_live_mode(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    """Its callback had no `livemode`, which is not signed."""
    accounts.forget(ACCOUNT)
    clock.advance(60)
    requests = Requests()
    assert refusal(on_behalf, live, unconfirmed, requests).code == "account_unreachable"
    accounts.install(SECOND_ACCOUNT, APP_ID)  # the list proves whose key ours is
    check_install(live, connected(live, USER, SECOND_ACCOUNT, livemode=True))
    clock.advance(60)
    assert refusal(on_behalf, live, unconfirmed, requests).code == "not_installed"
    assert requests == []
    assert not load(live.table, ACCOUNT).is_confirmed


@pytest.mark.parametrize("fault", ["down", "refused", "not_found"])
def test_nothing_is_sent_while_stripe_cannot_confirm(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts, fault: Any
) -> None:
    requests = Requests()
    for call in ("installs", "account"):
        accounts.fails(call, fault)
    problem = refusal(on_behalf, live, unconfirmed, requests)
    assert (problem.status, problem.code) == (503, "stripe_unavailable")
    assert requests == []
    assert not load(live.table, ACCOUNT).is_confirmed


def test_reading_the_account_confirms_it_once_if_the_answer_is_dated(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    accounts.fails("account", "undated")
    assert read_account(installs, held).body["id"] == ACCOUNT
    assert not load(installs.table, ACCOUNT).is_confirmed
    read_account(installs, held)
    before = load(installs.table, ACCOUNT)
    assert before.is_confirmed
    read_account(installs, before)
    assert load(installs.table, ACCOUNT) == before


def test_a_confirmation_that_is_read_slowly_does_not_outlive_an_uninstallation(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    def during() -> None:
        clock.advance(1)
        told(installs, "deauthorized", clock())
        connected(installs, at=clock() + 1)

    accounts.meanwhile = during
    read_account(installs, held)
    assert not load(installs.table, ACCOUNT).is_confirmed


def test_a_refusal_of_the_request_is_left_to_the_caller_to_judge(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    accounts.fails("account", "refused")
    with pytest.raises(StripeRefused):
        on_behalf(installs, held, accounts.account)
    assert load(installs.table, ACCOUNT) == held


@pytest.mark.parametrize("user", [USER, qualified(CLIENT)])
def test_nobody_acts_for_a_holder_who_came_while_stripe_was_asked(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts, clock: Clock, user: str
) -> None:
    def change_hands() -> None:
        clock.advance(10)
        told(live, "deauthorized", clock())
        clock.advance(10)
        assert connected(live, OTHER, at=clock(), livemode=True).user == OTHER

    set_members(live.table, unconfirmed, {"clients": [CLIENT]})
    accounts.meanwhile = change_hands
    assert refusal(require_usable, live, user, ACCOUNT).code == "installation_not_found"
    assert load(live.table, ACCOUNT).user == OTHER
