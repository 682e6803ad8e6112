"""From Stripe's callback to an installation, or to a refusal; the refusals come in their order."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from countersign.crypto.minted import mint
from countersign.installs.access import require_holder
from countersign.installs.account_list import load_list
from countersign.installs.cancel_link import cancel_link
from countersign.installs.connect_account import connect_account
from countersign.installs.context import Context
from countersign.installs.link_state import STATE, browser_cookie
from countersign.installs.pending_installation import CONFIRMATION
from countersign.installs.store import load
from tests.support.clock import START, Clock
from tests.support.installations import (
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
from tests.support.quick_secrets import put_secret
from tests.support.visits import refusal

DAY, DONE = 24 * 3600, "https://shop.example.com/done"


def listed_accounts(context: Context) -> set[str]:
    return {entry.account_id for entry in load_list(context.table, USER)}


def refused(context: Context, quick: QuickDynamoDB, link: Begun, *more: Any, **options: Any) -> str:
    """The code of a callback's refusal, which leaves everything as it was."""
    before = dict(quick.rows)
    code = refusal(come_back, context, link, *more, **options).code
    assert quick.rows == before
    return code


def test_a_callback_stores_the_installation_and_uses_its_state_up(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs, return_to=DONE)
    went_on = come_back(installs, link)
    assert (went_on.account_id, went_on.return_to) == (ACCOUNT, DONE)
    assert went_on.confirmation is None
    found = require_holder(installs, USER, ACCOUNT)
    assert found.stands
    assert (found.installed_by, found.installed_at) == (STRIPE_USER, START)
    assert refused(installs, quick, link, SECOND_ACCOUNT) == "invalid_state"


def test_a_state_is_stored_as_a_hash_with_its_user_and_its_end(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs, return_to=DONE)
    (row,) = quick.rows.values()
    assert row.keys() == {"pk", "user", "return_to", "expires_at", "binding", "w"}
    assert (row["user"], row["return_to"]) == ({"S": USER}, {"S": DONE})
    assert row["expires_at"] == {"N": str(START + 900)}
    assert not any(secret in str(quick.rows) for secret in (link.state, *link.cookies))


FOREIGN_COOKIES: list[Callable[[Begun], list[str]]] = [
    lambda link: [],
    lambda link: ["", "junk"],
    lambda link: [link.cookies[0] + "A", link.cookies[0][:-1]],
    lambda link: [link.state],
    lambda link: [browser_cookie([]) for _ in range(3)],
]


@pytest.mark.parametrize("cookies", FOREIGN_COOKIES, ids=range(len(FOREIGN_COOKIES)))
def test_a_callback_that_is_right_in_all_but_the_cookie_is_refused(
    installs: Context, quick: QuickDynamoDB, cookies: Callable[[Begun], list[str]]
) -> None:
    link = begun(installs)
    assert (
        refused(installs, quick, dataclasses.replace(link, cookies=cookies(link)))
        == "invalid_state"
    )
    assert (
        come_back(installs, dataclasses.replace(link, cookies=["junk", *link.cookies])).account_id
        == ACCOUNT
    )


STATES: list[Callable[[Begun], str]] = [
    lambda link: "",
    lambda link: "é" * 43,
    lambda link: link.state[:-1],
    lambda link: link.state + "A",
    lambda link: link.state[:-1] + ("A" if link.state[-1] != "A" else "B"),
    lambda link: link.cookies[0],
    lambda link: mint(STATE, ["another deployment's key"]),
    lambda link: mint(CONFIRMATION, [TOKEN_KEY]),
]


