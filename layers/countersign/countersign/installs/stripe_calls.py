"""Connected accounts and installs at Stripe: https://docs.stripe.com/stripe-apps/install-links and
https://docs.stripe.com/api/apps/installs.
"""

from typing import Any, Protocol

from countersign.stripe_api.calls import StripeResponse, call


class StripeCalls(Protocol):
    """What the bundle asks of Stripe about accounts; each raises as `call` does."""

    def account(self, account_id: str) -> StripeResponse: ...
    def installs(self, app_id: str, account_id: str) -> StripeResponse: ...
    def uninstall(self, install_id: str) -> StripeResponse: ...


class StripeAccounts:
    """`StripeCalls` over Stripe's own SDK."""

    def account(self, account_id: str) -> StripeResponse:
        """The connected account itself, read on its behalf (`Stripe-Account`)."""
        options: Any = {"stripe_account": account_id}
        return call(lambda c: c.v1.accounts.retrieve_current(options=options))

    def installs(self, app_id: str, account_id: str) -> StripeResponse:
        """The installs of our app on an account; only a list of one app spans other accounts."""
        params: Any = {"app": app_id, "account": account_id}
        return call(lambda c: c.v1.apps.installs.list(params))

    def uninstall(self, install_id: str) -> StripeResponse:
        """End an install; Stripe tells of it by `account.application.deauthorized`."""
        return call(lambda c: c.v1.apps.installs.uninstall(install_id))
