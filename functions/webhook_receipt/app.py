"""`POST /webhook`: an event of Stripe's, stored before it is answered.

It uses no resolver, no model and no SDK: a verified event needs one write, and a cold start is
shorter without them (docs/decisions.md#a-cold-start-loads-what-it-needs).
"""

from countersign.prepare import prepare  # isort: split

from typing import Any

from countersign.http.edge import HttpEvent, HttpResponse, boundary, json_response
from countersign.identity.context import context
from countersign.settings import require_settings
from countersign.stripe_api.keys import webhook_secrets
from countersign.stripe_api.webhook import receive_webhook
from countersign.webhooks.receivers import receiver_of

require_settings(
    "DEPLOYMENT",
    "STRIPE_MODE",
    "IDENTITY_TABLE",
    "INSTALLS_TABLE",
    "PAYMENTS_TABLE",
    "STRIPE_SECRET",
    "WEBHOOK_SECRET",
)


@boundary
def handler(event: HttpEvent, _context: Any) -> HttpResponse:
    """Verify and store an event, and answer 200 with the outcome."""
    return json_response(200, {"received": True, "outcome": receive_webhook(event, receiver_of)})


prepare(lambda: context().table.connect(), lambda: webhook_secrets().values())
