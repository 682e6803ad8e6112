"""Which platform the app belongs to: what another platform's key is told proves nothing.

Item `platform`: `account`, the platform's own account, as it was when Stripe last listed an install
of the app on a merchant's account. Stripe lists those for the app's developer alone.
"""

import contextlib

from countersign.aws.changes import ConditionFailed, set_clause
from countersign.installs.context import Context
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeRefused

_KEY = "platform"


def remember_platform(context: Context) -> None:
    """Keep the account that our key belongs to, now that it is proven to be the developer's."""
    if context.table.get(_KEY) is not None:
        return
    # Our key may not read its own account, and another request may have kept it.
    with contextlib.suppress(Problem, StripeRefused, ConditionFailed):
        own = context.stripe.platform().body["id"]
        clause, values, names = set_clause({"account": own})
        context.table.update(_KEY, clause, "attribute_not_exists(pk)", values, names)


def is_our_platform(context: Context) -> bool:
    """Return whether our key belongs to the platform that was kept; until one is, `False`."""
    kept = context.table.get(_KEY)
    return kept is not None and kept["account"] == context.stripe.platform().body["id"]
