"""Rules on a deployment's settings that the template cannot hold: its own compare whole values, and
never a prefix. Pure.
"""

import json
from collections.abc import Iterator, Mapping

_OF_STRIPE = {
    "STRIPE_API_BASE": ("StripeApiBase", "https://api.stripe.com"),
    "STRIPE_JS_URL": ("StripeJsUrl", "https://js.stripe.com"),
    "STRIPE_MARKETPLACE_BASE": ("StripeMarketplaceBase", "https://marketplace.stripe.com"),
}
"""Each variable with the parameter that sets it, and Stripe's own origin."""


def setting_faults(environment: Mapping[str, str]) -> Iterator[str]:
    """Say of each setting in a function's environment what it must be, without its value.

    What is fit for one machine must not be deployed with a live key: another host in Stripe's place
    would receive the key, and payers would load a script that is not Stripe's.
    """
    text = {name: value.strip() for name, value in environment.items()}
    mode, is_local = text.get("STRIPE_MODE"), text.get("STAGE") == "local"
    if is_local and mode == "live":
        yield "Stage must not be local with a live StripeSecretKey"
    for variable, (parameter, origin) in _OF_STRIPE.items():
        value = text.get(variable, "")
        if value and mode == "live" and not f"{value}/".startswith(f"{origin}/"):
            yield f"{parameter} must be empty or begin with {origin}/ with a live StripeSecretKey"
        elif value and not is_local and not value.startswith("https://"):
            yield f"{parameter} must begin with https:// where Stage is not local"
    if (key := text.get("STRIPE_PUBLISHABLE_KEY")) and not key.startswith(f"pk_{mode}_"):
        yield f"StripePublishableKey must begin with pk_{mode}_, the mode of StripeSecretKey"
    if not _is_object(text.get("VERIFICATION_OPTIONS") or "{}"):
        yield "VerificationOptions must be a JSON object"


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
