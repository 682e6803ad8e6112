"""The weighing of evidence: which source comes first, and what a browser's claim can do."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.card import CardFacts
from countersign.google_pay.payload import SignedCard
from countersign.google_pay.refusals import InvalidToken
from countersign.problems import Problem
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.evidence import Evidence, Surroundings, weigh_evidence
from countersign.step_up.evidence_sources import find_token
from countersign.step_up.order import Order, StatedCard
from countersign.step_up.rules.payment import Payment
from countersign.step_up.saving import SavingProof
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
    return weigh_evidence(order, signed, at_stripe, Surroundings())


def last(found: Evidence) -> Payment:
    """The payment, if the browser is right in all that it claims."""
    return found.views[-1]


ALL = replace(ORDER, payment_data=claimed(flags(True, True)), token="{}", card=STATED)


def test_what_google_signed_comes_before_stripe_and_that_before_the_browsers_claims() -> None:
    signed, at_stripe, claimed = (
        weighed(replace(ALL, card=StatedCard()), DEVICE, AT_STRIPE),
        weighed(replace(ALL, card=StatedCard()), None, AT_STRIPE),
        weighed(ALL),
    )
    assert (signed.known.evidence, signed.known.is_proved) == ("signed", True)
    assert (signed.assurance, signed.views) == (FULL, (signed.known,))
    assert (at_stripe.known.evidence, at_stripe.known.assurance) == ("wallet", None)
    assert (at_stripe.assurance, at_stripe.views) == (None, (at_stripe.known,))
    assert (claimed.known.evidence, claimed.known.wallet) == ("none", None)
    assert (last(claimed).evidence, last(claimed).assurance) == ("claimed", None)


def test_a_signed_token_without_any_assurance_takes_nothing_from_a_device_token() -> None:
    unsaid = replace(DEVICE, assurance=None)
    both = weighed(ALL, unsaid, AT_STRIPE).known
    assert (both.evidence, both.auth_method, both.eci) == ("wallet", "CRYPTOGRAM_3DS", "05")
    assert weighed(ALL, unsaid).known.evidence == "signed"
    empty = replace(DEVICE, assurance=Assurance(None, None))
    found = weighed(ALL, empty, AT_STRIPE).known
    assert (found.evidence, found.assurance) == ("signed", "partial")


def test_without_any_evidence_there_is_none() -> None:
    found = weighed()
    assert (found.known.evidence, found.known.wallet, found.card) == ("none", None, None)
    assert found.views == (found.known,)


def test_stripe_knows_the_card_better_than_the_merchant() -> None:
    for signed in (None, DEVICE):
        found = weighed(ALL, signed, AT_STRIPE).known
        assert (found.network, found.funding, found.issuer_country) == ("visa", "credit", "FR")


def test_what_stripe_does_not_know_stays_unknown() -> None:
    """The merchant's word counts where Stripe has not been asked."""
    blank = replace(AT_STRIPE, network=None, funding=None, issuer_country=None)
    payment = weighed(ALL, None, blank).known
    assert (payment.network, payment.funding, payment.issuer_country) == (None, None, None)


def test_a_browser_that_says_google_pay_is_heard_beside_what_stripe_says() -> None:
    plain = replace(AT_STRIPE, wallet=None, dynamic_last4=None)
    found = weighed(replace(ORDER, payment_data={"x": 1}), None, plain)
    assert [view.wallet for view in found.views] == [None, "google_pay"]
    assert found.contradictions == ("claim_contradicts",)
    assert weighed(ORDER, None, plain).views[0].wallet is None
    assert weighed(replace(ORDER, payment_data={})).contradictions == ()


def test_every_claim_is_weighed_in_every_combination() -> None:
    """Beside a signed token, and without any assurance details, too."""
    order = replace(
        ORDER, payment_data=claimed(cardNetwork="AMEX", cardFundingSource="PREPAID")
    )  # fmt: skip
    for signed, at_stripe in ((DEVICE, None), (None, AT_STRIPE), (DEVICE, AT_STRIPE)):
        found = weighed(order, signed, at_stripe)
        assert found.contradictions == ("claim_contradicts",), found
        said = {(view.network, view.funding) for view in found.views}
        funding = "credit" if at_stripe else None
        assert said == {*product(("visa", "amex"), (funding, "prepaid"))}


def test_what_the_merchant_states_of_a_card_that_is_known_is_a_claim_too() -> None:
    """Of network and funding; the issuer's country is Stripe's."""
    found = weighed(replace(ORDER, card=STATED), None, AT_STRIPE)
    said = {(view.network, view.funding, view.issuer_country) for view in found.views}
    assert said == {*product(("visa", "mastercard"), ("credit", "debit"), ("FR",))}
    assert found.contradictions == ("claim_contradicts",)
    both = replace(ORDER, card=STATED, payment_data=claimed(cardFundingSource="PREPAID"))
    seen = {view.funding for view in weighed(both, None, AT_STRIPE).views}
    assert seen == {"credit", "debit", "prepaid"}
    assert len(weighed(replace(ORDER, card=STATED)).views) == 1


