"""A process that is killed at any step of a callback or a confirmation leaves nothing, or all of it."""

import pytest

from countersign.installs.cancel_link import cancel_link
from countersign.installs.confirm_installation import confirm_pending
from countersign.installs.connect_account import connect_account
from countersign.installs.context import Context
from countersign.installs.disconnect_account import disconnect_account
from countersign.installs.installation import Installation
from countersign.installs.list_installations import list_installations_of
from countersign.installs.store import load
from tests.support.clock import START
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import (
    APP_ID,
    USER,
    Begun,
    begun,
    callback,
    come_back,
    connected,
)
from tests.support.quick_dynamodb import QuickDynamoDB


def whole_or_nothing(context: Context, account_id: str) -> bool:
    """Whether the account is held; if not, no trace of a holder is left."""
    found = load(context.table, account_id)
    listed, _ = list_installations_of(context, USER, None, 100)
    assert (account_id in [entry.account_id for entry in listed]) is found.stands
    assert found.stands or found == Installation(account_id)
    return found.stands


@pytest.mark.parametrize("known", [False, True])
def test_a_callback_that_is_cut_short_leaves_nothing_or_all_of_it(
    installs: Context, known: bool
) -> None:
    places: list[str] = []
    links: list[tuple[Begun, str]] = []

    def work(fuse: Fuse) -> None:
        account_id = f"acct_{len(links)}"
        if known:
            connected(installs, USER, account_id, at=START - 5)
        link = begun(installs)
        links.append((link, account_id))
        connect_account(fused(installs, fuse), callback(link.state, account_id), link.cookies)

    for place in every_crash(work):
        places.append(place)
        link, account_id = links[-1]
        stands = whole_or_nothing(installs, account_id)
        assert stands is (known or place == "after table.transact")
        # The visitor's reload, and its end.
        assert come_back(installs, link, account_id).account_id == account_id
        assert load(installs.table, account_id).installed_at == START
    assert places == [
        f"{when} table.{call}"
        for when in ("before", "after")
        for call in ("get_many", "get", "transact")
    ]


def test_a_confirmation_that_is_cut_short_leaves_nothing_or_all_of_it(unbound: Context) -> None:
    begins: list[tuple[str, str]] = []

    def work(fuse: Fuse) -> None:
        account_id = f"acct_{len(begins)}"
        token = come_back(unbound, begun(unbound), account_id).confirmation
        assert token is not None
        begins.append((token, account_id))
        confirm_pending(fused(unbound, fuse), USER, account_id, token)

    places = []
    for place in every_crash(work):
        places.append(place)
        token, account_id = begins[-1]
        whole_or_nothing(unbound, account_id)
        assert confirm_pending(unbound, USER, account_id, token).stands
    assert {"before table.transact", "after table.transact"} <= set(places)


def test_a_link_or_a_cancellation_that_is_cut_short_leaves_at_most_a_state(
    installs: Context, quick: QuickDynamoDB
) -> None:
    for _ in every_crash(lambda fuse: begun(fused(installs, fuse))):
        assert all(pk.startswith("state#") for pk in quick.rows)
    links: list[Begun] = []

    def work(fuse: Fuse) -> None:
        links.append(begun(installs))
        cancel_link(fused(installs, fuse), links[-1].state, links[-1].cookies)

    for _ in every_crash(work):
        cancel_link(installs, links[-1].state, links[-1].cookies)
        assert {"S": "cancelled"} in [row.get("used_for") for row in quick.rows.values()]


@pytest.mark.parametrize("gone", [False, True])
def test_a_disconnection_that_is_cut_short_can_be_repeated(
    installs: Context, accounts: FakeAccounts, gone: bool
) -> None:
    numbers: list[str] = []

    def work(fuse: Fuse) -> None:
        account_id = f"acct_{len(numbers)}"
        numbers.append(account_id)
        held = connected(installs, USER, account_id)
        if not gone:
            accounts.install(account_id, APP_ID)
        disconnect_account(fused(installs, fuse), held)

    for _ in every_crash(work):
        found = load(installs.table, numbers[-1])
        assert not disconnect_account(installs, found).stands
        assert accounts.installed == {}
