"""`account.application.authorized` and `.deauthorized`: what Stripe says of the app on an account.

https://docs.stripe.com/api/events/types#event_types-account.application.authorized. The account is
the event's own `account`; its object is the application. Neither event says which user it concerns,
so neither ever binds an account to one.
"""

from countersign.installs.callback import is_account
from countersign.installs.context import Context
from countersign.installs.store import confirm, uninstall
from countersign.stripe_api.event_order import moment
from countersign.stripe_api.events import Outcome, StripeEvent

AUTHORIZED = "account.application.authorized"
DEAUTHORIZED = "account.application.deauthorized"


def acts_on(event: StripeEvent) -> bool:
    """Whether this capability acts on events of this type."""
    return event.type in (AUTHORIZED, DEAUTHORIZED)


def receive(context: Context, event: StripeEvent) -> Outcome:
    """Store what an event of this deployment's mode tells; raises `Unavailable`.

    What happened on our own account, or to another application where ours is configured, is
    ignored. An account that nobody has connected leaves a tombstone: its callback may come late.
    """
    ours = context.settings.stripe_application_id
    if event.account is None or not is_account(event.account):
        return "ignored"
    if ours and event.object.get("id") != ours:
        return "ignored"
    keep = confirm if event.type == AUTHORIZED else uninstall
    outcome, _ = keep(context.table, event.account, moment(event.created, event.id))
    return outcome
