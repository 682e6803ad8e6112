"""Approvals of browsers while something else happens, twice at once, or cut short."""

from functools import partial

import pytest

from countersign.problems import Problem
from countersign.spc import ceremonies, credentials
from countersign.spc.approval_ceremony import ApprovalCeremony
from countersign.spc.context import Context
from tests.support.authenticator import b64
from tests.support.chromium import Json
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.races import overtaken
from tests.support.spc_people import (
    NEW,
    OLD_BROWSER,
    SHOP,
    USER,
    answered,
    approval,
    approved,
    asked,
    asked_to_approve,
    bound_browser,
    browsers_of,
    confirmed,
    identified,
    key_id_of,
    registered,
    stored,
    trust_of,
    used_in_two,
)
from tests.support.threads import at_once
from tests.support.visits import refusal

NEEDED = "trusted_browser_required"


@pytest.mark.parametrize("gone", ["old", "new"])
def test_a_browser_that_is_removed_meanwhile_neither_approves_nor_is_trusted(
    spc: Context, gone: str
) -> None:
    passkey = used_in_two(spc)
    question = asked_to_approve(spc, passkey)
    body = approved(question, passkey, OLD_BROWSER)
    credentials.remove_browser(spc.table, USER, b64(passkey.id), key_id_of(gone))
    code = NEEDED if gone == "old" else "browser_key_not_found"
    assert refusal(approval, spc, question, body, passkey).code == code
    assert browsers_of(spc, passkey) == (["pending"] if gone == "old" else ["trusted"])


@pytest.mark.parametrize("same", [True, False], ids=["same credential", "two credentials"])
@pytest.mark.parametrize("gone", ["old", "new"])
def test_a_browser_that_is_removed_just_before_the_write_is_not_trusted_either(
    spc: Context, monkeypatch: pytest.MonkeyPatch, gone: str, same: bool
) -> None:
    passkey = used_in_two(spc) if same else registered(spc)
    asked_of = passkey if same else identified(spc, browser=OLD_BROWSER)
    if not same:
        confirmed(spc, passkey, bound_browser(name="new"))
    question = asked_to_approve(spc, passkey)
    body = approved(question, asked_of, OLD_BROWSER)
    owner = passkey if gone == "new" else asked_of
    remove = partial(credentials.remove_browser, spc.table, USER, b64(owner.id), key_id_of(gone))
    overtaken(monkeypatch, remove)
    code = NEEDED if gone == "old" else "browser_key_not_found"
    assert refusal(approval, spc, question, body, passkey).code == code
    left = [*browsers_of(spc, passkey), *([] if same else browsers_of(spc, asked_of))]
    assert left == (["pending"] if gone == "old" else ["trusted"])


def test_a_payment_meanwhile_does_not_invalidate_an_approval(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    passkey = used_in_two(spc)
    payment = asked(spc)
    paid = approved(payment, passkey, bound_browser(SHOP, "old"))
    question = asked_to_approve(spc, passkey)
    body = approved(question, passkey, OLD_BROWSER)
    overtaken(monkeypatch, lambda: answered(spc, payment, paid))
    approval(spc, question, body, passkey)
    assert browsers_of(spc, passkey) == ["trusted", "trusted"]
    assert stored(spc, passkey).sign_count == passkey.sign_count


def test_two_answers_at_once_are_one_approval(spc: Context) -> None:
    for _ in range(4):
        passkey = used_in_two(spc)
        question = asked_to_approve(spc, passkey)
        body = approved(question, passkey, OLD_BROWSER)
        results = at_once([partial(approval, spc, question, body, passkey)] * 4)
        codes = [each.code for each in results if isinstance(each, Problem)]
        assert codes == ["ceremony_already_used"] * 3
        assert browsers_of(spc, passkey) == ["trusted", "trusted"]
        credentials.remove(spc.table, USER, b64(passkey.id))


def test_an_approval_that_is_cut_short_happens_whole_or_not_at_all(spc: Context) -> None:
    asks: list[tuple[Json, Json]] = []
    passkey = registered(spc)
    other = identified(spc, browser=OLD_BROWSER)

    def work(fuse: Fuse) -> None:
        credentials.remove_browser(spc.table, USER, b64(passkey.id), NEW)
        confirmed(spc, passkey, bound_browser(name="new"))
        question = asked_to_approve(spc, passkey)
        asks.append((question, approved(question, other, OLD_BROWSER)))
        approval(fused(spc, fuse), *asks[-1], passkey)

    for place in every_crash(work):
        question, body = asks[-1]
        whole = trust_of(spc, passkey, NEW).everywhere
        used = (
            ceremonies.load(spc.table, ApprovalCeremony, question["ceremony_id"]).status
            != "pending"
        )
        assert whole is used, place
        if place.endswith("transact"):
            assert whole is place.startswith("after")
        if not whole:
            approval(spc, question, body, passkey)
            assert browsers_of(spc, passkey) == ["trusted"]
