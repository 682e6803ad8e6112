"""A credential is removed with all that was kept of it, and a browser without its credential."""

from functools import partial
from typing import Any

import pytest

from countersign.problems import Problem
from countersign.spc import browsers, credentials
from countersign.spc.begin_confirmation import NoCredential
from countersign.spc.context import Context
from countersign.spc.credential_record import MOST_PENDING
from tests.support.authenticator import b64
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.races import overtaken
from tests.support.spc_people import (
    HOME,
    NEW,
    OLD,
    OTHER,
    USER,
    answered,
    approved,
    asked,
    bound_browser,
    browsers_of,
    confirmed,
    identified,
    key_id_of,
    registered,
    stored,
    used_in_two,
)
from tests.support.threads import at_once
from tests.support.visits import refusal


def bindings(quick: QuickDynamoDB) -> set[str]:
    """The keys of browsers that are bound to some credential."""
    rows = quick.rows
    return {pk.removeprefix("browser-key#") for pk in rows if pk.startswith("browser-key#")}


def test_a_credential_that_is_removed_is_gone_and_the_others_stay(spc: Context) -> None:
    kept, gone = registered(spc), registered(spc)
    credentials.remove(spc.table, USER, b64(gone.id))
    assert credentials.load_credential(spc.table, b64(gone.id)) is None
    assert credentials.credential_ids(spc.table, USER) == [b64(kept.id)]
    credentials.remove(spc.table, USER, b64(kept.id))
    assert credentials.credential_ids(spc.table, USER) == []
    assert credentials.credentials_of(spc.table, USER) == []
    with pytest.raises(NoCredential):
        asked(spc)


def test_a_wallet_that_was_emptied_keeps_its_users_handle(
    spc: Context,
) -> None:
    first = registered(spc)
    credentials.remove(spc.table, USER, b64(first.id))
    assert registered(spc).user_handle == first.user_handle


def test_two_removals_at_once_are_one(spc: Context) -> None:
    for _ in range(6):
        passkey = registered(spc)
        remove = partial(credentials.remove, spc.table, USER, b64(passkey.id))
        results = at_once([remove] * 4)
        assert [each for each in results if each and not isinstance(each, Problem)] == []
        assert credentials.credential_ids(spc.table, USER) == []


def test_the_browsers_of_a_removed_credential_are_no_longer_bound(
    spc: Context, quick: QuickDynamoDB
) -> None:
    kept = identified(spc, OTHER, bound_browser(HOME, "theirs"))
    gone = used_in_two(spc)
    assert bindings(quick) == {OLD, NEW, key_id_of("theirs")}
    credentials.remove(spc.table, USER, b64(gone.id))
    assert bindings(quick) == {key_id_of("theirs")}
    assert confirmed(spc, kept, bound_browser(name="theirs"), OTHER).browser_bound == "trusted"
    assert browsers_of(spc, used_in_two(spc)) == ["pending", "trusted"]


@pytest.mark.exhaustive  # dies after each call
def test_a_removal_that_is_cut_short_can_be_asked_for_again(
    spc: Context, quick: QuickDynamoDB
) -> None:
    passkeys = []

    def work(fuse: Fuse) -> None:
        passkeys.append(used_in_two(spc))
        credentials.remove(fused(spc, fuse).table, USER, b64(passkeys[-1].id))

    places = []
    for place in every_crash(work):
        places.append(place)
        credential_id = b64(passkeys[-1].id)
        if credentials.load_own(spc.table, USER, credential_id):
            credentials.remove(spc.table, USER, credential_id)
        assert bindings(quick) == set(), place
        assert credentials.load_credential(spc.table, credential_id) is None
        assert credential_id not in credentials.credential_ids(spc.table, USER), place
    assert places[:5] == [
        f"before table.{call}" for call in ("update", "get", "delete", "delete", "delete")
    ]


