"""Who may act for an account, and what Stripe's word on it changes."""

from typing import Any

import pytest

from countersign.installs.access import (
    on_behalf,
    read_account,
    require_holder,
    require_may_act,
)
from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.store import load
from countersign.problems import Unavailable
from countersign.stripe_api.calls import StripeRefused, StripeResponse
from tests.support.clock import START, Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.installing import (
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

CLIENT = "client_1"
DONE = StripeResponse({"id": "pi_1"}, START, replayed=False)


@pytest.fixture
def held(installs: Context, accounts: FakeAccounts) -> Installation:
    """An installation whose holder has listed a client."""
    accounts.install(ACCOUNT, APP_ID)
    return edit_members(installs, connected(installs), {"clients": [CLIENT]})


@pytest.fixture
def unconfirmed(live: Context, accounts: FakeAccounts) -> Installation:
    """The same in live mode, before Stripe has said anything."""
    accounts.install(ACCOUNT, APP_ID)
    return connected(live, livemode=True)


def sent(requests: list[str]) -> Any:
    def request(account_id: str) -> StripeResponse:
        requests.append(account_id)
        return DONE

    return request


@pytest.mark.parametrize("subject", [USER, CLIENT])
def test_the_holder_and_the_clients_listed_may_act(
    installs: Context, held: Installation, subject: str
) -> None:
    assert require_may_act(installs, subject, ACCOUNT) == held


@pytest.mark.parametrize(
    "subject", [OTHER, "", "client_10", "client_", CLIENT.upper(), "user_1 ", "acct_1SQbakery"]
)
def test_nobody_else_may_or_learns_that_there_is_one(
    installs: Context, held: Installation, subject: str
) -> None:
    for account in (ACCOUNT, SECOND_ACCOUNT):
        problem = refusal(require_may_act, installs, subject, account)
        assert (problem.status, problem.code) == (404, "installation_not_found")
        assert refusal(require_holder, installs, subject, account).code == "installation_not_found"


def test_an_account_that_only_stripe_has_spoken_of_is_nobodys(installs: Context) -> None:
    told(installs, "authorized")
    for subject in (USER, "", "None"):
        assert refusal(require_may_act, installs, subject, ACCOUNT).code == "installation_not_found"
        assert refusal(require_holder, installs, subject, ACCOUNT).code == "installation_not_found"


@pytest.mark.parametrize(
    "account_id", ["", "acct_", "acct_é", "x", "acct_1\0", "a" * 3000, "acct_" + "a" * 3000]
)
def test_what_is_no_account_costs_no_read(
    installs: Context, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a call"))
    assert refusal(require_holder, installs, USER, account_id).code == "installation_not_found"
    assert refusal(require_may_act, installs, USER, account_id).code == "installation_not_found"


def test_a_client_may_act_but_holds_nothing(installs: Context, held: Installation) -> None:
    assert refusal(require_holder, installs, CLIENT, ACCOUNT).code == "installation_not_found"


def test_a_client_that_was_struck_off_may_not_act(installs: Context, held: Installation) -> None:
    edit_members(installs, held, {"clients": []})
    assert refusal(require_may_act, installs, CLIENT, ACCOUNT).code == "installation_not_found"


@pytest.mark.parametrize("subject", [USER, CLIENT])
def test_what_was_uninstalled_is_over_for_everybody_who_acted(
    installs: Context, held: Installation, subject: str
) -> None:
    told(installs, "deauthorized", START + 1)
    problem = refusal(require_may_act, installs, subject, ACCOUNT)
    assert (problem.status, problem.code) == (409, "not_installed")
    assert refusal(require_may_act, installs, OTHER, ACCOUNT).code == "installation_not_found"
    assert not require_holder(installs, USER, ACCOUNT).stands


@pytest.mark.parametrize("subject", [USER, CLIENT])
def test_who_acted_for_the_last_holder_may_not_act_for_the_next(
    installs: Context, held: Installation, subject: str
) -> None:
    told(installs, "deauthorized", START + 1)
    connected(installs, OTHER, at=START + 2)
    assert refusal(require_may_act, installs, subject, ACCOUNT).code == "installation_not_found"


def test_in_test_mode_a_request_is_sent_at_once(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    requests: list[str] = []
    assert on_behalf(installs, held, sent(requests)) == DONE
    assert requests == [ACCOUNT]
    assert accounts.calls == []


def test_in_live_mode_an_unconfirmed_installation_is_confirmed_first(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts
) -> None:
    requests: list[str] = []
    assert on_behalf(live, unconfirmed, sent(requests)) == DONE
    assert requests == [ACCOUNT]
    assert accounts.calls == [("account", ACCOUNT)]
    now = load(live.table, ACCOUNT)
    assert now.is_confirmed
    on_behalf(live, now, sent(requests))
    assert accounts.calls == [("account", ACCOUNT)]


def test_in_live_mode_the_event_confirms_as_well(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts
) -> None:
    told(live, "authorized", START - 1)
    on_behalf(live, load(live.table, ACCOUNT), sent([]))
    assert accounts.calls == []


def test_an_account_that_was_installed_in_test_mode_alone_can_do_nothing_in_live_mode(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    """Its callback said nothing of the mode, which is not signed."""
    accounts.forget(ACCOUNT)
    clock.advance(60)
    requests: list[str] = []
    assert refusal(on_behalf, live, unconfirmed, sent(requests)).code == "not_installed"
    assert requests == []
    assert not load(live.table, ACCOUNT).stands


@pytest.mark.parametrize("fault", ["down", "refused", "not_found"])
def test_while_stripe_can_not_confirm_nothing_is_sent(
    live: Context, unconfirmed: Installation, accounts: FakeAccounts, fault: Any
) -> None:
    requests: list[str] = []
    accounts.fails("account", fault)
    problem = refusal(on_behalf, live, unconfirmed, sent(requests))
    assert (problem.status, problem.code) == (503, "stripe_unavailable")
    assert requests == []
    assert load(live.table, ACCOUNT) == unconfirmed


def test_reading_the_account_confirms_it(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    assert read_account(installs, held).body["id"] == ACCOUNT
    assert load(installs.table, ACCOUNT).is_confirmed
    before = load(installs.table, ACCOUNT)
    read_account(installs, before)
    assert load(installs.table, ACCOUNT) == before


def test_an_answer_without_a_date_confirms_nothing(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    accounts.fails("account", "undated")
    assert read_account(installs, held).body["id"] == ACCOUNT
    assert load(installs.table, ACCOUNT) == held


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


def test_an_account_that_stripe_has_taken_from_us_is_noted(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    edit_members(
        installs, held, {"payee_name": "Bakery", "checkout_origins": ["https://a.example"]}
    )
    clock.advance(60)
    accounts.forget(ACCOUNT)
    problem = refusal(read_account, installs, held)
    assert (problem.status, problem.code) == (409, "not_installed")
    found = load(installs.table, ACCOUNT)
    assert (found.stands, found.user) == (False, USER)
    assert members_set(found) == {"clients"}
    assert refusal(require_may_act, installs, USER, ACCOUNT).code == "not_installed"
    assert connected(installs, OTHER, at=clock()).user == OTHER


def test_an_account_that_a_request_finds_lost_is_noted_too(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock
) -> None:
    clock.advance(60)
    accounts.fails("account", "account_lost")
    assert refusal(on_behalf, installs, held, accounts.account).code == "not_installed"
    assert not load(installs.table, ACCOUNT).stands


@pytest.mark.parametrize("again", [USER, OTHER])
def test_an_installation_that_is_newer_than_the_loss_is_left_alone(
    installs: Context, held: Installation, accounts: FakeAccounts, clock: Clock, again: str
) -> None:
    clock.advance(60)

    def during() -> None:
        told(installs, "deauthorized", clock() - 1)
        connected(installs, again, at=clock())

    accounts.meanwhile = during
    accounts.fails("account", "account_lost")
    assert refusal(read_account, installs, held).code == "not_installed"
    found = load(installs.table, ACCOUNT)
    assert (found.stands, found.user) == (True, again)


def test_a_loss_without_a_date_is_refused_and_not_noted(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    accounts.forget(ACCOUNT)
    accounts.fails("account", "undated")
    assert refusal(read_account, installs, held).code == "not_installed"
    assert load(installs.table, ACCOUNT) == held


def test_what_stripe_refuses_of_a_request_is_the_callers_to_judge(
    installs: Context, held: Installation
) -> None:
    def request(_: str) -> StripeResponse:
        raise StripeRefused(400, "amount")

    with pytest.raises(StripeRefused):
        on_behalf(installs, held, request)
    assert load(installs.table, ACCOUNT) == held


def test_a_stripe_that_is_down_changes_nothing(
    installs: Context, held: Installation, accounts: FakeAccounts
) -> None:
    accounts.fails("account", "down")
    with pytest.raises(Unavailable):
        read_account(installs, held)
    assert load(installs.table, ACCOUNT) == held
