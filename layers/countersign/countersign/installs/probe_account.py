"""Probe an account: whether Stripe still lists the app's install on it, whatever events told.

Each account that stands is probed once a day, and one that was uninstalled once more, a day later.
"""

from countersign.aws.due_index import DAY
from countersign.aws.redate import RETRY, redate
from countersign.installs.check_install import learn_listed, standing_installs
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.platform import is_our_platform, remember_platform
from countersign.installs.store import record_authorized, record_uninstalled
from countersign.stripe_api.calls import StripeRefused
from countersign.stripe_api.event_order import moment


def probe_due_account(context: Context, pk: str, seen: int) -> tuple[Installation, bool] | None:
    """Probe the account that was due at `seen`. Return what is stored of it then, and whether
    Stripe knew more; `None` for one that somebody else probes now.

    Raises what asking Stripe raises: the account then comes again in a while, as one does of which
    nobody can say yet whether our key would be shown its install. A list that Stripe does not show
    us says nothing, and is asked for again the next day.
    """
    tried = context.now() + RETRY
    item = redate(context.table, pk, seen, tried)
    if item is None:
        return None
    before = Installation.from_item(item)
    after: Installation | None = before
    try:
        if context.settings.stripe_app_id:
            after = _probe(context, before)
    except StripeRefused:
        after = before
    if after is None:
        return before, False
    if after.stands or not before.stands:  # what has ended now, is dated by its end
        redate(context.table, pk, tried, context.now() + DAY if after.stands else None)
    return after, _known(after) != _known(before)


def _probe(context: Context, installation: Installation) -> Installation | None:
    """Return an installation as Stripe has it; `None` where it is not listed, and no install was
    ever shown to our key.
    """
    account_id = installation.account_id
    listed = context.stripe.installs(context.settings.stripe_app_id, account_id)
    is_listed = bool(standing_installs(listed.body, account_id))
    if installation.stands and (is_listed or listed.body["data"]):
        return learn_listed(context, installation, listed)
    if installation.stands:
        if not is_our_platform(context):
            return None
        at = max(listed.not_before or 0, installation.installed_at)
        return record_uninstalled(context.table, account_id, moment(at))[1]
    if is_listed and not installation.stands and listed.not_before is not None:
        remember_platform(context)
        return record_authorized(context.table, account_id, moment(listed.not_before))[1]
    return installation


def _known(installation: Installation) -> tuple[object, ...]:
    """Return what an event would have told, and what the merchant has agreed to."""
    is_authorized = (installation.confirmed or "") > (installation.uninstalled or "")
    return installation.stands, is_authorized, installation.permissions_missing