def test_either_network_of_a_card_with_two_may_be_claimed() -> None:
    card = replace(
        AT_STRIPE, network="cartes_bancaires", networks=frozenset({"cartes_bancaires", "visa"})
    )
    order = replace(ORDER, payment_data=claimed(cardNetwork="VISA"))
    found = weighed(order, None, card)
    assert (found.contradictions, len(found.views)) == ((), 2)


def test_the_merchants_country_is_that_of_the_account_and_the_callers_word_only_another_view() -> (
    None
):
    told = replace(ORDER, acquirer_country="US")
    for at_stripe in ("FR", None):
        found = weigh_evidence(told, None, AT_STRIPE, Surroundings(at_stripe))
        assert [view.acquirer_country for view in found.views] == [at_stripe, "US"]
        differs = ("acquirer_country_differs",) if at_stripe else ()
        assert found.contradictions == differs
    assert len(weigh_evidence(told, None, None, Surroundings("US")).views) == 1


def test_a_saving_suffices_where_its_payer_was_authenticated_or_need_not_be() -> None:
    later = replace(ORDER, off_session=True)
    typed = replace(AT_STRIPE, wallet=None, dynamic_last4=None)

    def saved(card: StripeCard, country: str, saving: SavingProof | None) -> bool:
        around = Surroundings(country, saving=saving)
        return weigh_evidence(later, None, card, around).known.saved

    assert saved(typed, "FR", "authenticated")
    assert not saved(typed, "FR", "unauthenticated")
    assert saved(typed, "US", "unauthenticated")
    assert saved(AT_STRIPE, "FR", "unauthenticated")
    assert not saved(typed, "US", None)
    pan_only = replace(AT_STRIPE, dynamic_last4=None)
    assert not saved(pan_only, "US", "unauthenticated")
    assert saved(pan_only, "US", "authenticated")


def test_what_google_signed_of_the_network_comes_before_the_merchants_word() -> None:
    assert weighed(ALL, DEVICE).known.network == "visa"
    facts = CardFacts(None, "3478", 12, 2030)
    assert weighed(ALL, replace(DEVICE, facts=facts)).known.network == "mastercard"


@pytest.mark.parametrize(("wallet", "last4", "evidence", "auth_method"), [
    ("google_pay", None, "gateway", "PAN_ONLY"), ("google_pay", "3478", "wallet", None),
    ("apple_pay", "3478", "wallet", None), (None, None, "gateway", None), ("link", None, "gateway", None),
])  # fmt: skip
def test_stripe_distinguishes_a_google_account_card_from_a_device_token_and_no_more(
    wallet: str | None, last4: str | None, evidence: str, auth_method: str | None
) -> None:
    card = replace(AT_STRIPE, wallet=wallet, dynamic_last4=last4)
    payment = weighed(at_stripe=card).known
    assert (payment.evidence, payment.auth_method) == (evidence, auth_method)
    assert (payment.wallet, payment.assurance) == (wallet, None)
    assert payment.is_device_token == payment.is_device_token_read == (evidence == "wallet")


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
    assert (found.known.auth_method, found.known.is_device_token) == ("PAN_ONLY", False)
    differs(PAN, at_stripe)


def differs(signed: SignedCard, at_stripe: StripeCard) -> None:
    with pytest.raises(Problem) as refused:
        weighed(ALL, signed, at_stripe)
    assert (refused.value.status, refused.value.code) == (409, "card_differs")


def test_a_payment_is_held_to_the_number_that_stripe_will_show() -> None:
    wallet = {"wallet": "google_pay"}
    assert weighed(ALL, DEVICE).card == DecidedCard("visa", None, "3478", 12, 2030, **wallet)
    assert weighed(ALL, PAN).card == DecidedCard("visa", "1111", None, 12, 2030, **wallet)
    told = DecidedCard("visa", "1234", "3478", 11, 2034, AT_STRIPE.fingerprint, **wallet)
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
    assert ("claimed_assurance_not_signed" in found.contradictions) is reported
    assert found.assurance == signed


@pytest.mark.parametrize(("claim", "denies"), [
    (flags(False, True), True),
    (flags(True, False), True),
    (flags(False, None), True),
    (flags(None, None), True),
    (flags("true", 1), True),
    ({}, True),
    ("true", True),
    (flags(True, True), False),
    (None, False),
])  # fmt: skip
def test_an_assurance_object_that_does_not_say_both_flags_counts_against_any_proof(
    claim: Any, denies: bool
) -> None:
    order = replace(ORDER, payment_data=claimed(claim))
    for signed, at_stripe in ((DEVICE, None), (None, AT_STRIPE), (DEVICE, AT_STRIPE)):
        found = weighed(order, signed, at_stripe)
        assert found.known.is_proved or found.known.is_device_token_read
        assert (len(found.views) == 2) is denies
        if denies:
            assert last(found) == replace(found.known, assurance="partial")