def test_a_browser_that_comes_while_its_credential_is_removed_leaves_nothing(
    spc: Context, quick: QuickDynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    passkey = used_in_two(spc)
    question = asked(spc)
    body = approved(question, passkey, bound_browser(name="late"))
    overtaken(monkeypatch, lambda: answered(spc, question, body), "delete_item")
    credentials.remove(spc.table, USER, b64(passkey.id))
    assert bindings(quick) == set()
    assert credentials.load_credential(spc.table, b64(passkey.id)) is None


def test_a_browser_that_is_removed_is_new_when_it_is_used_again(
    spc: Context, quick: QuickDynamoDB
) -> None:
    passkey = used_in_two(spc)
    for key_id in (OLD, NEW):
        assert credentials.remove_browser(spc.table, USER, b64(passkey.id), key_id) is True
        assert credentials.remove_browser(spc.table, USER, b64(passkey.id), key_id) is False
    assert (browsers_of(spc, passkey), bindings(quick)) == ([], set())
    assert confirmed(spc, passkey, bound_browser(name="old")).browser_bound == "new"
    assert browsers_of(spc, passkey) == ["pending"]


def test_a_pending_browser_that_is_removed_makes_room_for_another(spc: Context) -> None:
    passkey = registered(spc)
    for number in range(MOST_PENDING + 1):
        confirmed(spc, passkey, bound_browser(name=f"phone {number}"))
    assert credentials.remove_browser(spc.table, USER, b64(passkey.id), key_id_of("phone 0"))
    confirmed(spc, passkey, bound_browser(name="new"))
    assert NEW in stored(spc, passkey).browsers
    assert browsers_of(spc, passkey) == ["pending"] * MOST_PENDING


def test_no_browser_of_another_user_or_credential_is_removed(
    spc: Context, quick: QuickDynamoDB
) -> None:
    passkey, other = used_in_two(spc), registered(spc)
    before = dict(quick.rows)
    for user, owner, key_id in (
        (OTHER, passkey, OLD), (USER, other, OLD), (USER, passkey, "x"), (USER, passkey, ""), (USER, passkey, "é"),
    ):  # fmt: skip
        assert credentials.remove_browser(spc.table, user, b64(owner.id), key_id) is False
    assert quick.rows == before


def test_a_payment_in_the_browser_while_it_is_removed_leaves_it_whole_or_not_at_all(
    spc: Context, quick: QuickDynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    passkey = used_in_two(spc)
    question = asked(spc)
    body = approved(question, passkey, bound_browser(name="old"))
    overtaken(monkeypatch, lambda: answered(spc, question, body), "update_item")
    assert credentials.remove_browser(spc.table, USER, b64(passkey.id), OLD)
    assert (browsers_of(spc, passkey), bindings(quick)) == (["pending"], {NEW})


def test_a_removal_of_a_browser_that_is_cut_short_can_be_asked_for_again(
    spc: Context, quick: QuickDynamoDB
) -> None:
    passkey = registered(spc)

    def work(fuse: Fuse) -> None:
        confirmed(spc, passkey, bound_browser(name="new"))
        credentials.remove_browser(fused(spc, fuse).table, USER, b64(passkey.id), NEW)

    for place in every_crash(work):
        if browsers_of(spc, passkey):
            assert credentials.remove_browser(spc.table, USER, b64(passkey.id), NEW)
        assert (browsers_of(spc, passkey), bindings(quick)) == ([], set()), place


def test_a_key_that_another_credential_has_bound_meanwhile_stays_bound_to_it(
    spc: Context, quick: QuickDynamoDB
) -> None:
    """After a removal that was cut short between its two steps."""
    passkey = used_in_two(spc)
    browsers.unbind(spc.table, b64(passkey.id), [NEW])
    other = identified(spc, OTHER, bound_browser(HOME, "new"))
    assert credentials.remove_browser(spc.table, USER, b64(passkey.id), NEW)
    assert bindings(quick) == {OLD, NEW}
    assert confirmed(spc, other, bound_browser(name="new"), OTHER).browser_bound == "trusted"


def test_a_removal_gives_up_on_a_credential_that_changes_under_every_try(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once off its owner's list it is not asked any more, but ceremonies from before may still be answered."""
    passkey, plain = used_in_two(spc), QuickDynamoDB.delete_item
    questions = [asked(spc) for _ in range(5)]

    def delete(self: QuickDynamoDB, **request: Any) -> Any:
        if request["Key"]["pk"]["S"].startswith("credential#"):
            question = questions.pop()
            answered(spc, question, approved(question, passkey, bound_browser(name="old")))
        return plain(self, **request)

    monkeypatch.setattr(QuickDynamoDB, "delete_item", delete)
    removal = refusal(credentials.remove, spc.table, USER, b64(passkey.id))
    assert removal.code == "storage_unavailable"
    monkeypatch.undo()
