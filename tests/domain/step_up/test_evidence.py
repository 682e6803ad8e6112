"""The weighing of evidence: which source comes first, and what a browser's claim can do."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.card import CardFacts
from countersign.google_pay.payload import SignedCard
from countersign.google_pay.refusals import InvalidToken
from countersign.problems import Problem
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.evidence import Evidence, weigh_evidence
from countersign.step_up.evidence_sources import find_token
from countersign.step_up.order import Order, StatedCard
from countersign.step_up.stripe_card import StripeCard, read_card

FULL = Assurance(account_verified=True, card_holder_authenticated=True)
DEVICE = SignedCard("CRYPTOGRAM_3DS", FULL, "05", CardFacts("visa", "3478", 12, 2030))
PAN = SignedCard("PAN_ONLY", FULL, None, CardFacts("visa", "1111", 12, 2030))
AT_STRIPE = StripeCard("visa", "credit", "FR", "1234", "3478", 11, 2034, "google_pay")
PAN_AT_STRIPE = replace(AT_STRIPE, last4="1111", dynamic_last4=None, exp_month=12, exp_year=2030)
ORDER = Order("acct_1", 1099, "eur")
STATED = StatedCard(network="mastercard", funding="debit", issuer_country="US")


MERCHANT, GATEWAY = "merchant:12345678901234567890", "gateway:example"


def claimed(assurance: Any = None, **info: Any) -> dict[str, Any]:
    return {"paymentMethodData": {"info": {"assuranceDetails": assurance, **info}}}


def flags(holder: Any, account: Any) -> dict[str, Any]:
    return {"cardHolderAuthenticated": holder, "accountVerified": account}


def weighed(
    order: Order = ORDER, signed: SignedCard | None = None, at_stripe: StripeCard | None = None
) -> Evidence:
    return weigh_evidence(order, signed, at_stripe, first_seen=True)


ALL = replace(ORDER, payment_data=claimed(flags(True, True)), token="{}", card=STATED)


def test_what_google_signed_comes_before_stripe_and_that_before_the_browsers_claims() -> None:
    signed, at_stripe, claimed = (
        weighed(ALL, DEVICE, AT_STRIPE),
        weighed(ALL, None, AT_STRIPE),
        weighed(ALL),
    )
    assert (signed.payment.evidence, signed.payment.is_proved) == ("signed", True)
    assert (signed.assurance, signed.otherwise) == (FULL, None)
    assert (at_stripe.payment.evidence, at_stripe.payment.assurance) == ("gateway", None)
    assert (at_stripe.assurance, at_stripe.otherwise) == (None, None)
    assert (claimed.payment.evidence, claimed.payment.assurance) == ("claimed", "full")
    assert not claimed.payment.is_proved


def test_a_claim_comes_with_the_payment_as_it_is_without_it() -> None:
    otherwise = weighed(ALL).otherwise
    assert otherwise is not None
    assert (otherwise.evidence, otherwise.assurance) == ("none", None)


def test_without_any_evidence_there_is_none() -> None:
    found = weighed()
    assert (found.payment.evidence, found.payment.wallet, found.card) == ("none", None, None)


def test_stripe_knows_the_card_better_than_the_merchant() -> None:
    for signed in (None, DEVICE):
        found = weighed(ALL, signed, AT_STRIPE).payment
        assert (found.network, found.funding, found.issuer_country) == ("visa", "credit", "FR")


def test_what_stripe_does_not_know_stays_unknown() -> None:
    """The merchant's word counts where Stripe has not been asked."""
    blank = replace(AT_STRIPE, network=None, funding=None, issuer_country=None)
    payment = weighed(ALL, None, blank).payment
    assert (payment.network, payment.funding, payment.issuer_country) == (None, None, None)


def test_a_payment_is_google_pay_if_any_source_says_so() -> None:
    plain = replace(AT_STRIPE, wallet=None, dynamic_last4=None)
    for order in (replace(ORDER, payment_data={}), replace(ORDER, token="{}"), ALL):
        assert weighed(order, None, plain).payment.wallet == "google_pay"
    assert weighed(ORDER, None, plain).payment.wallet is None
    assert weighed(ORDER, None, AT_STRIPE).payment.wallet == "google_pay"


def test_what_google_signed_of_the_network_comes_before_the_merchants_word() -> None:
    assert weighed(ALL, DEVICE).payment.network == "visa"
    facts = CardFacts(None, "3478", 12, 2030)
    assert weighed(ALL, replace(DEVICE, facts=facts)).payment.network == "mastercard"


