"""Read a country: that of a merchant's account, by Stripe and not by the caller."""

from countersign.installs.access import read_account
from countersign.installs.account_facts import country_in
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.store import learn
from countersign.problems import Problem, Unavailable

DAY = 24 * 3600
"""Seconds for which a country that was read counts."""
RETRY = 600
"""Seconds after which one that could not be read is read again."""


def country_of(context: Context, installation: Installation) -> str | None:
    """Return the account's country, as two capital letters, read from Stripe once a day. `None`
    where it is unknown: the merchant has not agreed that it is read, or Stripe does not let us
    reach the account. While Stripe is down it is what was read last. Never raises because of
    Stripe.
    """
    if not is_country_due(context, installation):
        return installation.country if installation.reachable else None
    try:
        return country_in(read_account(context, installation).body)
    except Unavailable:
        learn(context.table, installation, {"country_tried_at": context.now()})
        return installation.country if installation.reachable else None
    except Problem:
        learn(context.table, installation, {"country": None, "country_tried_at": context.now()})
        return None


def is_country_due(context: Context, installation: Installation) -> bool:
    """Return whether the country is to be read again."""
    now = context.now()
    is_known = installation.country is not None and installation.reachable
    return (
        not (is_known and now - installation.country_at < DAY)
        and now - installation.country_tried_at >= RETRY
    )
