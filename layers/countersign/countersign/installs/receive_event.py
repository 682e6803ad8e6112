"""Receive `account.application.authorized` and `.deauthorized`: Stripe reports on the app.

https://docs.stripe.com/api/events/types#event_types-account.application.authorized. The account is
the event's own `account`; its object is the application. Neither event says which user it concerns,
so neither ever gives an account to a user.
"""

from countersign.installs.context import Context
from countersign.installs.installation import is_account_id
from countersign.installs.store import record_authorized, record_uninstalled
from countersign.stripe_api.event_order import moment
from countersign.stripe_api.events import EventOutcome, StripeEvent
from countersign.stripe_api.unusable_event import unusable

AUTHORIZED = "account.application.authorized"
DEAUTHORIZED = "account.application.deauthorized"


def is_account_event(event: StripeEvent) -> bool:
    """Return whether an event is of a type that this capability receives."""
    return event.type in (AUTHORIZED, DEAUTHORIZED)


def receive_account_event(context: Context, event: StripeEvent) -> EventOutcome:
    """Store what an event of this deployment's mode reports, and return what became of it. Raises
    `Unavailable`.

    An event of our own account, or of another application where ours is configured, is ignored. An
    event of an account that no user has connected is stored: the callback may come late. A thin
    event says as much as a snapshot event does.
    """
    ours = context.settings.stripe_application_id
    if event.account is None or not is_account_id(event.account):
        return unusable(event) if event.is_thin else "ignored"
    application = event.object.get("id")
    if ours and application != ours:
        return unusable(event) if event.is_thin and application is None else "ignored"
    record = record_authorized if event.type == AUTHORIZED else record_uninstalled
    outcome, _ = record(context.table, event.account, moment(event.created, event.id))
    return outcome
