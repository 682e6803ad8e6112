"""What payments get: by the rules, by the floor, and by the methods that are left."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from countersign.step_up.policy import Decision, decide, decide_on_both
from countersign.step_up.reasons import MEANINGS, Reason
from countersign.step_up.rules import Method, Outcome, Rule, RuleBook, ThreeDSecure
from countersign.step_up.rules.conditions import When, Words
from countersign.step_up.rules.payment import EvidenceSource, Payment
from countersign.step_up.three_d_secure import request_three_d_secure
from tests.support.step_up_rules import (
    ABROAD,
    METHODS,
    OUTCOMES,
    PROVED,
    book,
    is_as_strict,
)


@pytest.mark.parametrize(("methods", "how"), [(("3ds",), "any"), (("spc",), "any"), (("3ds", "spc"), "any")])  # fmt: skip
def test_a_claim_does_not_replace_a_challenge_by_something_easier(
    methods: tuple[Method, ...], how: ThreeDSecure
) -> None:
    easier = Rule(
        "rule", "step_up", methods, how, When({"evidence": Words(frozenset({"claimed"}))})
    )
    for usual in METHODS[1:]:
        rules = RuleBook((easier,), Rule("default", "step_up", usual), "0" * 16)
        plain = Payment(1099, "usd", wallet="google_pay", **ABROAD)
        claimed = replace(plain, evidence="claimed", assurance="full")
        found, _ = decide_on_both(rules, claimed, plain, can_confirm=True)
        assert is_as_strict(found, decide(rules, plain, can_confirm=True))


@pytest.mark.parametrize(("evidence", "counting"), [("signed", "full"), ("claimed", "partial")])
def test_where_neither_decision_is_as_strict_the_one_without_the_claim_counts(
    evidence: EvidenceSource, counting: str
) -> None:
    """A denial claims against what Google has signed, a claim against nothing."""
    full = When({"assurance": Words(frozenset({"full"}))})
    rules = RuleBook(
        (Rule("rule", "step_up", ("spc",), when=full),), Rule("default", "step_up", ("3ds",)), "0"
    )
    payment = Payment(1099, "usd", evidence, assurance="full", **ABROAD)
    otherwise = replace(payment, assurance="partial")
    found, decided = decide_on_both(rules, payment, otherwise, can_confirm=True)
    assert decided.assurance == counting
    assert found == decide(rules, decided, can_confirm=True)


def test_every_reason_has_its_meaning() -> None:
    assert MEANINGS.keys() == {*get_args(Reason)}


@pytest.mark.parametrize("country", ["US", "JE"])
def test_one_side_elsewhere_is_enough_for_a_rule_to_let_a_card_proceed(country: str) -> None:
    one_side: list[dict[str, Any]] = [{"issuer_country": country}, {"acquirer_country": country}]
    for sides in one_side:
        found = decide(book("proceed"), Payment(1099, "eur", **sides), can_confirm=False)
        assert (found.outcome, found.reasons) == ("proceed", ("rule",))


def test_a_proved_device_token_has_done_what_the_law_requires() -> None:
    inside = replace(PROVED, issuer_country="FR", acquirer_country="FR")
    found = decide(book("proceed"), inside, can_confirm=False)
    assert (found.outcome, found.reasons) == ("proceed", ("rule", "signed_assurance"))


@pytest.mark.parametrize("members", [
    {"evidence": "gateway"}, {"evidence": "claimed"}, {"evidence": "none"},
    {"auth_method": "PAN_ONLY"}, {"auth_method": None}, {"assurance": "partial"}, {"assurance": None},
])  # fmt: skip
def test_google_pay_without_any_part_of_the_proof_is_stepped_up(
    members: dict[str, Any],
) -> None:
    payment = replace(PROVED, **members | ABROAD)
    found = decide(book("proceed"), payment, can_confirm=True)
    assert (found.outcome, found.methods) == ("step_up", ("spc",))
    assert found.reasons == ("rule", "google_pay_assurance", "device_token_without_3ds")


def test_a_proved_card_is_stepped_up_where_a_rule_wants_it() -> None:
    found = decide(book("step_up", ("3ds", "spc")), PROVED, can_confirm=True)
    assert (found.outcome, found.methods) == ("step_up", ("spc",))


def test_without_a_rule_the_default_is_to_step_up() -> None:
    empty = RuleBook((), Rule("default", "step_up"), "0" * 16)
    found = decide(empty, Payment(1099, "usd", **ABROAD), can_confirm=True)
    assert found == Decision("step_up", ("default",), "default", ("spc", "3ds"))


def test_a_payer_who_cannot_confirm_gets_3d_secure() -> None:
    payment = Payment(1099, "usd", **ABROAD)
    found = decide(book("step_up", ("spc",)), payment, can_confirm=False)
    assert found.methods == ("3ds",)
    assert "confirmation_unavailable" in found.reasons


def test_a_device_token_of_a_payer_who_cannot_confirm_has_no_method_left() -> None:
    found = decide(book("step_up"), replace(PROVED, assurance="partial"), can_confirm=False)
    assert (found.outcome, found.methods) == ("step_up", ())
    assert found.reasons[-1] == "no_method_left"
    assert request_three_d_secure(found) == "automatic"


def test_where_the_law_requires_3d_secure_a_confirmation_to_us_is_not_enough() -> None:
    payment = Payment(1099, "eur", issuer_country="FR", acquirer_country="DE")
    found = decide(book("step_up", ("spc",)), payment, can_confirm=True)
    assert found.methods == ("3ds",)
    assert request_three_d_secure(found) == "challenge"


OFF_SESSION = replace(PROVED, off_session=True)


@pytest.mark.parametrize("outcome", ["proceed", "review", "decline"])
def test_off_session_a_rule_decides(outcome: Outcome) -> None:
    found = decide(book(outcome), OFF_SESSION, can_confirm=True)
    assert (found.outcome, found.rule, found.methods) == (outcome, "rule", ())
    assert "off_session" in found.reasons


def test_off_session_is_for_review_unless_a_rule_mentions_it() -> None:
    for outcome in OUTCOMES:
        rules = RuleBook((), Rule("default", outcome), "0" * 16)
        found = decide(rules, OFF_SESSION, can_confirm=True)
        assert (found.outcome, found.reasons) == ("review", ("off_session",))


def test_off_session_googles_table_applies() -> None:
    payment = replace(OFF_SESSION, assurance="partial")
    found = decide(book("proceed"), payment, can_confirm=True)
    assert (found.outcome, found.rule) == ("review", "rule")
    assert "google_pay_assurance" in found.reasons


@pytest.mark.parametrize(("how", "asked"), [("any", "any"), ("challenge", "challenge")])
def test_stripe_gets_what_the_rule_wants(how: ThreeDSecure, asked: str) -> None:
    found = Decision("step_up", ("rule",), "rule", ("spc", "3ds"), how)
    assert request_three_d_secure(found) == asked
    for other in (replace(found, methods=("spc",)), replace(found, outcome="review")):
        assert request_three_d_secure(other) == "automatic"
