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
from countersign.stripe_api.events import StripeEvent
from countersign.stripe_api.webhook import Receiver, ReceiverOf

CONNECTED_TYPES = frozenset((AUTHORIZED, DEAUTHORIZED))
"""The types that we act on where they happen in a connected account."""
TYPES = EVENT_TYPES | CONNECTED_TYPES
"""All types of events that we act on: snapshot events', which thin events are named after."""


def receivers(
    identity: Callable[[], IdentityContext], installs: Callable[[], InstallsContext]
) -> ReceiverOf:
    """Return who acts on an event, with the contexts that these return."""

    def receiver_of(event: StripeEvent) -> Receiver | None:
        if is_session_event(event):
            return partial(receive_session_event, identity())
        if is_account_event(event):
            return partial(receive_account_event, installs())
        return None

    return receiver_of


receiver_of = receivers(identity_context, installs_context)
"""Return the capability that acts on events of this type, in this process, if there is one."""
