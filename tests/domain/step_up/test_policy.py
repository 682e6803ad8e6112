"""What payments get: by the rules, by the floor, and by the methods that are left."""

from typing import Any, get_args

import pytest
from msgspec.structs import replace

from countersign.step_up.policy import NOBODY, Decision, Payer, apply_rule, decide
from countersign.step_up.reasons import MEANINGS, Reason
from countersign.step_up.rules import Method, Outcome, Rule, RuleBook, ThreeDSecure
from countersign.step_up.rules.conditions import When, Words
from countersign.step_up.rules.payment import Payment
from countersign.step_up.strictness import decide_strictest
from countersign.step_up.three_d_secure import UNASKED, Terms
from tests.support.step_up_rules import (
    ABROAD,
    METHODS,
    OUTCOMES,
    PROVED,
    WALLET,
    book,
    is_as_strict,
)

NEW, TRUSTED = Payer(can_confirm=True), Payer(can_confirm=True, has_trusted=True)
INSIDE = {"issuer_country": "FR", "acquirer_country": "FR"}


@pytest.mark.parametrize(("methods", "how"), [(("3ds",), "any"), (("spc",), "any"), (("3ds", "spc"), "any")])  # fmt: skip
def test_a_claim_does_not_replace_a_challenge_by_something_easier(
    methods: tuple[Method, ...], how: ThreeDSecure
) -> None:
    easier = Rule(
        "rule", "step_up", methods, how, When({"evidence": Words(frozenset({"claimed"}))})
    )
    for usual in METHODS[1:]:
        rules = RuleBook((easier,), Rule("default", "step_up", usual, "challenge"), "0" * 16)
        plain = Payment(1099, "usd", wallet="google_pay", **ABROAD)
        claimed = replace(plain, evidence="claimed", assurance="full")
        found = decide_strictest(rules, (plain, claimed), TRUSTED).decision
        assert is_as_strict(found, decide(rules, plain, TRUSTED))


def test_where_neither_decision_is_as_strict_what_is_known_counts() -> None:
    full = When({"assurance": Words(frozenset({"full"}))})
    rules = RuleBook(
        (Rule("rule", "step_up", ("spc",), when=full),), Rule("default", "step_up", ("3ds",)), "0"
    )
    known = Payment(1099, "usd", "signed", assurance="full", **ABROAD)
    found = decide_strictest(rules, (known, replace(known, assurance="partial")), TRUSTED)
    assert (found.view, found.is_raised) == (known, False)


def test_every_reason_has_its_meaning() -> None:
    assert MEANINGS.keys() == {*get_args(Reason)}


@pytest.mark.parametrize("country", ["US", "JE"])
def test_one_side_elsewhere_is_enough_for_a_rule_to_let_a_card_proceed(country: str) -> None:
    one_side: list[dict[str, Any]] = [{"issuer_country": country}, {"acquirer_country": country}]
    for sides in one_side:
        found = decide(book("proceed"), Payment(1099, "eur", **sides))
        assert (found.outcome, found.reasons, found.next) == ("proceed", ("rule",), "pay")


@pytest.mark.parametrize(("payment", "reason"), [(PROVED, "signed_assurance"), (WALLET, "wallet_token"), (replace(WALLET, wallet="google_pay"), "wallet_token")])  # fmt: skip
def test_a_device_token_has_done_what_is_expected(payment: Payment, reason: str) -> None:
    found = decide(book("proceed"), replace(payment, **INSIDE))
    assert (found.outcome, found.reasons) == ("proceed", ("rule", reason))
    assert found.terms == Terms(captures=tuple(UNASKED), captures_after_confirmation=tuple(UNASKED))


@pytest.mark.parametrize("members", [
    {"evidence": "gateway"}, {"evidence": "claimed"}, {"evidence": "none"},
    {"auth_method": "PAN_ONLY"}, {"auth_method": None}, {"assurance": "partial"}, {"assurance": None},
])  # fmt: skip
def test_google_pay_without_any_part_of_the_proof_is_stepped_up(
    members: dict[str, Any],
) -> None:
    payment = replace(PROVED, **members | ABROAD)
    found = decide(book("proceed"), payment, TRUSTED)
    assert (found.outcome, found.methods, found.next) == ("step_up", ("spc",), "confirm")
    assert found.reasons == ("rule", "google_pay_assurance", "device_token_without_3ds")


def test_without_a_rule_the_default_is_to_step_up() -> None:
    empty = RuleBook((), Rule("default", "step_up"), "0" * 16)
    found = decide(empty, Payment(1099, "usd", **ABROAD), NEW)
    asked = ("authenticated", "attempt_acknowledged", "not_supported")
    terms = Terms("any", "automatic", asked, tuple(UNASKED))
    assert found == Decision("step_up", ("default",), "default", ("spc", "3ds"), terms)


def test_a_payer_who_cannot_confirm_gets_3d_secure() -> None:
    found = decide(book("step_up", ("spc",)), Payment(1099, "usd", **ABROAD), NOBODY)
    assert (found.methods, found.next) == (("3ds",), "authenticate")
    assert "confirmation_unavailable" in found.reasons


