"""Read an installation: what its holder is shown, checked at Stripe now and then.

What is settled is checked once a day; what is not (a permission that the merchant has yet to agree
to, an account that Stripe refuses us, a mode that is not confirmed) every few seconds. While Stripe
does not answer, the holder is shown what is stored.
"""

import contextlib

from countersign.installs.access import read_account, require_holder
from countersign.installs.check_install import PAUSE, try_check
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.read_country import DAY, country_of, is_country_due
from countersign.installs.renew_proof import renew_proof
from countersign.problems import Problem
from countersign.stripe_api.keys import deployment_is_live


def read_installation(context: Context, user: str, account_id: str) -> Installation:
    """Return the installation that this user holds, or held last. Raises 404 for everybody else."""
    stored = require_holder(context, user, account_id)
    if not stored.stands:
        return stored
    stored = renew_proof(context, stored)
    if context.now() - stored.checked_at < _lasts(stored):
        return stored
    checked = try_check(context, stored)
    if is_country_due(context, checked):
        country_of(context, checked)
    elif not checked.reachable:
        with contextlib.suppress(Problem):
            read_account(context, checked)
    return require_holder(context, user, account_id)


def _lasts(stored: Installation) -> int:
    """Return the seconds for which a check counts."""
    is_settled = stored.reachable and not stored.permissions_missing
    is_confirmed = stored.is_confirmed or not deployment_is_live()
    return DAY if is_settled and is_confirmed else PAUSE
