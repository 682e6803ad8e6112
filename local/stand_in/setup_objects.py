"""SetupIntents and their attempts, as Stripe shows them: docs.stripe.com/api/setup_intents,
…/setup_attempts. Pure.
"""

from typing import Any, Literal

from local.stand_in.cards import ThreeDSecure
from local.stand_in.ids import new_id, token
from local.stand_in.payment_objects import Usage

SetupStatus = Literal["canceled", "processing", "requires_payment_method", "succeeded"]


def setup_intent(
    payment_method: dict[str, Any], usage: Usage, status: SetupStatus, application: str, now: int
) -> dict[str, Any]:
    """Return one of the app's; `latest_attempt` is for the caller to fill in."""
    identifier = new_id("seti")
    return {
        "id": identifier,
        "object": "setup_intent",
        "application": application or None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": f"{identifier}_secret_{token(25)}",
        "created": now,
        "customer": payment_method["customer"],
        "description": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": payment_method["id"],
        "payment_method_options": {"card": {"mandate_options": None, "network": None}},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": status,
        "usage": usage,
    }


def setup_attempt(
    setup_intent: dict[str, Any], payment_method: dict[str, Any], secure: ThreeDSecure | None
) -> dict[str, Any]:
    """Return the attempt by which a card was saved."""
    card = payment_method["card"]
    names = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
    )
    left_out = {"exemption_indicator", "exemption_indicator_applied"}
    details = {
        **{name: card[name] for name in names},
        "network": card["brand"],
        "three_d_secure": secure.model_dump(exclude=left_out) if secure else None,
        "wallet": None,
    }
    return {
        "id": new_id("setatt"),
        "object": "setup_attempt",
        "application": setup_intent["application"],
        "created": setup_intent["created"],
        "customer": setup_intent["customer"],
        "flow_directions": None,
        "livemode": False,
        "on_behalf_of": None,
        "payment_method": payment_method["id"],
        "payment_method_details": {"card": details, "type": "card"},
        "setup_error": None,
        "setup_intent": setup_intent["id"],
        "status": "succeeded",
        "usage": setup_intent["usage"],
    }
