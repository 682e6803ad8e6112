"""Callbacks, confirmations and events at the same moment: each counts, and one account has one holder."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from countersign.installs.access import require_holder
from countersign.installs.confirm_installation import confirm_pending
from countersign.installs.context import Context
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.list_installations import list_installations_of
from countersign.installs.store import load
from countersign.problems import Problem
from tests.support.clock import START
from tests.support.exhaustive import exhaustive
from tests.support.installations import (
    ACCOUNT,
    OTHER,
    SECOND_ACCOUNT,
    USER,
    begun,
    come_back,
    connected,
    members_set,
    standing,
    told,
)
from tests.support.quick_dynamodb import REASONS, QuickDynamoDB
from tests.support.races import overtaken
from tests.support.threads import at_once
from tests.support.visits import refusal


@pytest.fixture(params=[1, exhaustive(6)])
def rounds(request: pytest.FixtureRequest) -> int:
    """How often a race is run."""
    return int(request.param)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Conflicts are tried again at once; the pauses that were asked for are kept."""
    waits: list[float] = []
    monkeypatch.setattr("countersign.aws.dynamodb_calls.time.sleep", waits.append)
    return waits


def codes(results: list[Any]) -> list[str]:
    """The code of each refusal; nothing but refusals is raised."""
    for result in results:
        assert not isinstance(result, BaseException) or isinstance(result, Problem), repr(result)
    return [result.code for result in results if isinstance(result, Problem)]


def held(context: Context, user: str) -> list[str]:
    found, _ = list_installations_of(context, user, None, 100)
    return [installation.account_id for installation in found if installation.stands]


def test_two_callbacks_at_once_with_one_state_make_one_installation(
    installs: Context, rounds: int
) -> None:
    for number in range(rounds):
        one, other = f"acct_{number}a", f"acct_{number}b"
        link = begun(installs, f"user_{number}")
        calls = [partial(come_back, installs, link, account) for account in (one, other) * 4]
        results = at_once(calls)
        won = {result.account_id for result in results if not isinstance(result, Problem)}
        assert len(won) == 1
        assert set(codes(results)) == {"invalid_state"}
        assert held(installs, f"user_{number}") == list(won)


@pytest.mark.parametrize("times", [2, 3, 6])
def test_the_same_callback_at_once_is_one_installation_and_leads_on_each_time(
    installs: Context, times: int, rounds: int
) -> None:
    for number in range(rounds):
        account = f"acct_{number}"
        link = begun(installs)
        results = at_once([partial(come_back, installs, link, account)] * times)
        assert codes(results) == []
        assert {result.account_id for result in results} == {account}
        assert load(installs.table, account).rev == 1


def test_two_users_at_once_for_one_account_leave_it_to_one_of_them(
    installs: Context, rounds: int
) -> None:
    for number in range(rounds):
        account = f"acct_{number}"
        users = [f"user_{number}_{n}" for n in range(6)]
        results = at_once([partial(connected, installs, user, account) for user in users])
        assert codes(results) == ["account_held_by_another_user"] * 5
        (holder,) = [user for user in users if held(installs, user) == [account]]
        assert standing(installs, account) == holder
        for user in users:
            if user != holder:
                assert (
                    refusal(require_holder, installs, user, account).code
                    == "installation_not_found"
                )


EVENTS: list[tuple[str, int]] = [("authorized", 0), ("deauthorized", -1), ("authorized", -2)]


@pytest.mark.parametrize("last", [-1, 1])
def test_events_during_a_callback_are_all_kept(installs: Context, last: int, rounds: int) -> None:
    for number in range(rounds):
        account = f"acct_{number}"
        calls: list[Callable[[], Any]] = [partial(connected, installs, USER, account)]
        for place, (name, off) in enumerate([*EVENTS, ("deauthorized", last)]):
            at, event_id = START + off, f"evt_{place}"
            calls += [partial(told, installs, name, at, event_id, account=account)] * 2
        assert codes(at_once(calls)) == []
        found = load(installs.table, account)
        assert (found.user, found.installed_at) == (USER, START)
        assert found.confirmed == f"{START:010d}evt_0"
        assert found.uninstalled == f"{START + last:010d}evt_3"
        assert found.stands is (last < 0)


def test_two_confirmations_at_once_are_one_installation(unbound: Context, rounds: int) -> None:
    for number in range(rounds):
        account = f"acct_{number}"
        confirmation = come_back(unbound, begun(unbound), account).confirmation or ""
        results = at_once([partial(confirm_pending, unbound, USER, account, confirmation)] * 6)
        assert codes(results) == []
        assert all(result.stands for result in results)
        assert load(unbound.table, account).rev == 1


def test_two_users_confirming_at_once_leave_the_account_to_one_of_them(
    unbound: Context, rounds: int
) -> None:
    for number in range(rounds):
        account = f"acct_{number}"
        calls = []
        for user in (USER, OTHER):
            token = come_back(unbound, begun(unbound, user), account).confirmation or ""
            calls.append(partial(confirm_pending, unbound, user, account, token))
        assert codes(at_once(calls)) == ["account_held_by_another_user"]


