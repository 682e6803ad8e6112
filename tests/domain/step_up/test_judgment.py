"""Whether a payment was made as it was decided: the table of what 3-D Secure came to, and the rest."""

from itertools import product
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from countersign.step_up import judgment
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.judgment import NOT_YET, Judgment, Shortfall, judge
from countersign.step_up.policy import decide
from countersign.step_up.results import ConfirmationResult, PaymentResult, Results
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.load_rules import load_rules
from countersign.step_up.rules.payment import Payment
from countersign.step_up.stripe_card import ThreeDSecureResult
from tests.domain.step_up.test_decision_record import ORDER

RULES: RuleBook = load_rules()
PAID = PaymentResult(
    "pi_1",
    "succeeded",
    progress=2,
    charged_at=1000,
    amount_received=1099,
    amount_captured=1099,
    three_d_secure=ThreeDSecureResult("authenticated"),
)
CONFIRMED = ConfirmationResult("c", "authenticated", "trusted", False, 990)


def record(
    payment: PaymentResult, spc: ConfirmationResult | None = None, **order: Any
) -> DecisionRecord:
    decided = replace(ORDER, **order)
    return replace(DecisionRecord.new(decided, 900), results=Results(spc, payment))


def with_result(result: str | None, **members: Any) -> PaymentResult:
    """The payment, with what 3-D Secure came to; `None` where it was not tried."""
    proof = ThreeDSecureResult(result, **members) if result else None
    return replace(PAID, three_d_secure=proof)


def terms(payment: Payment) -> dict[str, Any]:
    """What the shipped rules say of a payment."""
    decision = decide(RULES, payment)
    return {
        "outcome": decision.outcome,
        "methods": decision.methods,
        "captures": decision.terms.captures,
        "captures_after_confirmation": decision.terms.captures_after_confirmation,
    }


def typed(country: str, amount: int, currency: str) -> dict[str, Any]:
    known = {"issuer_country": country, "acquirer_country": country}
    return terms(Payment(amount, currency, "gateway", **known))


EXPECTED = typed("FR", 1099, "eur")
ELSEWHERE = typed("US", 99_900, "usd")
UNASKED = typed("US", 1099, "usd")
TABLE = [
    # result, whether authentication is expected and asked for, asked for elsewhere, not asked for
    ("authenticated", True, True, True),
    ("attempt_acknowledged", False, True, True),
    ("exempted", False, False, True),
    ("data_share_only", False, False, False),
    ("not_supported", False, True, True),
    ("processing_error", False, False, False),
    ("failed", False, False, False),
    (None, False, False, True),
    ("what Stripe adds later", False, False, False),
]


@pytest.mark.parametrize(("result", "expected", "elsewhere", "unasked"), TABLE)
def test_each_result_of_3d_secure_suffices_where_it_was_decided_that_it_does(
    result: str | None, expected: bool, elsewhere: bool, unasked: bool
) -> None:
    assert [order["outcome"] for order in (EXPECTED, ELSEWHERE, UNASKED)] == [
        *("step_up", "step_up", "proceed"),
    ]
    for order, suffices in ((EXPECTED, expected), (ELSEWHERE, elsewhere), (UNASKED, unasked)):
        found = judge(record(with_result(result), **order))
        assert found == Judgment(suffices, () if suffices else ("proof_missing",))


@pytest.mark.parametrize(("spc", "suffices"), [
    (CONFIRMED, True), (None, False), (replace(CONFIRMED, authenticated_at=1060), True),
    (replace(CONFIRMED, authenticated_at=1061), False), (replace(CONFIRMED, step_up_required=True), False),
    (replace(CONFIRMED, step_up_required=None), False), (replace(CONFIRMED, status="pending"), False),
    (replace(CONFIRMED, status="failed"), False), (replace(CONFIRMED, authenticated_at=None), False),
    (replace(CONFIRMED, fingerprint="other"), False), (replace(CONFIRMED, fingerprint="card"), True),
])  # fmt: skip
def test_a_confirmation_spares_3d_secure_only_if_it_suffices_and_came_before_the_charge(
    spc: ConfirmationResult | None, suffices: bool
) -> None:
    order: dict[str, Any] = {
        "captures_after_confirmation": ("none",),
        "captures": ("authenticated",),
    }
    paid = replace(with_result(None), fingerprint="card")
    assert judge(record(paid, spc, methods=("spc", "3ds"), **order)).fulfilled is suffices
    assert judge(record(paid, spc, methods=("3ds",), **order)).fulfilled is False


@pytest.mark.parametrize(("members", "missed"), [
    ({"exemption_indicator": "low_risk", "exemption_indicator_applied": False}, True),
    ({"exemption_indicator": "low_risk", "exemption_indicator_applied": True}, False),
    ({"exemption_indicator": "none", "exemption_indicator_applied": False}, False), ({}, False),
])  # fmt: skip
def test_an_exemption_that_was_not_applied_spares_nothing(members: Any, missed: bool) -> None:
    found = judge(record(with_result("exempted", **members), **UNASKED))
    assert found.reasons == (("exemption_not_applied",) if missed else ())
    assert judge(record(with_result("authenticated", **members), **UNASKED)).fulfilled is True


OTHERWISE: list[tuple[PaymentResult, dict[str, Any], Shortfall]] = [
    (PAID, {"outcome": "decline", "captures": ()}, "captured_after_decline"),
    (PAID, {"outcome": "review", "captures": ()}, "captured_in_review"),
    (replace(PAID, captured_in_review=True), {}, "captured_in_review"),
    (replace(PAID, amount_captured=109_900, amount_received=109_900), {}, "amount_differs"),
    (replace(PAID, amount_captured=500, amount_received=500), {}, "amount_differs"),
    (replace(PAID, amount_received=500), {}, "amount_differs"),
    (replace(PAID, differs=("wallet",)), {}, "card_differs"),
    (replace(PAID, is_of_another_account=True), {}, "another_account"),
    (replace(PAID, amount_refunded=1), {}, "refunded"),
    (replace(PAID, disputed=True), {}, "disputed"),
]


@pytest.mark.parametrize(("payment", "order", "reason"), OTHERWISE)
def test_what_was_not_done_as_decided_is_said(
    payment: PaymentResult, order: dict[str, Any], reason: Shortfall
) -> None:
    assert judge(record(payment, **order)) == Judgment(False, (reason,))


def test_every_shortfall_is_said_at_once_and_explained() -> None:
    whole = replace(
        with_result("failed", exemption_indicator="low_risk", exemption_indicator_applied=False),
        **{"captured_in_review": True, "amount_captured": 1, "differs": ("wallet",)},
        **{"is_of_another_account": True, "amount_refunded": 1, "disputed": True},
    )
    every = {*judge(record(whole)).reasons, *judge(record(PAID, outcome="decline")).reasons}
    assert every == set(get_args(Shortfall)) == set(judgment.MEANINGS)


@pytest.mark.parametrize("outcome", ["proceed", "step_up", "review", "decline"])
def test_what_is_not_captured_is_not_judged(outcome: str) -> None:
    held = replace(PAID, status="requires_capture", amount_captured=0, amount_received=0)
    released = replace(held, status="canceled")
    for payment, disputed in product((held, released), (True, False)):
        assert judge(record(replace(payment, disputed=disputed), outcome=outcome)) == NOT_YET
    assert judge(DecisionRecord.new(ORDER, 900)) == NOT_YET
