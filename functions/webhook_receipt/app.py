"""`POST /webhook`: an event of Stripe's, stored before it is answered.

It uses no resolver, no model and no SDK: a verified event needs one write, and a cold start is
shorter without them (docs/decisions.md#a-cold-start-loads-what-it-needs).
"""

from functools import partial
from typing import Any

from countersign.http.edge import HttpEvent, HttpResponse, boundary, json_response
from countersign.identity.context import context as identity_context
from countersign.identity.receive_event import is_session_event, receive_session_event
from countersign.installs.context import context as installs_context
from countersign.installs.receive_event import is_account_event, receive_account_event
from countersign.prepare import prepare
from countersign.settings import require_settings
from countersign.stripe_api.events import StripeEvent
from countersign.stripe_api.keys import webhook_secrets
from countersign.stripe_api.webhook import Receiver, receive_webhook

require_settings(
    "DEPLOYMENT",
    "STRIPE_MODE",
    "IDENTITY_TABLE",
    "INSTALLS_TABLE",
    "STRIPE_SECRET",
    "WEBHOOK_SECRET",
)


@boundary
def handler(event: HttpEvent, context: Any) -> HttpResponse:
    """Verify and store an event, and answer 200 with the outcome."""
    return json_response(200, {"received": True, "outcome": receive_webhook(event, _receiver_of)})


def _receiver_of(event: StripeEvent) -> Receiver | None:
    """Return the capability that acts on events of this type, if there is one."""
    if is_session_event(event):
        return partial(receive_session_event, identity_context())
    if is_account_event(event):
        return partial(receive_account_event, installs_context())
    return None


prepare(lambda: identity_context().table.connect(), lambda: webhook_secrets().values())
