"""`POST /webhook`: what Stripe tells us, stored before it is answered.

No resolver, no model and no SDK: a verified event needs one write, and a cold start none of them.
"""

from functools import partial
from typing import Any

from countersign.http.edge import (
    HttpEvent,
    HttpResponse,
    boundary,
    json_response,
)
from countersign.identity import receive_event as identity_events
from countersign.identity.context import context as identity_context
from countersign.identity.snapshot import acts_on
from countersign.installs import receive_event as install_events
from countersign.installs.context import context as installs_context
from countersign.settings import require_settings
from countersign.stripe_api.events import StripeEvent
from countersign.stripe_api.webhook import Receiver, receive

require_settings("DEPLOYMENT", "IDENTITY_TABLE", "INSTALLS_TABLE", "STRIPE_SECRET")


@boundary
def handler(event: HttpEvent, context: Any) -> HttpResponse:
    """Verify, store, and answer 200 with the outcome."""
    return json_response(200, {"received": True, "outcome": receive(event, _receiver_of)})


def _receiver_of(event: StripeEvent) -> Receiver | None:
    """The capability that acts on events of this type, if any."""
    if acts_on(event):
        return partial(identity_events.receive, identity_context())
    if install_events.acts_on(event):
        return partial(install_events.receive, installs_context())
    return None
