"""A new browser is trusted when its owner approves it in one that is trusted already, and not before."""

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from countersign.spc import ceremonies
from countersign.spc.begin_approval import begin_approval
from countersign.spc.context import Context
from tests.support.authenticator import RS256, Passkey, b64
from tests.support.chromium import Browser
from tests.support.clock import Clock
from tests.support.spc_payments import Edit, drop, put
from tests.support.spc_people import (
    CARD_SCOPE,
    HOME,
    NAMED,
    NEW,
    OLD_BROWSER,
    OTHER,
    RP_ID,
    SHOP,
    all_stand,
    answered,
    approval,
    approved,
    asked,
    asked_to_approve,
    bound_browser,
    browsers_of,
    confirmed,
    earned,
    identified,
    key_id_of,
    plain_browser,
    registered,
    stored,
    trust_of,
    used_in_two,
)
from tests.support.visits import refusal

NEEDED = "trusted_browser_required"


def approve(
    context: Context, passkey: Passkey, browser: Browser = OLD_BROWSER, **options: Any
) -> Any:
    """The whole way, in this browser."""
    question = asked_to_approve(context, passkey)
    return approval(context, question, approved(question, passkey, browser, **options), passkey)


def test_an_approval_in_a_trusted_browser_trusts_the_new_one(spc: Context, clock: Clock) -> None:
    passkey = used_in_two(spc)
    clock.advance(60)
    approved_in = approve(spc, passkey)
    assert approved_in == stored(spc, passkey)
    assert browsers_of(spc, passkey) == ["trusted", "trusted"]
    assert (approved_in.sign_count, approved_in.last_used) == (passkey.sign_count, clock())
    assert confirmed(spc, passkey, bound_browser(name="new")).browser_bound == "trusted"


def test_the_trusted_browser_may_be_one_of_another_credential(spc: Context) -> None:
    passkey, other = registered(spc), identified(spc, browser=OLD_BROWSER)
    confirmed(spc, passkey, bound_browser(name="new"))
    question = asked_to_approve(spc, passkey)
    assert question["request"]["credentialIds"] == [b64(other.id)]
    approval(spc, question, approved(question, other, OLD_BROWSER), passkey)
    assert (browsers_of(spc, passkey), browsers_of(spc, other)) == (["trusted"], ["trusted"])
    assert stored(spc, other).sign_count == other.sign_count


def test_browsers_that_sign_with_rsa_approve_and_are_approved(spc: Context) -> None:
    passkey = identified(spc, browser=bound_browser(HOME, "old", RS256))
    confirmed(spc, passkey, bound_browser(SHOP, "new", RS256))
    key_id = key_id_of("new", RS256)
    question = asked_to_approve(spc, passkey, key_id)
    body = approved(question, passkey, bound_browser(HOME, "old", RS256))
    approval(spc, question, body, passkey, key_id)
    assert browsers_of(spc, passkey) == ["trusted", "trusted"]


def test_the_dialog_shows_the_relying_party_no_amount_and_which_browser(spc: Context) -> None:
    question = asked_to_approve(spc, used_in_two(spc))
    assert question["total"] == {"value": "0.00", "currency": "USD"}
    request = question["request"]
    assert (request["rpId"], request["payeeName"], request["payeeOrigin"]) == (
        RP_ID, "Countersign", HOME,
    )  # fmt: skip
    assert request["instrument"] == {
        "displayName": NAMED.display_name, "icon": NAMED.icon, "iconMustBeShown": False, "details": NAMED.details,
    }  # fmt: skip
    assert request["showOptOut"] is False
    assert request["timeout"] == 360_000


def test_the_origin_of_a_page_without_tls_is_not_shown(spc: Context) -> None:
    passkey = used_in_two(spc)
    home = "http://localhost:8000"
    question = begin_approval(spc, stored(spc, passkey), NEW, home, NAMED, all_stand)
    assert "payeeOrigin" not in question["request"]
    browser = Browser(home, browser_key=OLD_BROWSER.browser_key, grease=False)
    approval(spc, question, approved(question, passkey, browser), passkey)
    assert browsers_of(spc, passkey) == ["trusted", "trusted"]


