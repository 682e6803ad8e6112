"""Who acts on which of Stripe's events, alike for the webhook, which gets them, and for
reconciliation, which asks for them.
"""

from collections.abc import Callable
from functools import partial

from countersign.identity.context import Context as IdentityContext
from countersign.identity.context import context as identity_context
from countersign.identity.receive_event import is_session_event, receive_session_event
from countersign.identity.snapshot import EVENT_TYPES
from countersign.installs.context import Context as InstallsContext
from countersign.installs.context import context as installs_context
from countersign.installs.receive_event import (
    AUTHORIZED,
    DEAUTHORIZED,
    is_account_event,
    receive_account_event,
)
from countersign.payments.intent_marks import Context as PaymentsContext
from countersign.payments.intent_marks import context as payments_context
from countersign.payments.receive_event import (
    LISTED_TYPES,
    is_payment_event,
    receive_payment_event,
)
from countersign.stripe_api.events import StripeEvent
from countersign.stripe_api.webhook import Receiver, ReceiverOf

TYPES = EVENT_TYPES | {AUTHORIZED, DEAUTHORIZED}
"""The types that are asked for of our own account: snapshot events', which thin events are named
after.
"""
CONNECTED_TYPES = LISTED_TYPES | {AUTHORIZED, DEAUTHORIZED}
"""The types that are asked for of a connected account, in one list of Stripe's."""


def receivers(
    identity: Callable[[], IdentityContext],
    installs: Callable[[], InstallsContext],
    payments: Callable[[], PaymentsContext],
) -> ReceiverOf:
    """Return who acts on an event, with the contexts that these return."""

    def receiver_of(event: StripeEvent) -> Receiver | None:
        if is_session_event(event):
            return partial(receive_session_event, identity())
        if is_account_event(event):
            return partial(receive_account_event, installs())
        if is_payment_event(event):
            return partial(receive_payment_event, payments())
        return None

    return receiver_of


receiver_of = receivers(identity_context, installs_context, payments_context)
"""Return the capability that acts on events of this type, in this process, if there is one."""
