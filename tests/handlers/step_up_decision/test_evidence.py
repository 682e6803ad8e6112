"""Evidence as it comes: a token in one of its two places, a card at Stripe, a browser's claims."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from countersign.step_up.rules import RuleBook
from local.google import FULL
from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.logs import Log
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import PAN, PARTIAL, StepUpBundle, claims
from tests.support.step_up_cards import (
    CARD_PAN,
    DEVICE_CARD,
    METHODS,
    PAN_CARD,
    PLAIN_CARD,
    TOKENS,
    at_stripe,
    details,
    rewrite,
)

NAMED = {"payment_method": METHODS, "confirmation_token": TOKENS}
GATEWAY = "gateway:countersign"
PREPAID_DECLINED = """
[default]
outcome = "step_up"
[[rule]]
name = "google-pay"
outcome = "step_up"
[rule.when]
wallet = ["google_pay"]
evidence = { not = ["signed"] }
[[rule]]
name = "prepaid"
outcome = "decline"
[rule.when]
funding = ["prepaid"]
[[rule]]
name = "signed"
outcome = "proceed"
[rule.when]
evidence = ["signed"]
"""
NOTHING_KNOWN = """
[default]
outcome = "step_up"
[[rule]]
name = "nothing-known"
outcome = "decline"
[rule.when]
evidence = ["none"]
"""


def with_token(token: Any, kind: str = "DIRECT", **said: Any) -> Json:
    """What `loadPaymentData` gave, with the token in its place."""
    found = claims(**said)
    found["paymentMethodData"]["tokenizationData"] = {"type": kind, "token": token}
    return found


def test_the_token_may_come_as_text_as_an_object_or_in_what_the_browser_gave(
    step_up: StepUpBundle,
) -> None:
    given: list[Callable[[str], Json]] = [
        lambda token: {"token": token},
        lambda token: {"token": json.loads(token)},
        lambda token: {"payment_data": with_token(token)},
        lambda token: {"payment_data": with_token(json.loads(token))},
        lambda token: {"token": token, "payment_data": with_token("another")},
        lambda token: {"token": token, "payment_data": with_token("another", "PAYMENT_GATEWAY")},
    ]
    for give in given:
        told = step_up.decided(google_pay=give(step_up.google.token(eci="05")))
        assert (told["evidence"], told["outcome"]) == ("signed", "proceed")
        assert told["inputs"]["eci"] == "05"


def test_one_token_counts_once_however_it_is_written(step_up: StepUpBundle) -> None:
    token = step_up.google.token()
    spelled = json.dumps(json.loads(token), indent=2)
    step_up.decided_on(token)
    for given in (
        {"token": spelled},
        {"token": json.loads(token)},
        {"payment_data": with_token(token)},
    ):
        assert_problem(step_up.decide(google_pay=given), 409, "google_pay_token_replayed")


def test_a_token_for_another_gateway_is_not_opened(step_up: StepUpBundle) -> None:
    token = step_up.google.token()
    told = step_up.decided(google_pay={"payment_data": with_token(token, "PAYMENT_GATEWAY")})
    assert (told["evidence"], told["outcome"]) == ("claimed", "step_up")
    assert step_up.decided_on(token)["evidence"] == "signed"


@pytest.mark.parametrize("token", [5, ["x"], "", "x", {}])
def test_what_is_not_a_token_is_refused_and_leaves_nothing(
    step_up: StepUpBundle, token: Any
) -> None:
    before = step_up.items()
    answer = step_up.decide(google_pay={"payment_data": with_token(token)}, key="k")
    assert_problem(answer, 422, "invalid_google_pay_token")
    assert step_up.items() == before


@pytest.mark.parametrize("google_pay", [{}, {"token": None}, {"payment_data": None}])
def test_google_pay_without_any_of_its_data_is_google_pay_all_the_same(
    step_up: StepUpBundle, google_pay: Json
) -> None:
    """Else a page that leaves its data out would need less than one that does not."""
    told = step_up.decided(google_pay=google_pay)
    found = (told["outcome"], told["evidence"], told["inputs"]["wallet"])
    assert found == ("step_up", "none", "google_pay")


def test_a_claim_that_google_has_not_signed_is_counted_and_logged_without_naming_anybody(
    step_up: StepUpBundle, log: Log
) -> None:
    token = step_up.google.token(assurance=PARTIAL)
    told = step_up.decided(google_pay={"token": token, "payment_data": claims()})
    assert (told["outcome"], told["assurance"]["card_holder_authenticated"]) == ("step_up", False)
    assert told["reasons"][-1] == "claimed_assurance_not_signed"
    assert log.metrics() == {"ClaimedAssuranceNotSigned": 1}
    (entry,) = [entry for entry in log.entries() if entry.get("level") == "WARNING"]
    assert entry["decision"] == told["id"]
    for secret in (PAN, PAN[-4:], "VISA", BAKERY, token[:40]):
        assert secret not in json.dumps(entry)


def test_a_refused_or_repeated_one_is_not_counted_again(step_up: StepUpBundle, log: Log) -> None:
    google_pay = {"token": step_up.google.token(assurance=PARTIAL), "payment_data": claims()}
    for _ in range(3):
        step_up.decided(google_pay=google_pay, key="k")
    step_up.decide(google_pay=google_pay)
    assert log.metrics() == {"ClaimedAssuranceNotSigned": 1}


def test_an_honest_claim_is_not_reported(step_up: StepUpBundle, log: Log) -> None:
    for assurance in (FULL, None):
        google_pay = {"token": step_up.google.token(), "payment_data": claims(assurance)}
        assert step_up.decided(google_pay=google_pay)["reasons"] == ["rule", "signed_assurance"]
    partial = {"token": step_up.google.token(assurance=PARTIAL), "payment_data": claims(PARTIAL)}
    assert step_up.decided(google_pay=partial)["outcome"] == "step_up"
    assert log.metrics() == {}


def test_a_claim_that_denies_what_google_has_signed_raises_what_is_required(
    step_up: StepUpBundle,
) -> None:
    google_pay = {"token": step_up.google.token(), "payment_data": claims(PARTIAL)}
    told = step_up.decided(google_pay=google_pay)
    assert (told["outcome"], told["reasons"][-1]) == ("step_up", "signed_assurance_denied")
    assert (told["evidence"], told["inputs"]["assurance"]) == ("signed", "partial")
    assert told["assurance"] == {"account_verified": True, "card_holder_authenticated": True}


def test_a_decision_that_ignores_a_claim_says_so_and_keeps_what_it_relies_on(
    step_up: StepUpBundle, with_rules: Callable[[str], RuleBook]
) -> None:
    with_rules(NOTHING_KNOWN)
    told = step_up.decided(google_pay={"payment_data": claims()})
    assert (told["outcome"], told["rule"]) == ("decline", "nothing-known")
    assert told["reasons"] == ["rule", "claim_set_aside"]
    assert (told["evidence"], told["assurance"]) == ("none", None)
    assert (told["inputs"]["evidence"], told["inputs"]["network"]) == ("none", None)


@pytest.mark.parametrize("member", NAMED)
def test_a_token_and_the_card_at_stripe_are_of_one_card(step_up: StepUpBundle, member: str) -> None:
    named = {member: at_stripe(step_up, NAMED[member], card=DEVICE_CARD)}
    told = step_up.decided_on(step_up.google.token(), **named)
    assert (told["evidence"], told["outcome"]) == ("signed", "proceed")
    assert (told["card"]["last4"], told["card"]["dynamic_last4"]) == ("4242", PAN[-4:])
    named = {member: at_stripe(step_up, NAMED[member], card=PAN_CARD)}
    told = step_up.decided_on(step_up.google.token("PAN_ONLY"), **named)
    assert (told["outcome"], told["card"]["last4"]) == ("step_up", CARD_PAN[-4:])


@pytest.mark.parametrize("card", [
    PLAIN_CARD, PAN_CARD, {"last4": PAN[-4:]}, {"wallet": {"type": "apple_pay", "dynamic_last4": PAN[-4:]}},
    {"wallet": {"type": "google_pay", "dynamic_last4": "0000"}}, {"wallet": {"type": "google_pay"}, "last4": PAN[-4:]},
])  # fmt: skip
def test_a_token_of_one_card_is_not_used_up_for_another(step_up: StepUpBundle, card: Json) -> None:
    token, before = step_up.google.token(), step_up.items()
    method = at_stripe(step_up, METHODS, card=card)
    answer = step_up.decide(google_pay={"token": token}, payment_method=method, key="k")
    assert_problem(answer, 409, "card_differs")
    assert step_up.items() == before
    assert step_up.decided_on(token)["outcome"] == "proceed"


@pytest.mark.parametrize("member", NAMED)
def test_a_card_that_is_not_there_or_of_another_account_is_named(
    step_up: StepUpBundle, member: str
) -> None:
    step_up.stripe.install(BAKERY)
    strange = at_stripe(step_up, NAMED[member], BOOKSHOP)
    before = step_up.items()
    for named in (strange, {"payment_method": "pm_1none"}.get(member, "ctoken_1none")):
        answer = step_up.decide(**{member: named})
        assert_problem(answer, 422, "invalid_request")
        (fault,) = answer.json["errors"]
        assert fault["pointer"] == f"/{member}"
        assert "does not exist on this account" in fault["message"]
        assert named not in answer.text
    assert step_up.items() == before


@pytest.mark.parametrize("older", ["card_1QExample", "src_1QExample"])
def test_a_card_of_an_older_api_is_looked_for_at_stripe(step_up: StepUpBundle, older: str) -> None:
    step_up.stripe.install(BAKERY)
    answer = step_up.decide(payment_method=older)
    assert "does not exist on this account" in answer.json["errors"][0]["message"]
    (asked,) = step_up.stripe.requests()
    assert asked["path"] == f"/v1/payment_methods/{older}"


def test_a_payment_method_that_is_not_a_card_is_named(step_up: StepUpBundle) -> None:
    method = at_stripe(step_up, METHODS)
    rewrite(step_up, "payment_method", method, type="sepa_debit", card=None, sepa_debit={})
    token = at_stripe(step_up, TOKENS)
    rewrite(step_up, "confirmation_token", token, payment_method_preview={"type": "link"})
    for named in ({"payment_method": method}, {"confirmation_token": token}):
        answer = step_up.decide(**named)
        assert_problem(answer, 422, "invalid_request")
        assert "is not a card" in answer.json["detail"]


def test_a_payment_has_one_card(step_up: StepUpBundle) -> None:
    answer = step_up.decide(payment_method="pm_1", confirmation_token="ctoken_1")
    assert_problem(answer, 422, "invalid_request")
    assert "not both" in answer.json["detail"]
    assert step_up.stripe.requests() == []


def test_the_card_is_read_on_behalf_of_the_merchant_alone(step_up: StepUpBundle) -> None:
    method = at_stripe(step_up, METHODS, card=PLAIN_CARD)
    told = step_up.decided(payment_method=method)
    assert (told["evidence"], told["card"]["last4"]) == ("gateway", "4242")
    assert told["inputs"]["issuer_country"] == "US"
    (asked,) = step_up.stripe.requests()
    assert (asked["method"], asked["path"]) == ("GET", f"/v1/payment_methods/{method}")


@pytest.mark.parametrize("wallet", ["apple_pay", "google_pay"])
@pytest.mark.parametrize("country", ["FR", "US", None])
def test_a_device_token_that_stripe_has_read_proceeds(
    step_up: StepUpBundle, wallet: str, country: str | None
) -> None:
    card = {"country": country, "wallet": {"type": wallet, "dynamic_last4": "1121"}}
    told = step_up.decided(payment_method=at_stripe(step_up, METHODS, card=card))
    assert (told["outcome"], told["next"], told["evidence"]) == ("proceed", "pay", "wallet")
    assert "none" in told["captures"]
    automatic = {"request_three_d_secure": "automatic", "after_confirmation": "automatic"}
    assert (told["stripe"], told["google_pay"]) == (automatic, None)


@pytest.mark.parametrize("assurance", [PARTIAL, {}, "true"])
def test_a_device_token_with_less_than_full_assurance_needs_another_card(
    step_up: StepUpBundle, assurance: Any
) -> None:
    """The browser's word is enough for that, beside Stripe's, Google's signature and both."""
    method = at_stripe(step_up, METHODS, card=DEVICE_CARD)
    payment_data = claims(assurance)
    for token, named in (
        (None, {"payment_method": method}),
        (step_up.google.token(), {}),
        (step_up.google.token(), {"payment_method": method}),
    ):
        given = {"payment_data": payment_data} | ({"token": token} if token else {})
        told = step_up.decided(google_pay=given, **named)
        assert (told["outcome"], told["methods"]) == ("step_up", [])
        assert (told["next"], told["captures"]) == ("another_card", [])
        assert told["google_pay"] == {"allowedAuthMethods": ["PAN_ONLY"]}


