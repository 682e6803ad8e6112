"""Decide what a payment needs, by the rules and by the floor that no rule can lower. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.step_up.floor import (
    floor_reasons,
    lacks_assurance,
    needs_strong_authentication,
)
from countersign.step_up.reasons import Reason
from countersign.step_up.rules import Method, Outcome, Rule, RuleBook, ThreeDSecure
from countersign.step_up.rules.payment import Payment

_USUAL: Sequence[Method] = ("spc", "3ds")
"""The methods of a step-up where the rules name none."""
_SEVERITY: Sequence[Outcome] = ("proceed", "step_up", "review", "decline")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules and the floor say of a payment. `methods` are in the order to try them; a
    step-up without any means that this card supports none, and the payer has to pay another way.
    `rule` is the name of the rule that matched, or `default`.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    rule: str
    methods: tuple[Method, ...] = ()
    three_d_secure: ThreeDSecure = "challenge"


def decide(book: RuleBook, payment: Payment, *, can_confirm: bool) -> Decision:
    """Return what a payment needs; `can_confirm` says whether its payer can confirm it to us."""
    matched = book.first_match(payment)
    if payment.off_session:
        return _off_session(payment, matched)
    rule = matched or book.default
    reasons: list[Reason] = ["rule" if matched else "default"]
    outcome = rule.outcome
    if outcome == "proceed":
        lifting = floor_reasons(payment)
        outcome = "step_up" if lifting else "proceed"
        reasons += lifting or (["signed_assurance"] if payment.is_proved else [])
    if outcome != "step_up":
        return Decision(outcome, tuple(reasons), rule.name)
    how = rule if rule.methods else book.default
    methods, about = _methods(payment, how.methods or _USUAL, can_confirm)
    return Decision(
        outcome, tuple(dict.fromkeys(reasons + about)), rule.name, methods, how.three_d_secure
    )


def decide_on_both(
    book: RuleBook, payment: Payment, otherwise: Payment | None, *, can_confirm: bool
) -> tuple[Decision, Payment]:
    """Return what a payment needs, and the view of it that the decision was taken on.

    `payment` and `otherwise` are the views with and without what the browser claims. A claim can
    only raise what is required, so the stricter decision counts. Where neither requires all that
    the other does, the one without the claim counts: on what Google has signed, else on nothing.
    """
    found = decide(book, payment, can_confirm=can_confirm)
    if otherwise is None:
        return found, payment
    other = decide(book, otherwise, can_confirm=can_confirm)
    is_claimed = payment.evidence == "claimed"
    counts = _is_as_strict(found, other) or not (is_claimed or _is_as_strict(other, found))
    return (found, payment) if counts else (other, otherwise)


def _is_as_strict(found: Decision, than: Decision) -> bool:
    """Whether one decision requires all that another does, or more."""
    if found.outcome != than.outcome:
        return _SEVERITY.index(found.outcome) > _SEVERITY.index(than.outcome)
    is_as_hard = than.three_d_secure in (found.three_d_secure, "any")
    return is_as_hard and set(found.methods) <= set(than.methods)


def _off_session(payment: Payment, matched: Rule | None) -> Decision:
    """Decide a payment without its payer, who cannot be challenged. Payments that the merchant
    initiates are out of the scope of strong customer authentication, but Google's table applies.
    """
    if matched is None:
        return Decision("review", ("off_session",), "default")
    if matched.outcome == "proceed" and lacks_assurance(payment):
        return Decision("review", ("rule", "off_session", "google_pay_assurance"), matched.name)
    outcome: Outcome = "review" if matched.outcome == "step_up" else matched.outcome
    return Decision(outcome, ("rule", "off_session"), matched.name)


def _methods(
    payment: Payment, wished: Sequence[Method], can_confirm: bool
) -> tuple[tuple[Method, ...], list[Reason]]:
    """Return the methods that this payment supports and that suffice, with the reasons for those
    that were left out or added.
    """
    reasons: list[Reason] = []
    methods = list(wished)
    if needs_strong_authentication(payment):
        # A confirmation to us is evidence, but not the issuer's own authentication.
        methods = ["3ds"]
        reasons.append("strong_customer_authentication")
    if "spc" in methods and not can_confirm:
        methods = [method for method in methods if method != "spc"] or ["3ds"]
        reasons.append("confirmation_unavailable")
    if "3ds" in methods and payment.is_device_token:
        methods.remove("3ds")
        reasons.append("device_token_without_3ds")
    return tuple(methods), reasons if methods else [*reasons, "no_method_left"]
