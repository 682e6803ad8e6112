"""What a decision means for a PaymentIntent: https://docs.stripe.com/api/payment_intents/create#
create_payment_intent-payment_method_options-card-request_three_d_secure. Pure.
"""

from typing import Literal

from countersign.step_up.policy import Decision

RequestThreeDSecure = Literal["automatic", "any", "challenge"]


def request_three_d_secure(decision: Decision) -> RequestThreeDSecure:
    """`automatic` leaves it to Stripe, which has no "never"; `any` and `challenge` are what the
    rule asks for where 3-D Secure is among the methods. Stripe lets a payment go on for which
    3-D Secure is not to be had: whoever asks for it captures by hand, once its result is there.
    """
    is_asked_for = decision.outcome == "step_up" and "3ds" in decision.methods
    return decision.three_d_secure if is_asked_for else "automatic"
