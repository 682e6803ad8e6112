"""A user's wallet: its credentials, and who finds them."""

import hashlib
from functools import partial

import pytest

from countersign.crypto.minted import fingerprint
from countersign.spc import browsers, credentials
from countersign.spc.context import Context
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


def test_a_users_handle_is_made_once_and_tells_nothing(spc: Context) -> None:
    handle = credentials.user_handle(spc.table, USER)
    assert len(unb64(handle)) == 32
    assert credentials.user_handle(spc.table, USER) == handle
    assert credentials.user_handle(spc.table, OTHER) != handle


def test_a_users_handle_that_is_asked_for_six_times_at_once_is_one(spc: Context) -> None:
    for number in range(6):
        results = at_once([partial(credentials.user_handle, spc.table, f"user_{number}")] * 6)
        assert len(set(map(str, results))) == 1


def test_credentials_are_listed_newest_first_and_only_to_their_owner(
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
    mislaid = {":id": {b64(theirs.id)}}  # on the list of one user, and stored for another
    wallet = f"wallet#{fingerprint(USER)}"
    spc.table.update(wallet, "ADD credentials :id", "attribute_exists(pk)", mislaid)
    assert [each.id for each in credentials.credentials_of(spc.table, USER)] == listed


def test_the_credential_of_another_user_is_found_no_more_than_one_that_does_not_exist(
    spc: Context,
) -> None:
    theirs = registered(spc, OTHER)
    assert credentials.load_own(spc.table, USER, b64(theirs.id)) is None
    for junk in ("", "x", "A" * 1365, "A" * 5000, "é" * 1300, "日" * 700, "a=", "a\n"):
        assert credentials.load_own(spc.table, USER, junk) is None


@pytest.mark.parametrize("algorithm", [ES256, RS256])
def test_the_id_of_a_browser_is_the_hash_of_its_key(algorithm: int) -> None:
    key = signing_key(algorithm, "print").cose
    assert browsers.thumbprint(key) == b64(hashlib.sha256(key).digest())


def test_no_key_of_an_item_names_a_user(spc: Context, quick: QuickDynamoDB) -> None:
    confirmed(spc, registered(spc, browser=bound_browser(HOME)), plain_browser())
    assert not [pk for pk in quick.rows if USER in pk]
