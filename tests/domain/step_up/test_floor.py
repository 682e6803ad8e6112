"""The floor: what no rule of a merchant can lower, for every payment."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.step_up.policy import decide, decide_on_both
from countersign.step_up.rules import Rule, RuleBook
from countersign.step_up.rules.conditions import When, Words
from countersign.step_up.rules.countries import SCA_COUNTRIES
from countersign.step_up.rules.payment import AssuranceLevel, Payment
from countersign.step_up.three_d_secure import request_three_d_secure
from tests.support.step_up_rules import (
    ELSEWHERE,
    SEVERITY,
    book,
    books,
    is_as_strict,
    payments,
)


def needs_sca(payment: Payment) -> bool:
    """As the law says: unless one side is known to be elsewhere, or the device has done it."""
    sides = {payment.issuer_country, payment.acquirer_country}
    return not sides & ELSEWHERE and not is_proved(payment)


def is_proved(payment: Payment) -> bool:
    said = (payment.evidence, payment.auth_method, payment.assurance)
    return said == ("signed", "CRYPTOGRAM_3DS", "full")


@given(books, payments, st.booleans())
def test_no_rule_lets_an_unproved_google_pay_card_proceed(
    rules: RuleBook, payment: Payment, can_confirm: bool
) -> None:
    found = decide(rules, replace(payment, wallet="google_pay"), can_confirm=can_confirm)
    assert found.outcome != "proceed" or is_proved(payment)


@given(books, payments, st.booleans())
def test_no_rule_lets_a_payment_proceed_for_which_the_law_requires_more(
    rules: RuleBook, payment: Payment, can_confirm: bool
) -> None:
    found = decide(rules, replace(payment, off_session=False), can_confirm=can_confirm)
    assert found.outcome != "proceed" or not needs_sca(payment)


@given(books, payments, st.booleans())
def test_methods_are_only_those_that_the_payment_supports_and_that_suffice(
    rules: RuleBook, payment: Payment, can_confirm: bool
) -> None:
    found = decide(rules, payment, can_confirm=can_confirm)
    assert len(set(found.methods)) == len(found.methods)
    if found.outcome != "step_up":
        assert found.methods == ()
    if payment.auth_method == "CRYPTOGRAM_3DS" or payment.is_tokenized:
        assert "3ds" not in found.methods
    if not can_confirm or needs_sca(payment):
        assert "spc" not in found.methods
    nothing_left = found.outcome == "step_up" and not found.methods
    assert ("no_method_left" in found.reasons) == nothing_left
    assert (request_three_d_secure(found) == "automatic") == ("3ds" not in found.methods)


@given(books, payments, st.booleans())
def test_off_session_nobody_is_challenged(
    rules: RuleBook, payment: Payment, can_confirm: bool
) -> None:
    found = decide(rules, replace(payment, off_session=True), can_confirm=can_confirm)
    assert found.outcome != "step_up"
    assert found.methods == ()
    assert request_three_d_secure(found) == "automatic"


@given(books, payments, st.booleans())
def test_what_a_rule_declines_or_sets_aside_stays_so(
    rules: RuleBook, payment: Payment, can_confirm: bool
) -> None:
    matched = rules.first_match(payment)
    found = decide(rules, payment, can_confirm=can_confirm)
    if matched is None and payment.off_session:
        assert found.outcome == "review"
    else:
        assert SEVERITY[found.outcome] >= SEVERITY[(matched or rules.default).outcome]
    assert found.rule == (matched or rules.default).name
    assert found.reasons
    assert len(set(found.reasons)) == len(found.reasons)


@given(books, payments, st.sampled_from([None, "partial", "full"]), st.sampled_from([None, "prepaid"]), st.booleans())  # fmt: skip
def test_a_claim_never_lowers_what_is_required(
    rules: RuleBook,
    payment: Payment,
    assurance: AssuranceLevel | None,
    funding: str | None,
    can_confirm: bool,
) -> None:
    plain = replace(payment, evidence="none", assurance=None, auth_method=None)
    claimed = replace(plain, evidence="claimed", assurance=assurance, funding=funding)
    without = decide(rules, plain, can_confirm=can_confirm)
    found, _ = decide_on_both(rules, claimed, plain, can_confirm=can_confirm)
    assert is_as_strict(found, without)


@given(books, payments, st.booleans())
def test_a_denial_by_the_browser_never_lowers_what_is_required(
    rules: RuleBook, payment: Payment, can_confirm: bool
) -> None:
    """Where neither decision is as strict as the other, the one on what Google has signed counts."""
    signed = replace(payment, evidence="signed", assurance="full", off_session=False)
    denied = replace(signed, assurance="partial")
    without = decide(rules, signed, can_confirm=can_confirm)
    found, decided = decide_on_both(rules, signed, denied, can_confirm=can_confirm)
    assert is_as_strict(found, without)
    assert (decided is signed) == (found == without)


@given(books, payments, st.booleans())
def test_a_claim_can_raise_what_is_required(
    rules: RuleBook, payment: Payment, can_confirm: bool
) -> None:
    plain = replace(payment, evidence="none", assurance=None, auth_method=None, off_session=False)
    claimed = replace(plain, evidence="claimed", assurance="partial")
    refusing = Rule("claims", "decline", when=When({"evidence": Words(frozenset({"claimed"}))}))
    strict = RuleBook((refusing, *rules.rules), rules.default, rules.version)
    found, decided = decide_on_both(strict, claimed, plain, can_confirm=can_confirm)
    assert found.outcome == "decline"
    assert decided is claimed


@pytest.mark.parametrize("one", ["FR", "GB", None, "ZZ"])
def test_a_country_that_is_not_known_to_be_elsewhere_counts_as_in_scope(one: str | None) -> None:
    for other in (*SCA_COUNTRIES, None, "UK", "EL", "XX", ""):
        for issuer, acquirer in ((one, other), (other, one)):
            payment = Payment(1099, "eur", issuer_country=issuer, acquirer_country=acquirer)
            found = decide(book("proceed"), payment, can_confirm=True)
            assert (found.outcome, found.methods) == ("step_up", ("3ds",)), payment
            assert found.reasons == ("rule", "strong_customer_authentication")