def test_where_no_other_browser_is_trusted_there_is_nothing_to_approve_with(spc: Context) -> None:
    """A sign-in is no substitute, and neither is the trust of another person or of the browser itself."""
    identified(spc, OTHER, bound_browser(HOME, "theirs"))
    passkey = registered(spc, browser=OLD_BROWSER)
    earned(spc, passkey, bound_browser(name="new"))
    problem = refusal(asked_to_approve, spc, passkey)
    assert (problem.status, problem.code) == (409, "no_trusted_browser")


def test_an_approval_hands_on_what_the_browser_has_and_no_more(spc: Context, clock: Clock) -> None:
    passkey = registered(spc, browser=OLD_BROWSER)
    cards = [replace(CARD_SCOPE, fingerprint=f"card-{number}") for number in range(3)]
    earned(spc, passkey, bound_browser(name="old"), cards[0])
    clock.advance(5)
    earned(spc, passkey, bound_browser(name="new"), cards[1])
    approve(spc, passkey)
    new = trust_of(spc, passkey, NEW)
    assert [new.covers(card) for card in cards] == [True, True, False]
    assert (new.everywhere, [entry.since for entry in new.entries]) == (
        False,
        [clock() - 5, clock()],
    )
    assert trust_of(spc, passkey, key_id_of("old")).covers(cards[1]) is False


def test_what_was_earned_at_an_installation_that_has_ended_is_not_handed_on(spc: Context) -> None:
    passkey = registered(spc, browser=OLD_BROWSER)
    confirmed(spc, passkey, bound_browser(name="new"))
    earned(spc, passkey, bound_browser(name="old"))
    question = asked_to_approve(spc, passkey)
    body = approved(question, passkey, OLD_BROWSER)

    def reinstalled(account_ids: Iterable[str]) -> dict[str, str]:
        return dict.fromkeys(account_ids, "1800000000")

    problem = refusal(approval, spc, question, body, passkey, standing=reinstalled)
    assert problem.code == NEEDED
    assert (
        refusal(asked_to_approve, spc, passkey, standing=reinstalled).code == "no_trusted_browser"
    )
    assert not trust_of(spc, passkey, NEW)


def test_a_device_that_binds_no_key_hands_on_what_the_credential_itself_has(spc: Context) -> None:
    alone, passkey = identified(spc), registered(spc)
    confirmed(spc, passkey, bound_browser(name="new"))
    question = asked_to_approve(spc, passkey)
    assert question["request"]["credentialIds"] == [b64(alone.id)]
    approval(spc, question, approved(question, alone, plain_browser(HOME)), passkey)
    assert trust_of(spc, passkey, NEW).everywhere


@pytest.mark.parametrize(
    "browser",
    [plain_browser(HOME), bound_browser(HOME, "new"), bound_browser(HOME, "never seen")],
    ids=["no key", "the new one itself", "another new one"],
)
def test_no_browser_but_a_trusted_one_approves(spc: Context, browser: Browser) -> None:
    passkey = used_in_two(spc)
    before = stored(spc, passkey)
    question = asked_to_approve(spc, passkey)
    body = approved(question, passkey, browser)
    problem = refusal(approval, spc, question, body, passkey)
    assert (problem.status, problem.code) == (403, NEEDED)
    assert stored(spc, passkey) == before
    approval(spc, question, approved(question, passkey, OLD_BROWSER), passkey)


def test_a_trusted_browsers_key_with_the_signature_of_another_counts_as_none(spc: Context) -> None:
    passkey = used_in_two(spc)
    question = asked_to_approve(spc, passkey)
    body = approved(question, passkey, OLD_BROWSER)
    other = approved(question, passkey, bound_browser(HOME, "new"))
    body["browser_bound_signature"] = other["browser_bound_signature"]
    assert refusal(approval, spc, question, body, passkey).code == NEEDED


def test_the_trusted_browser_of_another_user_does_not_approve(spc: Context) -> None:
    theirs = identified(spc, OTHER, bound_browser(HOME, "theirs"))
    passkey = used_in_two(spc)
    question = asked_to_approve(spc, passkey)
    body = approved(question, theirs, bound_browser(HOME, "theirs"))
    assert refusal(approval, spc, question, body, passkey).code == "unknown_credential"
    body = approved(question, passkey, bound_browser(HOME, "theirs"))
    assert refusal(approval, spc, question, body, passkey).code == NEEDED


