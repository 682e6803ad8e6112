"""Decide what a payment needs, by the rules and by the floor that no rule can lower. Pure."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from countersign.step_up.floor import floor_reasons, needs_authentication
from countersign.step_up.reasons import Reason
from countersign.step_up.rules import Method, Outcome, Rule, RuleBook
from countersign.step_up.rules.payment import Payment
from countersign.step_up.three_d_secure import (
    NOT_TO_BE_MADE,
    Terms,
    terms_of_proceed,
    terms_of_step_up,
)

NextStep = Literal["pay", "confirm", "authenticate", "another_card", "wait_for_review", "stop"]
_STEP: dict[Method, NextStep] = {"spc": "confirm", "3ds": "authenticate"}
_USUAL: tuple[Method, ...] = ("spc", "3ds")
"""The methods of a step-up where the rules name none."""


class Payer(Struct, frozen=True):
    """What the payer of a payment can do: `can_confirm` it to us in some browser, and `has_trusted`
    a browser or a credential that suffices for this card at this merchant.
    """

    can_confirm: bool = False
    has_trusted: bool = False


NOBODY = Payer()
"""A payer who is not named, or cannot be asked."""


class Decision(Struct, frozen=True):
    """What the rules and the floor say of a payment, and how to make it. `methods` are in the order
    to try them; a step-up without any means that this card supports none, and the payer has to pay
    with another. `rule` is the name of the rule that matched, or `default`.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    rule: str
    methods: tuple[Method, ...] = ()
    terms: Terms = NOT_TO_BE_MADE

    @property
    def next(self) -> NextStep:
        """What to do now."""
        if self.outcome == "proceed":
            return "pay"
        if self.outcome == "step_up":
            return _STEP[self.methods[0]] if self.methods else "another_card"
        return "wait_for_review" if self.outcome == "review" else "stop"


def decide(book: RuleBook, payment: Payment, payer: Payer = NOBODY) -> Decision:
    """Return what a payment needs: what the first rule that it satisfies says, within the floor."""
    matched = book.first_match(payment)
    if matched is None and payment.off_session:
        return Decision("review", ("off_session",), "default")
    return apply_rule(matched or book.default, book.default, payment, payer)


def apply_rule(rule: Rule, default: Rule, payment: Payment, payer: Payer = NOBODY) -> Decision:
    """Return what a payment gets by one rule, within the floor. `default` says how to step up where
    the rule does not. The outcome of a review is applied as a rule, too.
    """
    if payment.off_session:
        return _off_session(rule, payment)
    reasons: list[Reason] = ["default" if rule is default else "rule"]
    if rule.outcome == "proceed":
        lifting = floor_reasons(payment, rule)
        if not lifting:
            reasons += _sparing(rule, payment)
            return Decision("proceed", tuple(reasons), rule.name, terms=terms_of_proceed(rule))
        return _step_up(_how(default), rule.name, [*reasons, *lifting], payment, payer)
    if rule.outcome == "step_up":
        how = rule if rule.methods else _how(default)
        return _step_up(how, rule.name, reasons, payment, payer)
    return Decision(rule.outcome, tuple(reasons), rule.name)


def _sparing(rule: Rule, payment: Payment) -> list[Reason]:
    """Return what spares the payer a step-up, beside the rule."""
    reasons: dict[Reason, bool] = {
        "signed_assurance": payment.is_proved,
        "wallet_token": payment.is_device_token_read,
        "left_to_stripe": rule.leaves_to_stripe,
    }
    return [reason for reason, applies in reasons.items() if applies]


def _how(default: Rule) -> Rule:
    """Return the rule that says how a payment is stepped up that its own rule lets proceed."""
    return default if default.methods else Rule(default.name, "step_up", _USUAL)


def _off_session(rule: Rule, payment: Payment) -> Decision:
    """Decide a payment without its payer, who cannot be challenged: it proceeds only on a saving
    that Stripe shows us.
    """
    reasons: list[Reason] = ["rule", "off_session"]
    if rule.outcome == "proceed":
        if not payment.saved:
            return Decision("review", (*reasons, "not_saved"), rule.name)
        return Decision("proceed", tuple(reasons), rule.name, terms=terms_of_proceed(rule))
    outcome: Outcome = "review" if rule.outcome == "step_up" else rule.outcome
    return Decision(outcome, tuple(reasons), rule.name)


def _step_up(
    how: Rule, name: str, reasons: Sequence[Reason], payment: Payment, payer: Payer
) -> Decision:
    methods, about = _methods(payment, how.methods or _USUAL, payer)
    terms = terms_of_step_up(how, methods, is_expected=payment.authentication_expected)
    return Decision("step_up", tuple(dict.fromkeys([*reasons, *about])), name, methods, terms)


def _methods(
    payment: Payment, wished: Sequence[Method], payer: Payer
) -> tuple[tuple[Method, ...], list[Reason]]:
    """Return the methods that this payment supports and that suffice, with the reasons for those
    that were left out or added.
    """
    reasons: list[Reason] = []
    methods = list(wished)
    if needs_authentication(payment):
        reasons.append("authentication_expected")
        if not payment.is_device_token:
            # A confirmation to us is evidence, but not the issuer's own authentication.
            methods = ["3ds"]
    if "spc" in methods and not _suffices(payment, methods, payer):
        methods = [method for method in methods if method != "spc"] or ["3ds"]
        reasons.append("confirmation_unavailable")
    if "3ds" in methods and payment.is_device_token:
        methods.remove("3ds")
        reasons.append("device_token_without_3ds")
    return tuple(methods), reasons if methods else [*reasons, "no_method_left"]


def _suffices(payment: Payment, methods: Sequence[Method], payer: Payer) -> bool:
    """Whether a confirmation can be enough: by what the payer has trusted for this card, or in a
    new browser, from which they can go on to 3-D Secure.
    """
    can_go_on = "3ds" in methods and not payment.is_device_token
    return payer.can_confirm and (payer.has_trusted or can_go_on)
