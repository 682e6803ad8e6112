"""What a decision means for a PaymentIntent: https://docs.stripe.com/api/payment_intents/create#
create_payment_intent-payment_method_options-card-request_three_d_secure. Pure.
"""

from typing import Literal

from countersign.step_up.policy import Decision

RequestThreeDSecure = Literal["automatic", "any", "challenge"]


def request_three_d_secure(decision: Decision) -> RequestThreeDSecure:
    """Return what to request: `any` or `challenge`, as the rule says, where 3-D Secure is among the
    methods, else `automatic`, which leaves it to Stripe (there is no "never").

    Stripe lets a payment continue when 3-D Secure is not available, so a merchant that requires it
    captures by hand, once the result is there.
    """
    is_required = decision.outcome == "step_up" and "3ds" in decision.methods
    return decision.three_d_secure if is_required else "automatic"
