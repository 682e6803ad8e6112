"""`install_signature`: Stripe's proof that this user installed the app on this account. Pure.

The scheme is that of webhooks, over a text of three members instead of a body:
https://docs.stripe.com/stripe-apps/install-links#verify-install-signature.
"""

import json
from collections.abc import Sequence

from countersign.stripe_api.signature import is_signed


def signed_text(state: str, user_id: str, account_id: str) -> bytes:
    """Return the text that Stripe signs: the members in this order, compact, with no character
    escaped. `livemode` is not among them, so it proves nothing.
    """
    members = {"state": state, "user_id": user_id, "account_id": account_id}
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()


def is_install_signed(
    signature: str, state: str, user_id: str, account_id: str, secrets: Sequence[str], now: float
) -> bool:
    """Return whether any `v1` was made over these values with any of the app's secrets, no more
    than 300 seconds before or after `now` (Unix seconds).
    """
    return is_signed(signed_text(state, user_id, account_id), signature, secrets, now)