def test_a_claim_of_another_card_lowers_nothing_and_is_named(
    step_up: StepUpBundle, with_rules: Callable[[str], RuleBook]
) -> None:
    with_rules(PREPAID_DECLINED)
    method = at_stripe(step_up, METHODS, card={"funding": "prepaid"})
    told = step_up.decided(payment_method=method, google_pay={"payment_data": {"x": 1}})
    assert (told["outcome"], told["rule"]) == ("decline", "prepaid")
    assert told["reasons"] == ["rule", "claim_contradicts"]
    prepaid = claims(None, cardFundingSource="PREPAID")
    given = {"token": step_up.google.token(), "payment_data": prepaid}
    told = step_up.decided(google_pay=given)
    assert (told["outcome"], told["rule"]) == ("decline", "prepaid")
    assert told["reasons"] == ["rule", "claim_raises"]
    method = at_stripe(step_up, METHODS, card={"funding": "credit"})
    told = step_up.decided(payment_method=method, card={"funding": "prepaid"})
    assert (told["outcome"], told["rule"]) == ("decline", "prepaid")
    assert told["reasons"] == ["rule", "claim_contradicts", "claim_raises"]


def sealed_for(step_up: StepUpBundle, merchant: Any, recipient: str = GATEWAY) -> str:
    """A token to a gateway, in which Google names the merchant."""
    cleartext = details(assuranceDetails=dict(FULL))
    cleartext |= {} if merchant is None else {"gatewayMerchantId": merchant}
    public_key = step_up.google.key.public_key()
    return step_up.google.sealer.seal(cleartext, recipient_id=recipient, public_key=public_key)