@pytest.mark.parametrize("state", STATES, ids=range(len(STATES)))
def test_junk_for_a_state_costs_no_read(
    installs: Context, state: Callable[[Begun], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link = begun(installs)
    changed = replace(callback(link.state), state=state(link))
    monkeypatch.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a call"))
    assert refusal(connect_account, installs, changed, link.cookies).code == "invalid_state"
    cancel_link(installs, changed.state, link.cookies)


def test_a_state_that_is_not_stored_is_refused(installs: Context, quick: QuickDynamoDB) -> None:
    link = Begun(mint(STATE, [TOKEN_KEY]), begun(installs).cookies)
    assert refused(installs, quick, link) == "invalid_state"


def test_a_link_lasts_fifteen_minutes(
    installs: Context, quick: QuickDynamoDB, clock: Clock
) -> None:
    first, second = begun(installs), begun(installs)
    clock.advance(899)
    assert come_back(installs, first, at=clock.now)
    clock.advance(1)
    assert refused(installs, quick, second, at=clock.now) == "invalid_state"


def test_a_reload_shows_the_same_and_changes_nothing_for_a_day(
    installs: Context, quick: QuickDynamoDB, clock: Clock
) -> None:
    link = begun(installs, return_to=DONE)
    first = come_back(installs, link)
    before = dict(quick.rows)
    for seconds in (0, 600, DAY - 601):  # the signature and the state are old by then
        clock.advance(seconds)
        assert come_back(installs, link) == first
        assert quick.rows == before
    clock.advance(1)  # DynamoDB may not have removed the item yet
    assert refused(installs, quick, link) == "invalid_state"


OTHERWISE: list[dict[str, Any]] = [
    {"account_id": SECOND_ACCOUNT}, {"user_id": "usr_2"}, {"at": START + 1}, {"secret": "absec_wrong"},
]  # fmt: skip


@pytest.mark.exhaustive  # hundreds of accounts
def test_a_users_list_keeps_what_the_user_holds_and_loses_the_oldest_that_are_over(
    installs: Context, quick: QuickDynamoDB
) -> None:
    for number in range(100):
        connected(installs, account_id=f"acct_{number}")
        if number in (7, 8):
            told(installs, "deauthorized", START + 1, account=f"acct_{number}")
    for account, gone in (("acct_a", "acct_7"), ("acct_b", "acct_8"), ("acct_c", "")):
        before = listed_accounts(installs)
        connected(installs, account_id=account)
        assert listed_accounts(installs) == before - {gone} | {account}
    (row,) = [row for pk, row in quick.rows.items() if pk.startswith("holder#")]
    assert len(row) == 102  # all that are held, and the key


def test_a_used_state_is_refused_to_every_other_callback(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs)
    come_back(installs, link)
    for options in OTHERWISE:
        assert refused(installs, quick, link, **options) == "invalid_state"
    stranger = dataclasses.replace(link, cookies=begun(installs).cookies)
    assert refused(installs, quick, stranger) == "invalid_state"


@pytest.mark.parametrize(
    "options", [{"secret": "absec_wrong"}, {"secret": ""}, {"at": START - 301}, {"at": START + 301}]
)
def test_a_callback_that_stripe_did_not_sign_lately_is_refused(
    installs: Context, quick: QuickDynamoDB, options: dict[str, Any]
) -> None:
    link = begun(installs)
    assert refused(installs, quick, link, **options) == "invalid_install_signature"
    assert come_back(installs, link).account_id == ACCOUNT


@pytest.mark.parametrize("member", ["user_id", "account_id", "state"])
def test_a_signature_over_other_values_is_refused(installs: Context, member: str) -> None:
    link, other = begun(installs), begun(installs)
    values: Any = {"user_id": "usr_2", "account_id": SECOND_ACCOUNT, "state": other.state}
    change: Any = {member: values[member]}
    changed = replace(callback(link.state), **change)
    problem = refusal(connect_account, installs, changed, [*link.cookies, *other.cookies])
    assert problem.code == "invalid_install_signature"
    assert standing(installs) is None


def test_a_live_deployment_refuses_test_mode_and_takes_silence_for_live_mode(
    live: Context, quick: QuickDynamoDB
) -> None:
    link = begun(live)
    assert refused(live, quick, link) == "wrong_mode"
    come_back(live, link, livemode=True)
    found = load(live.table, ACCOUNT)
    assert (found.stands, found.is_confirmed) == (True, False)


def test_the_state_is_checked_before_the_signature_and_the_signature_before_the_mode(
    installs: Context, quick: QuickDynamoDB
) -> None:
    connected(installs, OTHER)  # the last refusal is for the account itself
    link = begun(installs)
    stranger = dataclasses.replace(link, cookies=[])
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
    told(installs, "deauthorized", START + 1)
    come_back(installs, link, at=START + 2)  # once the account is free, the same link works
    assert standing(installs) == OTHER
    assert refusal(require_holder, installs, USER, ACCOUNT).code == "installation_not_found"


def test_a_new_app_secret_is_fetched_while_the_secret_is_rolled(
    installs: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_SECRET", put_secret("rolled-app", STRIPE_APP_SECRETS="absec_old"))
    forget_settings()
    connected(installs, at=START, secret="absec_old")
    put_secret("rolled-app", STRIPE_APP_SECRETS="absec_new, absec_old,")
    monkeypatch.setattr("countersign.aws.secrets.REFRESH", -1)
    connected(installs, account_id=SECOND_ACCOUNT, secret="absec_new")
    assert standing(installs, SECOND_ACCOUNT) == USER
    connected(installs, at=START + 1, secret="absec_old")


def test_a_canceled_installation_uses_up_its_state_in_its_own_browser_alone(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs)
    before = dict(quick.rows)
    for state, cookies in (
        (link.state, []), (link.state, ["junk"]), ("", link.cookies), ("junk", link.cookies),
    ):  # fmt: skip
        cancel_link(installs, state, cookies)
        assert quick.rows == before
    cancel_link(installs, link.state, link.cookies)
    assert refusal(come_back, installs, link).code == "invalid_state"
    after = dict(quick.rows)
    cancel_link(installs, link.state, link.cookies)
    assert quick.rows == after


def test_a_cancellation_after_a_success_takes_nothing_back(
    installs: Context, quick: QuickDynamoDB
) -> None:
    link = begun(installs)
    come_back(installs, link)
    before = dict(quick.rows)
    cancel_link(installs, link.state, link.cookies)
    assert quick.rows == before
    assert come_back(installs, link).account_id == ACCOUNT
