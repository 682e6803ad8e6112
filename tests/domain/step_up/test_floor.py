"""The floor: what no rule of a merchant can lower, for every payment."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.step_up.evidence import Surroundings, weigh_evidence
from countersign.step_up.order import Order
from countersign.step_up.policy import Payer, decide
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.authentication import REGIONS
from countersign.step_up.rules.countries import COUNTRIES
from countersign.step_up.rules.payment import Payment
from countersign.step_up.strictness import decide_strictest
from countersign.step_up.stripe_card import StripeCard
from tests.support.step_up_rules import (
    SEVERITY,
    book,
    books,
    is_as_strict,
    payers,
    payments,
)


def is_expected(payment: Payment) -> bool:
    """As the table says: unless one side is known to be elsewhere."""
    sides = [
        one if one in COUNTRIES else None
        for one in (payment.issuer_country, payment.acquirer_country)
    ]
    return any(all(one is None or one in region for one in sides) for region in REGIONS.values())


def is_answered_for(payment: Payment) -> bool:
    said = (payment.evidence, payment.auth_method, payment.assurance)
    is_signed = said == ("signed", "CRYPTOGRAM_3DS", "full")
    return is_signed or (payment.evidence == "wallet" and payment.assurance != "partial")


@given(books, payments, payers)
def test_no_rule_lets_an_unproved_google_pay_card_proceed(
    rules: RuleBook, payment: Payment, payer: Payer
) -> None:
    payment = replace(payment, wallet="google_pay", off_session=False)
    found = decide(rules, payment, payer)
    assert found.outcome != "proceed" or is_answered_for(payment)


@given(books, payments, payers)
def test_where_authentication_is_expected_a_payment_goes_without_only_by_what_answers_for_it(
    rules: RuleBook, payment: Payment, payer: Payer
) -> None:
    payment = replace(payment, off_session=False)
    found = decide(rules, payment, payer)
    if not is_expected(payment) or is_answered_for(payment):
        return
    if found.outcome == "proceed":
        assert (rules.first_match(payment) or rules.default).three_d_secure == "automatic"
        assert "left_to_stripe" in found.reasons
    elif found.outcome == "step_up" and "3ds" in found.methods:
        assert found.methods == ("3ds",)
        went_without = {"none", "not_supported", "data_share_only", "processing_error"}
        assert found.terms.captures
        assert went_without.isdisjoint(found.terms.captures)
        assert found.terms.captures_after_confirmation == found.terms.captures


@given(books, payments, payers)
def test_methods_are_only_those_that_the_payment_supports_and_that_suffice(
    rules: RuleBook, payment: Payment, payer: Payer
) -> None:
    found = decide(rules, payment, payer)
    assert len(set(found.methods)) == len(found.methods)
    if found.outcome != "step_up":
        assert found.methods == ()
    is_token = payment.auth_method == "CRYPTOGRAM_3DS" or payment.is_tokenized
    if is_token:
        assert "3ds" not in found.methods
    if "spc" in found.methods:
        assert payer.can_confirm
        assert payer.has_trusted or "3ds" in found.methods
        assert is_token or not is_expected(payment) or is_answered_for(payment)
    nothing_left = found.outcome == "step_up" and not found.methods
    assert ("no_method_left" in found.reasons) == nothing_left == (found.next == "another_card")
    is_requested = found.terms.request_three_d_secure != "automatic"
    assert is_requested == ("3ds" in found.methods)


@given(books, payments, payers)
def test_every_payment_that_is_not_stopped_can_be_made_in_some_way(
    rules: RuleBook, payment: Payment, payer: Payer
) -> None:
    found = decide(rules, payment, payer)
    if found.next in ("pay", "authenticate"):
        assert found.terms.captures
    if found.next == "confirm":
        assert found.terms.captures_after_confirmation
        assert found.terms.after_confirmation == "automatic"
    if found.next in ("another_card", "wait_for_review", "stop"):
        assert found.terms.captures == found.terms.captures_after_confirmation == ()


@given(books, payments, payers)
def test_off_session_nobody_is_challenged_and_only_what_is_saved_is_paid(
    rules: RuleBook, payment: Payment, payer: Payer
) -> None:
    found = decide(rules, replace(payment, off_session=True), payer)
    assert found.outcome != "step_up"
    assert found.outcome != "proceed" or payment.saved
    assert found.terms.request_three_d_secure == "automatic"


@given(books, payments, payers)
def test_what_a_rule_declines_or_sets_aside_stays_so(
    rules: RuleBook, payment: Payment, payer: Payer
) -> None:
    matched = rules.first_match(payment)
    found = decide(rules, payment, payer)
    if matched is None and payment.off_session:
        assert found.outcome == "review"
    else:
        assert SEVERITY[found.outcome] >= SEVERITY[(matched or rules.default).outcome]
    assert found.rule == (matched or rules.default).name
    assert found.reasons
    assert len(set(found.reasons)) == len(found.reasons)


CARDS = st.sampled_from([None, "3478"]).flatmap(
    lambda dynamic_last4: st.builds(
        StripeCard,
        network=st.just("visa"),
        funding=st.sampled_from([None, "credit", "prepaid"]),
        issuer_country=st.sampled_from([None, "FR", "US"]),
        last4=st.just("1234"),
        dynamic_last4=st.just(dynamic_last4),
        exp_month=st.just(12),
        exp_year=st.just(2030),
        wallet=st.sampled_from([None, "google_pay", "apple_pay"]),
    )
)
INFO: dict[str, Any] = {
    "cardNetwork": "AMEX",
    "cardFundingSource": "PREPAID",
    "assuranceDetails": {"cardHolderAuthenticated": False, "accountVerified": True},
}


@given(books, st.none() | CARDS, st.sampled_from([None, "FR", "US"]), payers)
def test_the_more_is_claimed_the_more_is_required(
    rules: RuleBook, at_stripe: StripeCard | None, country: str | None, payer: Payer
) -> None:
    """Whichever claims a browser leaves out, it gets no less than with none of them."""
    order, around = Order("acct_1", 1099, "eur"), Surroundings(country)

    def decided(order: Order) -> Any:
        views = weigh_evidence(order, None, at_stripe, around).views
        return decide_strictest(rules, views, payer).decision

    without = decided(order)
    for size in range(len(INFO) + 1):
        for names in combinations(INFO, size):
            info = {name: INFO[name] for name in names}
            claiming = replace(order, payment_data={"paymentMethodData": {"info": info}})
            assert is_as_strict(decided(claiming), without)
    assert is_as_strict(decided(replace(order, acquirer_country="DE")), without)


def test_a_claim_of_true_changes_nothing() -> None:
    full = {"cardHolderAuthenticated": True, "accountVerified": True}
    card = StripeCard("visa", "credit", "FR", "1234", "3478", 12, 2030, "google_pay")
    for at_stripe in (None, card, replace(card, dynamic_last4=None)):
        order = Order("acct_1", 1099, "eur", payment_data={})
        claiming = replace(
            order, payment_data={"paymentMethodData": {"info": {"assuranceDetails": full}}}
        )
        seen = [
            {(view.wallet, view.assurance) for view in weigh_evidence(*one, Surroundings()).views}
            for one in ((order, None, at_stripe), (claiming, None, at_stripe))
        ]
        assert seen[0] == seen[1]


@pytest.mark.parametrize("region", REGIONS)
def test_a_country_that_is_not_known_to_be_elsewhere_counts_as_inside(region: str) -> None:
    inside = sorted(REGIONS[region])[0]
    for other in (*REGIONS[region], None, "UK", "EL", "XX", ""):
        for issuer, account in ((inside, other), (other, inside)):
            payment = Payment(1099, "eur", issuer_country=issuer, acquirer_country=account)
            found = decide(book("proceed"), payment, Payer(can_confirm=True, has_trusted=True))
            assert (found.outcome, found.methods) == ("step_up", ("3ds",)), payment
            assert found.reasons == ("rule", "authentication_expected")
