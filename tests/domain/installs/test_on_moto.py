"""The life of an installation once more, with its storage on moto."""

import pytest
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.installs.cancel_link import cancel_link
from countersign.installs.confirm_installation import confirm_pending
from countersign.installs.context import Context
from countersign.installs.disconnect_account import disconnect_account
from countersign.installs.edit_installation import edit_members
from countersign.installs.list_installations import list_installations_of
from countersign.installs.store import load
from tests.support.clock import START
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import (
    ACCOUNT,
    APP_ID,
    OTHER,
    SECOND_ACCOUNT,
    USER,
    begun,
    come_back,
    connected,
    standing,
    told,
)
from tests.support.visits import refusal


@pytest.fixture
def on_moto(installs: Context, table: Table) -> Context:
    return replace(installs, table=table)


def test_an_account_is_connected_set_up_and_let_go(
    on_moto: Context, accounts: FakeAccounts
) -> None:
    accounts.install(ACCOUNT, APP_ID)
    link = begun(on_moto)
    assert come_back(on_moto, link) == come_back(on_moto, link)
    assert refusal(come_back, on_moto, link, SECOND_ACCOUNT).code == "invalid_state"
    assert refusal(connected, on_moto, OTHER).code == "account_held_by_another_user"
    assert told(on_moto, "authorized") == "applied"
    assert told(on_moto, "authorized") == "duplicate"
    members = {"payee_name": "Bakery", "checkout_origins": ["https://a.example"], "clients": ["c"]}
    edit_members(on_moto, load(on_moto.table, ACCOUNT), members)
    found = edit_members(on_moto, load(on_moto.table, ACCOUNT), {"payee_name": None})
    assert found.is_confirmed
    assert found.payee_name is None
    assert found.checkout_origins == ("https://a.example",)
    assert not disconnect_account(on_moto, found).stands
    assert connected(on_moto, OTHER, at=START + 5).user == OTHER
    assert list_installations_of(on_moto, USER, None, 20) == ([], None)


def test_events_come_first_late_and_again(on_moto: Context) -> None:
    assert told(on_moto, "deauthorized", START - 5, "evt_2") == "applied"
    assert told(on_moto, "deauthorized", START - 6, "evt_1") == "superseded"
    connected(on_moto)
    assert told(on_moto, "deauthorized", START - 1, "evt_3") == "superseded"
    assert standing(on_moto) == USER
    assert told(on_moto, "deauthorized", START, "evt_4") == "applied"
    assert told(on_moto, "deauthorized", START, "evt_4") == "duplicate"
    assert standing(on_moto) is None


def test_a_pending_installation_is_confirmed_and_a_canceled_one_is_not(on_moto: Context) -> None:
    unbound = replace(on_moto, settings=replace(on_moto.settings, install_binding=False))
    token = come_back(unbound, begun(unbound)).confirmation
    assert token is not None
    assert confirm_pending(unbound, USER, ACCOUNT, token) == confirm_pending(
        unbound, USER, ACCOUNT, token
    )
    link = begun(on_moto)
    cancel_link(on_moto, link.state, link.cookies)
    assert refusal(come_back, on_moto, link, SECOND_ACCOUNT).code == "invalid_state"
