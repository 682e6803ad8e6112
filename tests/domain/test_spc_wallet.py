"""What is stored of a payer: credentials, the browsers they were used in, and nothing of anybody else."""

from functools import partial
from typing import Any

import pytest

from countersign.problems import Problem
from countersign.spc import wallet
from countersign.spc.desk import Desk
from countersign.spc.requesting import NoCredential
from tests.support.authenticator import ES256, RS256, b64, unb64
from tests.support.clock import Clock
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_payments import signing_key
from tests.support.spc_people import (
    HOME,
    OTHER,
    USER,
    asked,
    bound_browser,
    confirmed,
    plain_browser,
    registered,
)
from tests.support.threads import at_once


def credential(desk: Desk, passkey: Any, user: str = USER) -> dict[str, Any]:
    """A credential as it is stored."""
    item = wallet.load_own(desk.table, user, b64(passkey.id))
    assert item is not None
    return item


def key_ids(desk: Desk, passkey: Any, status: str) -> list[str]:
    """The browsers of a credential that have this status."""
    view = wallet.view(credential(desk, passkey))
    return [key["id"] for key in view["browser_keys"] if key["status"] == status]


def test_a_users_handle_is_made_once_and_tells_nothing(spc: Desk) -> None:
    handle = wallet.user_handle(spc.table, USER)
    assert len(unb64(handle)) == 32
    assert wallet.user_handle(spc.table, USER) == handle
    assert wallet.user_handle(spc.table, OTHER) != handle


def test_asked_for_at_once_it_is_one_as_well(spc: Desk) -> None:
    for number in range(6):
        results = at_once([partial(wallet.user_handle, spc.table, f"user_{number}")] * 6)
        assert len(set(map(str, results))) == 1


def test_credentials_are_listed_newest_first_and_each_users_alone(spc: Desk, clock: Clock) -> None:
    passkeys = []
    for _ in range(3):
        passkeys.append(registered(spc))
        clock.advance(10)
    theirs = registered(spc, OTHER)
    listed = [wallet.id_of(item) for item in wallet.credentials_of(spc.table, USER)]
    assert listed == [b64(passkey.id) for passkey in passkeys[::-1]]
    assert wallet.credential_ids(spc.table, USER) == sorted(listed)
    assert wallet.credential_ids(spc.table, OTHER) == [b64(theirs.id)]
    assert wallet.credentials_of(spc.table, "nobody") == []


def test_somebody_elses_credential_is_as_one_that_does_not_exist(spc: Desk) -> None:
    theirs = registered(spc, OTHER)
    assert wallet.load_own(spc.table, USER, b64(theirs.id)) is None
    for junk in ("", "x", "A" * 1365, "A" * 5000, "é" * 1300, "日" * 700, "a=", "a\n"):
        assert wallet.load_own(spc.table, USER, junk) is None


def test_the_view_has_what_the_owner_may_see(spc: Desk, clock: Clock) -> None:
    browser = bound_browser(HOME)
    passkey, began = registered(spc, browser=browser), clock()
    clock.advance(60)
    confirmed(spc, passkey, bound_browser(name="phone"))
    view = wallet.view(credential(spc, passkey))
    keys = view.pop("browser_keys")
    assert view == {
        "credential_id": b64(passkey.id), "created": began, "last_used": began + 60, "backed_up": False,
    }  # fmt: skip
    assert [(key["status"], key["created"]) for key in keys] == [
        ("pending", began + 60), ("trusted", began),
    ]  # fmt: skip
    assert all(set(key) == {"id", "status", "created"} for key in keys)
    assert browser.browser_key
    assert keys[1]["id"] == wallet.thumbprint(browser.browser_key.cose)


def test_a_browser_that_its_owner_trusts_is_trusted(spc: Desk) -> None:
    passkey = registered(spc)
    confirmed(spc, passkey, bound_browser())
    (key,) = key_ids(spc, passkey, "pending")
    for _ in range(2):
        item = wallet.trust(spc.table, credential(spc, passkey), key)
        assert item is not None
    assert key_ids(spc, passkey, "trusted") == [key]
    assert confirmed(spc, passkey, bound_browser()).browser_bound == "trusted"


