"""What is stored of a payer: credentials, the browsers they were used in, and nothing of anybody else."""

from functools import partial
from typing import Any

import pytest

from countersign.spc import browsers, credentials
from countersign.spc.context import Context
from countersign.spc.credential_record import CredentialRecord
from tests.support.authenticator import ES256, RS256, b64, unb64
from tests.support.clock import Clock
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_payments import signing_key
from tests.support.spc_people import (
    HOME,
    OTHER,
    USER,
    bound_browser,
    confirmed,
    plain_browser,
    registered,
)
from tests.support.threads import at_once


def credential(context: Context, passkey: Any, user: str = USER) -> CredentialRecord:
    """A credential as it is stored."""
    item = credentials.load_own(context.table, user, b64(passkey.id))
    assert item is not None
    return item


def key_ids(context: Context, passkey: Any, status: str) -> list[str]:
    """The browsers of a credential that have this status."""
    found = credential(context, passkey).browsers
    return [key_id for key_id, browser in found.items() if browser.status == status]


def test_a_users_handle_is_made_once_and_tells_nothing(spc: Context) -> None:
    handle = credentials.user_handle(spc.table, USER)
    assert len(unb64(handle)) == 32
    assert credentials.user_handle(spc.table, USER) == handle
    assert credentials.user_handle(spc.table, OTHER) != handle


def test_asked_for_at_once_it_is_one_as_well(spc: Context) -> None:
    for number in range(6):
        results = at_once([partial(credentials.user_handle, spc.table, f"user_{number}")] * 6)
        assert len(set(map(str, results))) == 1


def test_credentials_are_listed_newest_first_and_each_users_alone(
    spc: Context, clock: Clock
) -> None:
    passkeys = []
    for _ in range(3):
        passkeys.append(registered(spc))
        clock.advance(10)
    theirs = registered(spc, OTHER)
    listed = [each.id for each in credentials.credentials_of(spc.table, USER)]
    assert listed == [b64(passkey.id) for passkey in passkeys[::-1]]
    assert credentials.credential_ids(spc.table, USER) == sorted(listed)
    assert credentials.credential_ids(spc.table, OTHER) == [b64(theirs.id)]
    assert credentials.credentials_of(spc.table, "nobody") == []


def test_somebody_elses_credential_is_as_one_that_does_not_exist(spc: Context) -> None:
    theirs = registered(spc, OTHER)
    assert credentials.load_own(spc.table, USER, b64(theirs.id)) is None
    for junk in ("", "x", "A" * 1365, "A" * 5000, "é" * 1300, "日" * 700, "a=", "a\n"):
        assert credentials.load_own(spc.table, USER, junk) is None


def test_a_browser_that_its_owner_trusts_is_trusted(spc: Context) -> None:
    passkey = registered(spc)
    confirmed(spc, passkey, bound_browser())
    (key,) = key_ids(spc, passkey, "pending")
    for _ in range(2):
        item = browsers.trust(spc.table, credential(spc, passkey).pk, USER, key)
        assert item is not None
    assert key_ids(spc, passkey, "trusted") == [key]
    assert confirmed(spc, passkey, bound_browser()).browser_bound == "trusted"


@pytest.mark.parametrize("key", ["x", "A" * 43, "a.b", "status", "é", "a b", "#key", ":one"])
def test_a_browser_that_is_not_known_can_not_be_trusted(spc: Context, key: str) -> None:
    passkey = registered(spc, browser=bound_browser(HOME))
    before = credential(spc, passkey)
    assert browsers.trust(spc.table, before.pk, USER, key) is None
    assert credential(spc, passkey) == before


def test_a_browser_of_another_credential_can_not_be_trusted_here(spc: Context) -> None:
    one, other = registered(spc, browser=bound_browser(HOME)), registered(spc)
    (key,) = key_ids(spc, one, "trusted")
    assert browsers.trust(spc.table, credential(spc, other).pk, USER, key) is None


def test_a_credential_that_is_gone_meanwhile_is_not_brought_back_by_trust(
    spc: Context, quick: QuickDynamoDB
) -> None:
    passkey = registered(spc)
    confirmed(spc, passkey, bound_browser())
    item, (key,) = credential(spc, passkey), key_ids(spc, passkey, "pending")
    credentials.remove(spc.table, USER, b64(passkey.id))
    assert browsers.trust(spc.table, item.pk, USER, key) is None
    assert item.pk not in quick.rows


def test_a_key_is_one_browser_however_it_is_used(spc: Context) -> None:
    for algorithm in (ES256, RS256):
        key = signing_key(algorithm, "print")
        assert browsers.thumbprint(key.cose) == browsers.thumbprint(bytes(key.cose))
        assert len(unb64(browsers.thumbprint(key.cose))) == 32


def test_what_is_stored_names_no_user_in_a_key(spc: Context, quick: QuickDynamoDB) -> None:
    confirmed(spc, registered(spc, browser=bound_browser(HOME)), plain_browser())
    assert not [pk for pk in quick.rows if USER in pk]