@pytest.fixture
def gateway(step_up_with: Callable[..., StepUpBundle]) -> StepUpBundle:
    """A deployment that is a gateway."""
    return step_up_with(GOOGLE_PAY_RECIPIENT_ID=GATEWAY)


@pytest.mark.parametrize("merchant", [BOOKSHOP, None, "", BAKERY.lower(), f"{BAKERY} "])
def test_a_gateway_opens_no_token_for_another_merchant(
    gateway: StepUpBundle, merchant: str | None
) -> None:
    before = gateway.items()
    answer = gateway.decide(google_pay={"token": sealed_for(gateway, merchant)})
    assert_problem(answer, 422, "invalid_google_pay_token")
    assert "another merchant" in answer.json["detail"]
    assert gateway.items() == before


def test_a_gateway_opens_none_for_another_gateway_or_for_a_merchant(gateway: StepUpBundle) -> None:
    for token in (sealed_for(gateway, BAKERY, "gateway:other"), gateway.google.token()):
        answer = gateway.decide(google_pay={"token": token})
        assert_problem(answer, 422, "invalid_google_pay_token")


def test_a_gateway_finds_its_token_in_what_the_browser_gave(gateway: StepUpBundle) -> None:
    token = sealed_for(gateway, BAKERY)
    for kind, evidence in (("DIRECT", "claimed"), ("PAYMENT_GATEWAY", "signed")):
        told = gateway.decided(google_pay={"payment_data": with_token(token, kind)})
        assert told["evidence"] == evidence
    answer = gateway.decide(google_pay={"payment_data": with_token(token, "PAYMENT_GATEWAY")})
    assert_problem(answer, 409, "google_pay_token_replayed")


def test_a_gateway_serves_two_merchants_each_with_its_own_tokens(gateway: StepUpBundle) -> None:
    gateway.open_shop(BOOKSHOP)
    for account in (BAKERY, BOOKSHOP):
        told = gateway.decided_on(sealed_for(gateway, account), account_id=account)
        assert (told["account_id"], told["outcome"]) == (account, "proceed")
