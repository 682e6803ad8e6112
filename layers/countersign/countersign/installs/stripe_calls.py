"""Connected accounts and installs at Stripe: https://docs.stripe.com/stripe-apps/install-links and
https://docs.stripe.com/api/apps/installs.
"""

from typing import Any, Protocol

from countersign.stripe_api.calls import StripeResponse, call

_PAGE = 100
"""The most that Stripe lists at once."""


class StripeCalls(Protocol):
    """The requests to Stripe about accounts. Each raises as `call` does."""

    def account(self, account_id: str) -> StripeResponse: ...
    def platform(self) -> StripeResponse: ...
    def installs(self, app_id: str, account_id: str) -> StripeResponse: ...
    def all_installs(self, app_id: str, after: str | None) -> StripeResponse: ...
    def uninstall(self, install_id: str) -> StripeResponse: ...


class StripeAccounts:
    """`StripeCalls` over Stripe's own SDK."""

    def account(self, account_id: str) -> StripeResponse:
        """Return the connected account, read on its behalf (`Stripe-Account`)."""
        return call(lambda c: c.v1.accounts.retrieve_current(), account=account_id)

    def platform(self) -> StripeResponse:
        """Return the account that our key belongs to."""
        return call(lambda c: c.v1.accounts.retrieve_current())

    def installs(self, app_id: str, account_id: str) -> StripeResponse:
        """Return the installs of our app on an account. Stripe lists those of other accounts only
        for one app.
        """
        params: Any = {"app": app_id, "account": account_id}
        return call(lambda c: c.v1.apps.installs.list(params))

    def all_installs(self, app_id: str, after: str | None) -> StripeResponse:
        """Return a page of the installs of our app, newest first, after the one with an id."""
        params: Any = {"app": app_id, "limit": _PAGE} | ({"starting_after": after} if after else {})
        return call(lambda c: c.v1.apps.installs.list(params))

    def uninstall(self, install_id: str) -> StripeResponse:
        """End an install. Stripe then sends `account.application.deauthorized`."""
        return call(lambda c: c.v1.apps.installs.uninstall(install_id))