def test_members_set_during_an_uninstallation_never_outlive_it(
    installs: Context, rounds: int
) -> None:
    for number in range(rounds):
        account = f"acct_{number}"
        found = connected(installs, USER, account)
        wanted = {"payee_name": "Bakery", "checkout_origins": ["https://bakery.example"]}
        calls: list[Callable[[], Any]] = [partial(edit_members, installs, found, wanted)] * 3
        calls.append(partial(told, installs, "deauthorized", START + 1, account=account))
        assert set(codes(at_once(calls))) <= {"not_installed"}
        assert members_set(load(installs.table, account)) == set()


@pytest.mark.parametrize("user", [USER, OTHER])
def test_members_of_an_installation_that_was_replaced_in_the_meantime_are_refused(
    installs: Context, user: str
) -> None:
    before = connected(installs)
    told(installs, "deauthorized", START + 1)
    after = connected(installs, user, at=START + 2)
    assert refusal(edit_members, installs, before, {"payee_name": "Bakery"}).code == "not_installed"
    assert load(installs.table, ACCOUNT) == after


def test_members_set_during_another_callback_of_the_holder_are_kept(installs: Context) -> None:
    before = connected(installs)
    connected(installs, at=START + 2)
    assert edit_members(installs, before, {"payee_name": "Bakery"}).payee_name == "Bakery"
    told(installs, "deauthorized", START + 1)  # late: they were set after it
    assert load(installs.table, ACCOUNT).payee_name == "Bakery"


def test_members_set_at_once_are_all_kept(installs: Context) -> None:
    found = connected(installs)
    wanted: list[dict[str, Any]] = [
        {"payee_name": "Bakery"},
        {"clients": ["c"]},
        {"checkout_origins": ["https://a.example"]},
    ]
    results = at_once([partial(edit_members, installs, found, members) for members in wanted])
    assert all(isinstance(result, Installation) for result in results)
    found = load(installs.table, ACCOUNT)
    assert (found.payee_name, found.clients) == ("Bakery", ("c",))
    assert found.checkout_origins == ("https://a.example",)


def test_a_transaction_or_an_event_that_meets_a_transaction_is_tried_again(
    installs: Context, quick: QuickDynamoDB, no_pauses: list[float]
) -> None:
    link = begun(installs)
    quick.failures["TransactWriteItems"] = deque(["TransactionConflict"] * 4)
    assert come_back(installs, link).account_id == ACCOUNT
    assert standing(installs) == USER
    assert len(no_pauses) == 4
    assert all(0 < pause < 2 for pause in no_pauses)
    for name in ("authorized", "deauthorized"):
        quick.failures["UpdateItem"] = deque(["TransactionConflictException"] * 4)
        assert told(installs, name, START + 1) == "applied"


@pytest.mark.parametrize(
    "reason", [*REASONS, "ProvisionedThroughputExceededException", "TransactionInProgressException"]
)
def test_a_transaction_that_fails_leaves_nothing(
    installs: Context, quick: QuickDynamoDB, reason: str
) -> None:
    link = begun(installs)
    before = dict(quick.rows)
    quick.failures["TransactWriteItems"] = deque([reason] * 40)
    assert refusal(come_back, installs, link).code == "storage_unavailable"
    assert quick.rows == before
    quick.failures.clear()
    assert come_back(installs, link).account_id == ACCOUNT


def test_an_account_that_changes_under_every_try_is_unavailable_in_the_end(
    installs: Context, quick: QuickDynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = begun(installs)
    plain, number = QuickDynamoDB.batch_get_item, iter(range(1000))

    def read(self: QuickDynamoDB, **request: Any) -> dict[str, Any]:
        found = plain(self, **request)
        told(installs, "authorized", START + next(number))
        return found

    monkeypatch.setattr(QuickDynamoDB, "batch_get_item", read)
    assert refusal(come_back, installs, link).code == "storage_unavailable"
    assert load(installs.table, ACCOUNT).user is None
    monkeypatch.undo()
    assert next(number) < 20


def test_an_event_between_the_read_and_the_write_counts(
    installs: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = begun(installs)
    overtaken(monkeypatch, partial(told, installs, "deauthorized", START))
    come_back(installs, link)
    found = load(installs.table, ACCOUNT)
    assert (found.user, found.stands) == (USER, False)


def test_a_rival_between_the_read_and_the_write_is_not_overwritten(
    installs: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, rivals = begun(installs, USER), begun(installs, OTHER)

    def rival() -> None:
        come_back(installs, rivals)
        told(installs, "authorized")

    overtaken(monkeypatch, rival)
    assert refusal(come_back, installs, link).code == "account_held_by_another_user"
    assert standing(installs) == OTHER
    # The state was not used up: it still works for an account that is free.
    assert come_back(installs, link, SECOND_ACCOUNT).account_id == SECOND_ACCOUNT