@pytest.mark.parametrize(("wallet", "last4", "auth_method", "tokenized"), [
    ("google_pay", None, "PAN_ONLY", False), ("google_pay", "3478", None, True),
    ("apple_pay", "3478", None, True), (None, None, None, False), ("link", None, None, False),
])  # fmt: skip
def test_stripe_distinguishes_a_google_account_card_from_a_tokenized_one_and_no_more(
    wallet: str | None, last4: str | None, auth_method: str | None, tokenized: bool
) -> None:
    card = replace(AT_STRIPE, wallet=wallet, dynamic_last4=last4)
    payment = weighed(at_stripe=card).payment
    assert (payment.auth_method, payment.assurance) == (auth_method, None)
    assert (payment.is_tokenized, payment.is_device_token) == (tokenized, tokenized)
    assert payment.wallet == wallet


@pytest.mark.parametrize("at_stripe", [
    replace(AT_STRIPE, dynamic_last4="3479"), replace(AT_STRIPE, dynamic_last4=None),
    replace(AT_STRIPE, wallet="apple_pay"), replace(AT_STRIPE, wallet=None, dynamic_last4=None),
    replace(AT_STRIPE, dynamic_last4=None, last4="3478"),
])  # fmt: skip
def test_a_device_token_says_nothing_for_another_card(at_stripe: StripeCard) -> None:
    assert weighed(ALL, DEVICE, AT_STRIPE).card is not None
    differs(DEVICE, at_stripe)
    if at_stripe.dynamic_last4 != "3479":
        differs(replace(DEVICE, facts=None), at_stripe)


@pytest.mark.parametrize("at_stripe", [
    replace(PAN_AT_STRIPE, last4="1112"), replace(PAN_AT_STRIPE, exp_year=2031),
    replace(PAN_AT_STRIPE, exp_month=11), replace(PAN_AT_STRIPE, dynamic_last4="1111"),
    replace(PAN_AT_STRIPE, wallet="apple_pay"), replace(PAN_AT_STRIPE, wallet=None),
])  # fmt: skip
def test_a_token_with_the_cards_own_number_says_nothing_for_another_card(
    at_stripe: StripeCard,
) -> None:
    found = weighed(ALL, PAN, PAN_AT_STRIPE)
    assert (found.payment.auth_method, found.payment.is_device_token) == ("PAN_ONLY", False)
    differs(PAN, at_stripe)


def differs(signed: SignedCard, at_stripe: StripeCard) -> None:
    with pytest.raises(Problem) as refused:
        weighed(ALL, signed, at_stripe)
    assert (refused.value.status, refused.value.code) == (409, "card_differs")


def test_a_payment_is_held_to_the_number_that_stripe_will_show() -> None:
    assert weighed(ALL, DEVICE).card == DecidedCard("visa", None, "3478", 12, 2030)
    assert weighed(ALL, PAN).card == DecidedCard("visa", "1111", None, 12, 2030)
    told = DecidedCard("visa", "1234", "3478", 11, 2034)
    assert weighed(ALL, None, AT_STRIPE).card == told
    assert weighed(ALL, DEVICE, AT_STRIPE).card == told
    assert weighed(ALL).card is None


@pytest.mark.parametrize(("claim", "signed", "reported"), [
    (flags(True, True), FULL, False),
    (flags(True, True), Assurance(account_verified=True, card_holder_authenticated=False), True),
    (flags(True, True), Assurance(account_verified=True, card_holder_authenticated=None), True),
    (flags(True, True), None, True),
    (flags(True, False), Assurance(account_verified=False, card_holder_authenticated=False), True),
    (flags(False, True), Assurance(account_verified=False, card_holder_authenticated=True), True),
    (flags(True, None), Assurance(account_verified=False, card_holder_authenticated=True), False),
    (flags(False, False), FULL, False),
    (flags("true", 1), None, False),
    (None, None, False),
])  # fmt: skip
def test_a_claim_of_what_google_has_not_signed_is_reported(
    claim: Any, signed: Assurance | None, reported: bool
) -> None:
    order = replace(ALL, payment_data=claimed(claim))
    found = weighed(order, replace(DEVICE, assurance=signed))
    assert found.is_contradicted is reported
    assert found.assurance == signed


@pytest.mark.parametrize(("claim", "denies"), [
    (flags(False, True), True),
    (flags(True, False), True),
    (flags(False, None), True),
    (flags(True, True), False),
    (flags(None, None), False),
    (flags("false", 0), False),
    (None, False),
])  # fmt: skip
def test_a_browser_that_denies_what_google_has_signed_counts(claim: Any, denies: bool) -> None:
    found = weighed(replace(ALL, payment_data=claimed(claim)), DEVICE)
    assert found.payment.is_proved
    assert (found.otherwise is not None) is denies
    if found.otherwise is not None:
        assert found.otherwise == replace(found.payment, assurance="partial")