@pytest.mark.parametrize(("edit", "code"), [
    (put("type", to="webauthn.get"), "wrong_type"), (put("challenge", to="A" * 43), "wrong_challenge"),
    (put("origin", to=SHOP), "wrong_origin"), (put("payment", "topOrigin", to=SHOP), "wrong_top_origin"),
    (drop("payment", "payeeName"), "wrong_payee"), (put("payment", "payeeOrigin", to=SHOP), "wrong_payee"),
    (put("payment", "total", "value", to="1.00"), "wrong_total"),
    (put("payment", "instrument", "displayName", to="Visa 4242"), "wrong_instrument"),
    (drop("payment", "instrument", "details"), "wrong_instrument"),
])  # fmt: skip
def test_an_approval_of_something_else_is_refused(spc: Context, edit: Edit, code: str) -> None:
    passkey = used_in_two(spc)
    assert refusal(approve, spc, passkey, edit=edit).code == code
    assert browsers_of(spc, passkey) == ["pending", "trusted"]


def test_an_approval_is_for_one_browser_of_one_credential_of_one_user(spc: Context) -> None:
    passkey = used_in_two(spc)
    confirmed(spc, passkey, bound_browser(name="newer"))
    other = registered(spc, browser=bound_browser(HOME, "other"))
    theirs = registered(spc, OTHER, bound_browser(HOME, "theirs"))
    question = asked_to_approve(spc, passkey)
    body = approved(question, passkey, OLD_BROWSER)
    strangers = ((passkey, key_id_of("newer")), (other, NEW), (theirs, NEW), (passkey, "x"))
    for owner, key_id in strangers:
        problem = refusal(approval, spc, question, body, owner, key_id)
        assert problem.code == "unknown_ceremony"
    assert browsers_of(spc, passkey) == ["pending", "pending", "trusted"]


def test_an_approval_confirms_no_payment_and_a_payment_approves_nothing(spc: Context) -> None:
    passkey = used_in_two(spc)
    payment, question = asked(spc), asked_to_approve(spc, passkey)
    paid = approved(payment, passkey, bound_browser(SHOP, "old"))
    assert refusal(approval, spc, payment, paid, passkey).code == "unknown_ceremony"
    assert refusal(approval, spc, question, paid, passkey).code == "wrong_challenge"
    said = approved(question, passkey, OLD_BROWSER)
    assert refusal(answered, spc, question, said).code == "unknown_ceremony"
    assert refusal(answered, spc, payment, said).code == "wrong_challenge"


def test_an_approval_counts_once_for_six_minutes_and_five_tries(spc: Context, clock: Clock) -> None:
    passkey = used_in_two(spc)
    question, tried = asked_to_approve(spc, passkey), asked_to_approve(spc, passkey)
    for _ in range(5):
        body = approved(tried, passkey, plain_browser(HOME))
        assert refusal(approval, spc, tried, body, passkey).code == NEEDED
    body = approved(tried, passkey, OLD_BROWSER)
    assert refusal(approval, spc, tried, body, passkey).code == "ceremony_already_used"
    body = approved(question, passkey, OLD_BROWSER)
    assert approval(spc, question, body, passkey)
    assert refusal(approval, spc, question, body, passkey).code == "ceremony_already_used"
    late = asked_to_approve(spc, passkey)
    body = approved(late, passkey, OLD_BROWSER)
    clock.advance(ceremonies.LIFETIME)
    assert refusal(approval, spc, late, body, passkey).code == "ceremony_expired"


def test_an_approval_whose_ceremony_ends_meanwhile_is_refused_as_expired(
    spc: Context, clock: Clock
) -> None:
    passkey = used_in_two(spc)
    question = asked_to_approve(spc, passkey)
    body = approved(question, passkey, OLD_BROWSER)
    clock.advance(ceremonies.LIFETIME - 2)
    clock.ticks = 1  # it ends while the answer is checked
    assert refusal(approval, spc, question, body, passkey).code == "ceremony_expired"
    assert browsers_of(spc, passkey) == ["pending", "trusted"]