@pytest.mark.parametrize("wrapped", [
    lambda given: given,
    lambda given: {"methodName": "https://google.com/pay", "details": given},
    lambda given: {"details": given["paymentMethodData"]},
    lambda given: given["paymentMethodData"],
])  # fmt: skip
def test_claims_and_token_are_found_however_the_page_passes_them_on(wrapped: Any) -> None:
    """As `loadPaymentData` returns them, as a W3C response, and the part that holds them."""
    given = claimed(flags(False, True))
    given["paymentMethodData"]["tokenizationData"] = {"type": "DIRECT", "token": "sealed"}
    assert find_token(None, wrapped(given), MERCHANT) == "sealed"
    assert last(weighed(replace(ORDER, payment_data=wrapped(given)))).assurance == "partial"


@pytest.mark.parametrize("given", [
    {"paymentMethodToken": {"tokenizationType": "DIRECT", "token": "{}"}},
    {"response": {"paymentMethodData": {"tokenizationData": {"type": "DIRECT", "token": "{}"}}}},
    {"token": {"protocolVersion": "ECv2", "signedMessage": "{}"}},
    {"paymentMethodData": {"info": {}}, "others": [{"tokenizationData": {"type": "DIRECT"}}]},
    {"paymentMethodData": {"tokenizationData": {"type": "direct", "token": "{}"}}},
    {"paymentMethodData": {"tokenizationData": {"token": "{}"}}},
    {"paymentMethodData": {"tokenizationData": "{}"}},
])  # fmt: skip
def test_a_token_that_would_go_unopened_without_a_word_is_refused(given: Any) -> None:
    for recipient_id in (MERCHANT, GATEWAY):
        with pytest.raises(InvalidToken):
            find_token(None, given, recipient_id)
    assert find_token(None, given, "") is None


@pytest.mark.parametrize("network", ["", "4111111111111111", "visa", "É", "\ud800", "V" * 41, 5, None, [], "VISA\n"])  # fmt: skip
def test_a_claim_that_is_not_a_networks_name_is_not_kept(network: Any) -> None:
    order = replace(ORDER, payment_data=claimed({}, cardNetwork=network), card=STATED)
    assert {view.network for view in weighed(order).views} == {"mastercard"}


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
    for view in found.views:
        assert view.evidence in ("claimed", "none")
        assert view.assurance != "full"
    assert last(found).wallet == "google_pay"


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
        "exp_year": 2031, "fingerprint": "f1", "wallet": {"type": "google_pay", "dynamic_last4": "3478"},
    }  # fmt: skip
    networks = frozenset({"visa"})
    expected = StripeCard(
        "visa", "debit", "FR", "1234", "3478", 1, 2031, "google_pay", "f1", networks
    )
    assert read_card({"card": card}) == expected
    assert read_card({"payment_method_preview": {"card": card}}) == expected
    plain = read_card({"card": {name: card[name] for name in card if name != "wallet"}})
    assert plain == replace(expected, wallet=None, dynamic_last4=None)


@pytest.mark.parametrize("found", [
    {}, {"card": None}, {"sepa_debit": {}}, {"payment_method_preview": None}, {"payment_method_preview": {"card": None}},
])  # fmt: skip
def test_a_payment_method_that_is_not_a_card_has_no_card(found: dict[str, Any]) -> None:
    assert read_card(found) is None


@pytest.mark.parametrize("country", ["UK", "fr", "ZZ", "", ["FR"], {}])
def test_what_is_no_countrys_code_is_not_known_and_an_empty_text_is_none(country: Any) -> None:
    """A rule about cards of an unknown country sees it, as the floor does."""
    wallet = {"type": "google_pay", "dynamic_last4": ""}
    card = read_card({"card": {"brand": "visa", "country": country, "wallet": wallet}})
    assert card is not None
    assert (card.issuer_country, card.is_device_token) == (None, False)


TWO = {"available": ["cartes_bancaires", "visa"]}


@pytest.mark.parametrize(("members", "network"), [
    ({"networks": TWO | {"preferred": "cartes_bancaires"}}, "cartes_bancaires"),
    ({"networks": TWO | {"preferred": None}, "display_brand": "cartes_bancaires"}, "cartes_bancaires"),
    ({"networks": TWO | {"preferred": "invalid_preference"}, "display_brand": "other"}, "visa"),
    ({"networks": TWO | {"preferred": "visa"}, "display_brand": "cartes_bancaires"}, "visa"),
    ({"networks": TWO, "network": "cartes_bancaires"}, "cartes_bancaires"),
    ({"network": "cartes_bancaires"}, "cartes_bancaires"),
    ({"brand": "amex", "networks": {"available": ["amex"]}, "display_brand": "american_express"}, "amex"),
    ({"networks": None, "display_brand": "mastercard"}, "visa"),
])  # fmt: skip
def test_the_network_of_a_card_with_two_is_the_one_that_the_payer_chose(
    members: dict[str, Any], network: str
) -> None:
    card = read_card({"card": {"brand": "visa", **members}})
    assert card is not None
    assert card.network == network