def test_there_is_nothing_to_deny_where_google_has_not_signed_all() -> None:
    partial = replace(
        DEVICE, assurance=Assurance(account_verified=True, card_holder_authenticated=None)
    )
    order = replace(ALL, payment_data=claimed(flags(False, False)))
    assert weighed(order, partial).otherwise is None


def test_a_claimed_network_and_funding_are_kept() -> None:
    order = replace(
        ORDER, payment_data=claimed({}, cardNetwork="VISA", cardFundingSource="PREPAID")
    )
    payment = weighed(order).payment
    assert (payment.network, payment.funding) == ("visa", "prepaid")


@pytest.mark.parametrize("network", ["", "4111111111111111", "visa", "É", "\ud800", "V" * 41, 5, None, [], "VISA\n"])  # fmt: skip
def test_a_claim_that_is_not_a_networks_name_is_not_kept(network: Any) -> None:
    order = replace(ORDER, payment_data=claimed({}, cardNetwork=network), card=STATED)
    assert weighed(order).payment.network == "mastercard"


NAMES = [
    "paymentMethodData", "info", "assuranceDetails", "cardNetwork", "cardFundingSource", "cardHolderAuthenticated",
    "accountVerified", "tokenizationData", "type", "token",
]  # fmt: skip
scalars: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, 1.5, "true", "VISA", "DIRECT", "\ud800", "", [], {}, [{}]]
)


def objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(NAMES), values, max_size=3)


payment_data = objects(scalars | objects(scalars | objects(scalars)))


@given(payment_data)
def test_nothing_that_a_browser_sends_proves_anything(data: dict[str, Any]) -> None:
    found = weighed(replace(ORDER, payment_data=data))
    assert found.payment.evidence in ("claimed", "none")
    assert not found.payment.is_proved
    assert found.payment.wallet == "google_pay"
    assert (found.otherwise is not None) == (found.payment.evidence == "claimed")


@given(payment_data)
def test_anything_that_a_browser_sends_has_a_token_or_none(data: dict[str, Any]) -> None:
    try:
        for recipient_id in (MERCHANT, GATEWAY):
            assert isinstance(find_token(None, data, recipient_id), str | None)
    except InvalidToken:
        return


def test_the_given_token_counts_else_the_one_in_what_the_browser_gave() -> None:
    direct = {"paymentMethodData": {"tokenizationData": {"type": "DIRECT", "token": "inner"}}}
    gateway = {
        "paymentMethodData": {"tokenizationData": {"type": "PAYMENT_GATEWAY", "token": "{}"}}
    }
    for recipient_id, from_direct, from_gateway in (
        (MERCHANT, "inner", None), (GATEWAY, None, "{}"), ("", None, None)
    ):  # fmt: skip
        assert find_token(None, direct, recipient_id) == from_direct
        assert find_token(None, gateway, recipient_id) == from_gateway
        assert find_token("outer", direct, recipient_id) == "outer"
        assert find_token({"a": "ü"}, None, recipient_id) == '{"a": "\\u00fc"}'
        assert find_token(None, None, recipient_id) is None


@pytest.mark.parametrize("token", [5, False, [], ["x"]])
def test_what_is_not_a_token_is_refused(token: Any) -> None:
    data = {"paymentMethodData": {"tokenizationData": {"type": "DIRECT", "token": token}}}
    with pytest.raises(InvalidToken):
        find_token(None, data, MERCHANT)


def test_a_card_is_read_from_a_payment_method_and_from_the_preview_of_one() -> None:
    card = {
        "brand": "visa", "funding": "debit", "country": "FR", "last4": "1234", "exp_month": 1,
        "exp_year": 2031, "wallet": {"type": "google_pay", "dynamic_last4": "3478"},
    }  # fmt: skip
    expected = StripeCard("visa", "debit", "FR", "1234", "3478", 1, 2031, "google_pay")
    assert read_card({"card": card}) == expected
    assert read_card({"payment_method_preview": {"card": card}}) == expected
    plain = read_card({"card": {name: card[name] for name in card if name != "wallet"}})
    assert plain == replace(expected, wallet=None, dynamic_last4=None)


@pytest.mark.parametrize("found", [
    {}, {"card": None}, {"sepa_debit": {}}, {"payment_method_preview": None}, {"payment_method_preview": {"card": None}},
])  # fmt: skip
def test_a_payment_method_that_is_not_a_card_has_no_card(found: dict[str, Any]) -> None:
    assert read_card(found) is None
