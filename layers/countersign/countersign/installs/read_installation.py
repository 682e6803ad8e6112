"""Read an installation: what its holder is shown, with what Stripe's list of installs says.

What is settled is checked once a minute; what is not (a permission that the merchant has yet to
agree to, an account that Stripe refuses us, a mode that is not confirmed) every few seconds. While
Stripe does not answer, the holder is shown what is stored.
"""

import contextlib

from countersign.installs.access import read_account, require_holder
from countersign.installs.check_install import PAUSE, try_check
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.renew_proof import renew_proof
from countersign.installs.store import learn
from countersign.problems import Problem
from countersign.stripe_api.keys import deployment_is_live

MINUTE = 60
"""Seconds for which a check counts that found all as it should be."""


def read_installation(context: Context, user: str, account_id: str) -> Installation:
    """Return the installation that this user holds, or held last. Raises 404 for everybody else."""
    stored = require_holder(context, user, account_id)
    if not stored.stands:
        return stored
    stored = renew_proof(context, stored)
    checked_at = max(stored.checked_at, stored.installed_at)  # a callback is as good as a check
    if context.now() - checked_at < _lasts(stored):
        return stored
    checked = try_check(context, stored)
    if checked.checked_at == stored.checked_at:  # Stripe did not answer: ask again in a while
        checked = learn(context.table, stored, {"checked_at": context.now()})
    if not checked.reachable:
        with contextlib.suppress(Problem):
            read_account(context, checked)
    return require_holder(context, user, account_id)


def _lasts(stored: Installation) -> int:
    """Return the seconds for which a check counts."""
    is_settled = stored.reachable and not stored.permissions_missing
    is_confirmed = stored.is_confirmed or not deployment_is_live()
    return MINUTE if is_settled and is_confirmed else PAUSE
