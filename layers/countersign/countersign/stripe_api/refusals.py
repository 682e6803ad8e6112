"""How a call to Stripe can fail, and which failures somebody else has to mend. Pure.

    Problem
    ├── Unavailable
    │   ├── StripeFailed         Stripe answered 5xx
    │   └── StripeBusy           429: another request holds the object (`lock_timeout`)
    ├── StripeKeyRefused         500: the deployment's operator has to mend the key
    ├── PermissionMissing        409: the merchant has to agree to a permission
    └── AccountUnreachable       409: Stripe does not let us reach the account
    StripeRefused, StripeKeyReused   for the caller of `call` to judge

What stays until somebody mends it has no `Retry-After`
(docs/decisions.md#a-refusal-says-who-can-mend-it).
"""

from typing import Any

from countersign.problems import Problem, Unavailable


class StripeFailed(Unavailable):
    """Stripe answered 5xx. It repeats this response for the same idempotency key for a day."""

    def __init__(self) -> None:
        super().__init__("stripe")


class StripeBusy(Unavailable):
    """Another request held the object for too long; this one was not carried out
    (https://docs.stripe.com/error-codes#lock-timeout).
    """

    def __init__(self) -> None:
        super().__init__("stripe", retry_after=2)


class StripeKeyRefused(Problem):
    """Stripe refused the deployment's own key, or the key lacks a permission."""

    def __init__(self) -> None:
        super().__init__(
            500,
            "stripe_key_refused",
            "Stripe refuses this deployment's own key for this request. The deployment's operator"
            " has to correct STRIPE_SECRET_KEY, or to give the key the permission that it lacks.",
        )


class PermissionMissing(Problem):
    """Stripe refused a request on behalf of an account, for a permission that the app lacks there.

    https://docs.stripe.com/stripe-apps/reference/permissions: a permission that an app asks for
    later is missing until the merchant agrees to it.
    """

    def __init__(self) -> None:
        super().__init__(
            409,
            "permission_missing",
            "The merchant has not agreed to a permission that the app needs for this. An"
            " administrator of the merchant's Stripe account has to open the app's page in their"
            " Stripe Dashboard (Settings, Installed apps) and agree to the permissions there.",
        )


class AccountUnreachable(Problem):
    """Stripe does not let this deployment's key reach an account (`account_invalid`). The app may
    have been uninstalled, or the key may be that of another platform: it proves neither.

    `not_before` is a lower bound of the moment by Stripe's clock, as in `StripeResponse`.
    """

    def __init__(self, not_before: int | None = None) -> None:
        super().__init__(
            409,
            "account_unreachable",
            "Stripe does not let this deployment reach the merchant's account. The merchant has to"
            " check in their Stripe Dashboard (Settings, Installed apps) that the app is installed,"
            " and the deployment's operator that STRIPE_SECRET_KEY is the key of the app's owner.",
        )
        self.not_before = not_before


class StripeKeyReused(Exception):
    """The idempotency key was used before, with other parameters."""


class StripeRefused(Exception):
    """Stripe refused the request itself; `status` is 400, 402 or 404.

    `param`, `code` and `decline_code` are Stripe's (https://docs.stripe.com/error-codes).
    `payment_intent` is the PaymentIntent that the refusal is about, as Stripe has it now. It holds
    its `client_secret`, so it is neither logged nor stored as it is.
    """

    def __init__(
        self,
        status: int,
        param: str | None = None,
        code: str | None = None,
        decline_code: str | None = None,
        payment_intent: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {param} {code}")
        self.status = status
        self.param = param
        self.code = code
        self.decline_code = decline_code
        self.payment_intent = payment_intent
