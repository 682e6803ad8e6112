"""The floor: the payments that may not proceed without a step-up, whatever a rule says. Pure.

It is Google's table for step-up (https://developers.google.com/pay/api/web/guides/resources/
step-up-authentication) and strong customer authentication (Regulation (EU) 2018/389, article 4).
See docs/decisions.md#a-floor-that-no-rule-can-lower.
"""

from countersign.step_up.reasons import Reason
from countersign.step_up.rules.countries import COUNTRIES, SCA_COUNTRIES
from countersign.step_up.rules.payment import Payment

_ELSEWHERE = COUNTRIES - SCA_COUNTRIES


def floor_reasons(payment: Payment) -> list[Reason]:
    """Return why a payment may not proceed without a step-up, whatever a rule says."""
    reasons: dict[Reason, bool] = {
        "google_pay_assurance": lacks_assurance(payment),
        "strong_customer_authentication": needs_strong_authentication(payment),
    }
    return [reason for reason, applies in reasons.items() if applies]


def lacks_assurance(payment: Payment) -> bool:
    """Google's table: only both flags, signed by Google, spare a step-up."""
    return payment.wallet == "google_pay" and not payment.is_proved


def needs_strong_authentication(payment: Payment) -> bool:
    """Whether both sides are where the law requires it, or not known to be elsewhere (as `UK`,
    which is not a country's code), and the device has not done it already.
    """
    sides = {payment.issuer_country, payment.acquirer_country}
    return sides.isdisjoint(_ELSEWHERE) and not payment.is_proved