@pytest.mark.parametrize("key", ["x", "A" * 43, "a.b", "status", "é", "a b", "#key", ":one"])
def test_a_browser_that_is_not_known_can_not_be_trusted(spc: Desk, key: str) -> None:
    passkey = registered(spc, browser=bound_browser(HOME))
    before = credential(spc, passkey)
    assert wallet.trust(spc.table, before, key) is None
    assert credential(spc, passkey) == before


def test_a_browser_of_another_credential_can_not_be_trusted_here(spc: Desk) -> None:
    one, other = registered(spc, browser=bound_browser(HOME)), registered(spc)
    (key,) = key_ids(spc, one, "trusted")
    assert wallet.trust(spc.table, credential(spc, other), key) is None


def test_a_credential_that_is_gone_meanwhile_is_not_brought_back_by_trust(
    spc: Desk, quick: QuickDynamoDB
) -> None:
    passkey = registered(spc)
    confirmed(spc, passkey, bound_browser())
    item, (key,) = credential(spc, passkey), key_ids(spc, passkey, "pending")
    wallet.remove(spc.table, USER, b64(passkey.id))
    assert wallet.trust(spc.table, item, key) is None
    assert item["pk"] not in quick.rows


def test_a_credential_that_is_removed_is_gone_and_the_others_stay(spc: Desk) -> None:
    kept, gone = registered(spc), registered(spc)
    wallet.remove(spc.table, USER, b64(gone.id))
    assert wallet.load_credential(spc.table, b64(gone.id)) is None
    assert wallet.credential_ids(spc.table, USER) == [b64(kept.id)]
    wallet.remove(spc.table, USER, b64(kept.id))
    assert wallet.credential_ids(spc.table, USER) == []
    assert wallet.credentials_of(spc.table, USER) == []
    with pytest.raises(NoCredential):
        asked(spc)


def test_after_the_last_was_removed_another_can_be_registered_under_the_same_handle(
    spc: Desk,
) -> None:
    first = registered(spc)
    wallet.remove(spc.table, USER, b64(first.id))
    assert registered(spc).user_handle == first.user_handle


def test_two_removals_at_once_are_one(spc: Desk) -> None:
    for _ in range(6):
        passkey = registered(spc)
        remove = partial(wallet.remove, spc.table, USER, b64(passkey.id))
        results = at_once([remove] * 4)
        assert [each for each in results if each and not isinstance(each, Problem)] == []
        assert wallet.credential_ids(spc.table, USER) == []


def test_a_removal_that_is_cut_short_can_be_asked_for_again(spc: Desk) -> None:
    """As the owner asks: of a credential that is found to be theirs."""
    passkeys = []

    def work(fuse: Fuse) -> None:
        passkeys.append(registered(spc))
        wallet.remove(fused(spc, fuse).table, USER, b64(passkeys[-1].id))

    for place in every_crash(work):
        credential_id = b64(passkeys[-1].id)
        if wallet.load_own(spc.table, USER, credential_id):
            wallet.remove(spc.table, USER, credential_id)
        assert wallet.load_own(spc.table, USER, credential_id) is None
        assert credential_id not in wallet.credential_ids(spc.table, USER), place


def test_a_key_is_one_browser_however_it_is_used(spc: Desk) -> None:
    for algorithm in (ES256, RS256):
        key = signing_key(algorithm, "print")
        assert wallet.thumbprint(key.cose) == wallet.thumbprint(bytes(key.cose))
        assert len(unb64(wallet.thumbprint(key.cose))) == 32
        assert wallet.browser_key_pk(key.cose).endswith(wallet.thumbprint(key.cose))


def test_what_is_stored_names_no_user_in_a_key(spc: Desk, quick: QuickDynamoDB) -> None:
    confirmed(spc, registered(spc, browser=bound_browser(HOME)), plain_browser())
    assert not [pk for pk in quick.rows if USER in pk]