def test_a_new_browser_confirms_only_where_it_can_go_on_to_3d_secure() -> None:
    payment = Payment(1099, "usd", **ABROAD)
    assert decide(book("step_up", ("spc",)), payment, NEW).methods == ("3ds",)
    assert decide(book("step_up", ("spc",)), payment, TRUSTED).methods == ("spc",)
    assert decide(book("step_up", ("3ds", "spc")), payment, NEW).methods == ("3ds", "spc")
    partial = replace(PROVED, assurance="partial", **ABROAD)
    assert decide(book("step_up"), partial, NEW).next == "another_card"


@pytest.mark.parametrize("sides", [ABROAD, INSIDE])
def test_a_device_token_is_confirmed_with_what_is_trusted_for_it_else_another_card_is_asked_for(
    sides: dict[str, Any],
) -> None:
    payment = replace(PROVED, assurance="partial", **sides)
    assert decide(book("step_up"), payment, TRUSTED).methods == ("spc",)
    found = decide(book("step_up"), payment, NOBODY)
    assert (found.outcome, found.methods, found.next) == ("step_up", (), "another_card")
    assert found.reasons[-1] == "no_method_left"
    assert found.terms == Terms()


def test_where_authentication_is_expected_a_confirmation_to_us_is_not_enough() -> None:
    payment = Payment(1099, "eur", issuer_country="FR", acquirer_country="DE")
    found = decide(book("step_up", ("spc",)), payment, TRUSTED)
    assert found.methods == ("3ds",)
    only = ("authenticated",)
    assert found.terms == Terms("any", "any", only, only)


def test_a_rule_may_leave_a_payment_to_stripes_own_engine_but_not_a_google_pay_card() -> None:
    rule = Rule("low-value", "proceed", three_d_secure="automatic")
    rules = RuleBook((rule,), Rule("default", "step_up"), "0")
    typed = Payment(200, "eur", "gateway", **INSIDE)
    found = decide(rules, typed)
    assert (found.next, found.reasons) == ("pay", ("rule", "left_to_stripe"))
    assert found.terms.captures == tuple(UNASKED)
    assert decide(rules, replace(typed, wallet="google_pay")).next == "authenticate"


def test_a_rule_sets_the_results_that_may_be_captured_within_the_floor() -> None:
    wide = ("none", "authenticated", "attempt_acknowledged", "not_supported")
    rule = Rule(
        "r", "step_up", ("spc", "3ds"), captures=wide, captures_after_confirmation=("authenticated",)
    )  # fmt: skip
    rules = RuleBook((rule,), Rule("default", "step_up"), "0")
    abroad = decide(rules, Payment(1099, "usd", **ABROAD), NEW).terms
    assert (abroad.captures, abroad.captures_after_confirmation) == (wide, ("authenticated",))
    inside = decide(rules, Payment(1099, "eur", **INSIDE), NEW).terms
    assert inside.captures == ("authenticated", "attempt_acknowledged")
    lax = RuleBook((replace(rule, captures=("none",)),), rules.default, "0")
    assert decide(lax, Payment(1099, "eur", **INSIDE), NEW).terms.captures == ("authenticated",)


SAVED = replace(PROVED, off_session=True, saved=True)


@pytest.mark.parametrize("outcome", ["proceed", "review", "decline"])
def test_off_session_a_rule_decides(outcome: Outcome) -> None:
    found = decide(book(outcome), SAVED, TRUSTED)
    assert (found.outcome, found.rule, found.methods) == (outcome, "rule", ())
    assert "off_session" in found.reasons


def test_off_session_is_for_review_unless_a_rule_mentions_it() -> None:
    for outcome in OUTCOMES:
        rules = RuleBook((), Rule("default", outcome), "0" * 16)
        found = decide(rules, SAVED, TRUSTED)
        assert (found.outcome, found.reasons) == ("review", ("off_session",))


def test_off_session_nothing_proceeds_that_is_not_saved() -> None:
    found = decide(book("proceed"), replace(SAVED, saved=False), TRUSTED)
    assert (found.outcome, found.next) == ("review", "wait_for_review")
    assert found.reasons == ("rule", "off_session", "not_saved")


def test_what_a_review_comes_to_is_never_under_the_floor() -> None:
    payment = Payment(1099, "eur", **INSIDE)
    proceed = Rule("review", "proceed")
    found = apply_rule(proceed, Rule("default", "step_up"), payment, NOBODY)
    assert (found.outcome, found.next) == ("step_up", "authenticate")


@pytest.mark.parametrize("how", ["any", "challenge"])
def test_stripe_gets_what_the_rule_wants(how: ThreeDSecure) -> None:
    rule = Rule("r", "step_up", ("spc", "3ds"), how)
    found = decide(RuleBook((rule,), rule, "0"), Payment(1099, "usd", **ABROAD), NEW).terms
    assert (found.request_three_d_secure, found.after_confirmation) == (how, "automatic")
