"""Calls about connected accounts and our app's installations."""

import stripe

from tests.support.stand_in import APP_ID, INSTALLS, StandIn

OWN = "acct_1LocalPlatform01"
NOWHERE = "acct_1Nowhere"


def on_behalf(stand_in: StandIn, account: str) -> stripe.StripeClient:
    return stand_in.client("sk_test_local", stripe_account=account)


def listed(stand_in: StandIn, **params: str) -> list[str]:
    """The accounts of a list of our app's installations."""
    page = stand_in.get(INSTALLS, app=APP_ID, **params)
    return [install["account"] for install in page["data"]]


def install_of(stand_in: StandIn, account: str) -> str:
    return str(stand_in.get(INSTALLS, app=APP_ID, account=account)["data"][0]["id"])
