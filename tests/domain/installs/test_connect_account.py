"""From Stripe's callback to an installation, or to the refusal of one, in their order."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from countersign.crypto.minted import is_minted, mint
from countersign.installs import link_state, pending_installation
from countersign.installs.access import require_holder
from countersign.installs.cancel_link import cancel_link
from countersign.installs.connect_account import connect_account
from countersign.installs.context import Context
from countersign.installs.store import load
from countersign.settings import settings
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
    callback,
    come_back,
    connected,
    standing,
    told,
)
from tests.support.processes import forget_settings
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.storage import put_secret
from tests.support.visits import refusal

DAY = 24 * 3600
Change = Callable[[Begun], Any]


def refused(context: Context, quick: QuickDynamoDB, link: Begun, *more: Any, **options: Any) -> str:
    """The code of a callback's refusal, which leaves everything as it was."""
    before = dict(quick.rows)
    code = refusal(come_back, context, link, *more, **options).code
    assert quick.rows == before
    return code


def test_a_callback_stores_the_installation_and_uses_its_state_up(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs, return_to="https://shop.example.com/done")
    went_on = come_back(installs, link)
    assert (went_on.account_id, went_on.return_to) == (ACCOUNT, "https://shop.example.com/done")
    assert went_on.confirmation is None
    found = require_holder(installs, USER, ACCOUNT)
    assert found.stands
    assert (found.installed_by, found.installed_at) == (STRIPE_USER, START)
    assert refused(installs, quick, link, SECOND_ACCOUNT) == "invalid_state"


def test_a_state_is_kept_as_a_hash_with_its_user_and_its_end(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs, return_to="https://shop.example.com/done")
    (row,) = quick.rows.values()
    assert {"user": {"S": USER}, "expires_at": {"N": str(START + 900)}}.items() <= row.items()
    assert row["return_to"] == {"S": "https://shop.example.com/done"}
    stored = str(quick.rows)
    assert link.state not in stored
    assert link.cookies[0] not in stored


def test_every_link_has_a_state_of_its_own_and_a_browser_one_cookie(installs: Context) -> None:
    first = begun(installs)
    second = begun(installs, cookies=["junk", *first.cookies])
    other = begun(installs)
    assert len({first.state, second.state, other.state}) == 3
    assert first.cookies == second.cookies != other.cookies
    assert all(
        is_minted(link.state, link_state.STATE, [TOKEN_KEY]) for link in (first, second, other)
    )
    for link in (first, second):  # both tabs come back
        come_back(installs, replace(link, cookies=first.cookies))


FOREIGN_COOKIES: list[Change] = [
    lambda link: [],
    lambda link: [""],
    lambda link: ["junk"],
    lambda link: [link.cookies[0] + "A"],
    lambda link: [link.cookies[0][:-1]],
    lambda link: [link.state],
    lambda link: [link_state.browser_cookie([])],
    lambda link: [link_state.browser_cookie([]) for _ in range(3)],
]


@pytest.mark.parametrize("cookies", FOREIGN_COOKIES, ids=range(len(FOREIGN_COOKIES)))
def test_a_callback_that_is_right_in_every_way_but_the_cookie_is_refused(
    installs: Context, quick: QuickDynamoDB, cookies: Change
) -> None:
    link = begun(installs)
    assert refused(installs, quick, replace(link, cookies=cookies(link))) == "invalid_state"
    assert come_back(installs, replace(link, cookies=["junk", *link.cookies])).account_id == ACCOUNT


def test_a_victims_browser_that_is_sent_an_attackers_link_connects_nothing(
    installs: Context, quick: QuickDynamoDB
) -> None:
    attackers = begun(installs, OTHER)
    victims = begun(installs, USER)
    link = Begun(attackers.state, victims.cookies)
    assert refused(installs, quick, link) == "invalid_state"
    assert standing(installs) is None


STATES: list[Change] = [
    lambda link: "",
    lambda link: "junk",
    lambda link: link.state[:-1],
    lambda link: link.state + "A",
    lambda link: link.state[:-1] + ("A" if link.state[-1] != "A" else "B"),
    lambda link: link.cookies[0],
    lambda link: mint(link_state.STATE, ["another deployment's key"]),
    lambda link: mint(pending_installation.CONFIRMATION, [TOKEN_KEY]),
    lambda link: "é" * 43,
]


