"""A new browser is trusted when its owner approves it in one that is trusted already, and not before."""

from typing import Any

import pytest

from countersign.spc import ceremonies
from countersign.spc.approve_browser import trust_without_approval
from countersign.spc.begin_approval import begin_approval
from countersign.spc.context import Context
from tests.support.authenticator import RS256, Passkey, b64
from tests.support.chromium import Browser
from tests.support.clock import Clock
from tests.support.spc_payments import Edit, drop, put
from tests.support.spc_people import (
    HOME,
    NAMED,
    NEW,
    OLD_BROWSER,
    OTHER,
    RP_ID,
    SHOP,
    answered,
    approval,
    approved,
    asked,
    asked_to_approve,
    bound_browser,
    browsers_of,
    confirmed,
    key_id_of,
    plain_browser,
    registered,
    stored,
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
    passkey, other = registered(spc), registered(spc, browser=OLD_BROWSER)
    confirmed(spc, passkey, bound_browser(name="new"))
    question = asked_to_approve(spc, passkey)
    assert question["request"]["credentialIds"] == [b64(other.id)]
    approval(spc, question, approved(question, other, OLD_BROWSER), passkey)
    assert (browsers_of(spc, passkey), browsers_of(spc, other)) == (["trusted"], ["trusted"])
    assert stored(spc, other).sign_count == other.sign_count


def test_browsers_that_sign_with_rsa_approve_and_are_approved(spc: Context) -> None:
    passkey = registered(spc, browser=bound_browser(HOME, "old", RS256))
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
    question = begin_approval(spc, stored(spc, passkey), NEW, home, NAMED)
    assert "payeeOrigin" not in question["request"]
    browser = Browser(home, browser_key=OLD_BROWSER.browser_key, grease=False)
    approval(spc, question, approved(question, passkey, browser), passkey)
    assert browsers_of(spc, passkey) == ["trusted", "trusted"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["this credential", "another"])
def test_where_a_browser_is_trusted_the_sign_in_is_not_enough(
    spc: Context, elsewhere: bool
) -> None:
    passkey = registered(spc) if elsewhere else used_in_two(spc)
    if elsewhere:
        registered(spc, browser=OLD_BROWSER)
        confirmed(spc, passkey, bound_browser(name="new"))
    before = stored(spc, passkey)
    problem = refusal(trust_without_approval, spc, before, NEW)
    assert (problem.status, problem.code) == (403, NEEDED)
    assert stored(spc, passkey) == before


def test_where_none_is_trusted_the_sign_in_is_enough_for_the_first(spc: Context) -> None:
    registered(spc, OTHER, OLD_BROWSER)
    passkey = registered(spc)
    for name in ("new", "newer"):
        confirmed(spc, passkey, bound_browser(name=name))
    assert refusal(asked_to_approve, spc, passkey).code == "no_trusted_browser"
    trust_without_approval(spc, stored(spc, passkey), NEW)
    assert browsers_of(spc, passkey) == ["pending", "trusted"]
    problem = refusal(trust_without_approval, spc, stored(spc, passkey), key_id_of("newer"))
    assert problem.code == NEEDED
    assert trust_without_approval(spc, stored(spc, passkey), NEW) == stored(spc, passkey)


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


def test_a_trusted_browsers_key_with_the_signature_of_another_is_refused(spc: Context) -> None:
    passkey = used_in_two(spc)
    question = asked_to_approve(spc, passkey)
    body = approved(question, passkey, OLD_BROWSER)
    other = approved(question, passkey, bound_browser(HOME, "new"))
    body["browser_bound_signature"] = other["browser_bound_signature"]
    code = refusal(approval, spc, question, body, passkey).code
    assert code == "invalid_browser_bound_key"


def test_the_trusted_browser_of_another_user_does_not_approve(spc: Context) -> None:
    theirs = registered(spc, OTHER, bound_browser(HOME, "theirs"))
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
