"""Rebuild what Stripe knows of installs: on which accounts the app is installed. Who holds an
account, and its settings, Stripe does not know.
"""

from countersign.installs.context import Context
from countersign.installs.installation import is_account_id
from countersign.installs.store import load_many, record_authorized
from countersign.stripe_api.event_order import moment
from countersign.stripe_api.rebuilt_page import RebuiltPage


def rebuild_installs(context: Context, after: str | None) -> RebuiltPage:
    """Record the installs of one page of Stripe's list, newest first. Raises what asking Stripe and
    storing raise: the same page can be rebuilt again.
    """
    page = context.stripe.all_installs(context.settings.stripe_app_id, after)
    listed = page.body["data"]
    accounts = sorted({each["account"] for each in listed if each["status"] == "installed"})
    known = load_many(context.table, [each for each in accounts if is_account_id(each)])
    unknown = [
        each
        for each in accounts
        if each not in known or (known[each].confirmed or "") <= (known[each].uninstalled or "")
    ]
    if page.not_before is not None:
        for account_id in unknown:
            record_authorized(context.table, account_id, moment(page.not_before))
    return RebuiltPage.of(page.body, len(accounts), len(unknown))