@pytest.mark.parametrize("state", STATES, ids=range(len(STATES)))
def test_junk_for_a_state_costs_no_read(
    installs: Context, state: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = begun(installs)
    tell = replace(callback(link.state), state=state(link))
    monkeypatch.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a call"))
    assert refusal(connect_account, installs, tell, link.cookies).code == "invalid_state"
    cancel_link(installs, tell.state, link.cookies)


def test_a_state_that_nobody_stored_is_refused(installs: Context, quick: QuickDynamoDB) -> None:
    link = Begun(mint(link_state.STATE, [TOKEN_KEY]), begun(installs).cookies)
    assert refused(installs, quick, link) == "invalid_state"


@pytest.mark.parametrize(
    ("seconds", "code"), [(899, None), (900, "invalid_state"), (DAY, "invalid_state")]
)
def test_a_link_lasts_fifteen_minutes(
    installs: Context, quick: QuickDynamoDB, clock: Clock, seconds: int, code: str | None
) -> None:
    link = begun(installs)
    clock.advance(seconds)
    if code:
        assert refused(installs, quick, link, at=clock.now) == code
    else:
        assert come_back(installs, link, at=clock.now)


def test_a_reload_shows_the_same_and_changes_nothing(
    installs: Context, quick: QuickDynamoDB, clock: Clock
) -> None:
    link = begun(installs, return_to="https://shop.example.com/done")
    first = come_back(installs, link)
    before = dict(quick.rows)
    for seconds in (0, 600, 600, 3000):  # its signature and its state are old by then
        clock.advance(seconds)
        assert come_back(installs, link) == first
        assert quick.rows == before


def test_a_reload_is_answered_for_a_day(
    installs: Context, quick: QuickDynamoDB, clock: Clock
) -> None:
    link = begun(installs)
    come_back(installs, link)
    clock.advance(DAY - 1)
    again = callback(link.state)
    assert connect_account(installs, again, link.cookies).account_id == ACCOUNT
    clock.advance(1)  # the item may be there still
    problem = refusal(connect_account, installs, again, link.cookies)
    assert problem.code == "invalid_state"


def test_a_reload_of_another_browser_is_refused(installs: Context, quick: QuickDynamoDB) -> None:
    link = begun(installs)
    come_back(installs, link)
    stranger = replace(link, cookies=begun(installs).cookies)
    assert refused(installs, quick, stranger) == "invalid_state"


OTHERWISE: list[dict[str, Any]] = [
    {"account_id": SECOND_ACCOUNT}, {"user_id": "usr_2"}, {"at": START + 1}, {"secret": "absec_wrong"},
]  # fmt: skip


@pytest.mark.parametrize("options", OTHERWISE, ids=lambda options: next(iter(options)))
def test_a_used_state_is_refused_to_every_other_callback(
    installs: Context, quick: QuickDynamoDB, options: dict[str, Any]
) -> None:
    link = begun(installs)
    come_back(installs, link)
    assert refused(installs, quick, link, **options) == "invalid_state"


@pytest.mark.parametrize(
    "options", [{"secret": "absec_wrong"}, {"secret": ""}, {"at": START - 301}, {"at": START + 301}]
)
def test_what_stripe_did_not_sign_lately_is_refused(
    installs: Context, quick: QuickDynamoDB, options: dict[str, Any]
) -> None:
    link = begun(installs)
    assert refused(installs, quick, link, **options) == "invalid_install_signature"
    assert come_back(installs, link).account_id == ACCOUNT


@pytest.mark.parametrize("member", ["user_id", "account_id", "state"])
def test_a_signature_over_other_values_is_refused(
    installs: Context, quick: QuickDynamoDB, member: str
) -> None:
    link, other = begun(installs), begun(installs)
    true = callback(link.state)
    values: Any = {"user_id": "usr_2", "account_id": SECOND_ACCOUNT, "state": other.state}
    change: Any = {member: values[member]}
    changed = replace(true, **change)
    cookies = [*link.cookies, *other.cookies]
    problem = refusal(connect_account, installs, changed, cookies)
    assert problem.code == "invalid_install_signature"
    assert standing(installs) is None


@pytest.mark.parametrize("off", [-299, 299])
def test_a_signature_of_the_last_or_next_minutes_is_fresh(installs: Context, off: int) -> None:
    assert connected(installs, at=START + off).installed_at == START + off


def test_an_installation_of_the_other_mode_is_refused(
    installs: Context, quick: QuickDynamoDB
) -> None:
    assert refused(installs, quick, begun(installs), livemode=True) == "wrong_mode"


def test_a_live_deployment_refuses_test_mode_and_takes_silence_for_live_mode(
    live: Context, quick: QuickDynamoDB
) -> None:
    link = begun(live)
    assert refused(live, quick, link) == "wrong_mode"
    come_back(live, link, livemode=True)
    found = load(live.table, ACCOUNT)
    assert found.stands
    assert not found.is_confirmed


def test_the_state_is_judged_before_the_signature_and_that_before_the_mode(
    installs: Context, quick: QuickDynamoDB
) -> None:
    connected(installs, OTHER)  # the last refusal is for the account itself
    link = begun(installs)
    stranger = replace(link, cookies=[])
    wrong = {"secret": "absec_wrong", "livemode": True}
    assert refused(installs, quick, stranger, **wrong) == "invalid_state"
    assert refused(installs, quick, link, **wrong) == "invalid_install_signature"
    assert refused(installs, quick, link, livemode=True) == "wrong_mode"
    assert refused(installs, quick, link) == "account_held_by_another_user"


def test_an_account_that_another_user_holds_is_never_moved(
    installs: Context, quick: QuickDynamoDB
) -> None:
    connected(installs, USER)
    link = begun(installs, OTHER)
    assert refused(installs, quick, link) == "account_held_by_another_user"
    assert standing(installs) == USER
    assert refusal(require_holder, installs, OTHER, ACCOUNT).code == "installation_not_found"
    # Once it is free, the same link will do.
    told(installs, "deauthorized", START + 1)
    come_back(installs, link, at=START + 2)
    assert standing(installs) == OTHER
    assert refusal(require_holder, installs, USER, ACCOUNT).code == "installation_not_found"


def test_a_user_may_hold_several_accounts(installs: Context) -> None:
    for account in (ACCOUNT, SECOND_ACCOUNT):
        connected(installs, USER, account)
    assert standing(installs, ACCOUNT) == standing(installs, SECOND_ACCOUNT) == USER


def test_an_app_secret_that_is_rolled_is_looked_for(
    installs: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_APP_SECRETS": "absec_old"}
    monkeypatch.setenv("STRIPE_SECRET", put_secret("rolled-app", **values))
    forget_settings()
    assert settings().stripe_secret
    both = values | {"STRIPE_APP_SECRETS": "absec_new, absec_old,"}
    connected(installs, at=START, secret="absec_old")
    put_secret("rolled-app", **both)
    monkeypatch.setattr("countersign.aws.secrets.REFRESH", -1)
    connected(installs, account_id=SECOND_ACCOUNT, secret="absec_new")
    assert standing(installs, SECOND_ACCOUNT) == USER
    connected(installs, at=START + 1, secret="absec_old")
