"""The floor: the payments that may not proceed without a step-up, whatever a rule says. Pure.

It is Google's table for step-up (https://developers.google.com/pay/api/web/guides/resources/
step-up-authentication) and the table of where authentication is expected (`rules/authentication`).
See docs/decisions.md#a-floor-that-no-rule-can-lower.
"""

from countersign.step_up.reasons import Reason
from countersign.step_up.rules import Rule
from countersign.step_up.rules.payment import Payment


def floor_reasons(payment: Payment, rule: Rule) -> list[Reason]:
    """Return why a payment may not proceed without a step-up, although this rule lets it."""
    reasons: dict[Reason, bool] = {
        "google_pay_assurance": lacks_assurance(payment),
        "authentication_expected": not rule.leaves_to_stripe and needs_authentication(payment),
    }
    return [reason for reason, applies in reasons.items() if applies]


def lacks_assurance(payment: Payment) -> bool:
    """Google's table: only both flags, signed by Google, spare a step-up, or a device token for
    which the issuer answers.
    """
    return payment.wallet == "google_pay" and not _is_answered_for(payment)


def needs_authentication(payment: Payment) -> bool:
    """Whether authentication is expected and the device has not done it already."""
    return payment.authentication_expected and not _is_answered_for(payment)


def _is_answered_for(payment: Payment) -> bool:
    return payment.is_proved or payment.is_device_token_read
