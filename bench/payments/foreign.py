"""What the webhook does with events of payments that are not ours."""

import json
import time
from typing import Any

import stripe

from bench.payments.meter import Meter
from tests.support.gateway import LambdaContext, http_event

_SECRET = "whsec_local_connect"
NOT_OURS: dict[str, tuple[dict[str, Any], int]] = {
    "payment_intent.succeeded": ({"object": "payment_intent", "id": "pi_1Foreign"}, 0),
    "charge.captured": ({"object": "charge", "id": "ch_1F", "payment_intent": "pi_1Foreign"}, 0),
    "charge.refunded": ({"object": "charge", "id": "ch_1F", "payment_intent": "pi_1Foreign"}, 0),
    "refund.created": ({"object": "refund", "id": "re_1F", "payment_intent": "pi_1Foreign"}, 1),
    "charge.dispute.created": (
        {"object": "dispute", "id": "du_1F", "payment_intent": "pi_1Foreign"},
        1,
    ),
    "review.opened": ({"object": "review", "id": "prv_1F", "payment_intent": "pi_1Foreign"}, 1),
}
"""Events by type, and how many requests to DynamoDB each may cost."""


def foreign_events(handler: Any, meter: Meter, account: str) -> dict[str, tuple[int, int, int]]:
    """Return for each type the requests to DynamoDB, those allowed, and those to Stripe."""
    found = {}
    for number, (kind, (about, most)) in enumerate(NOT_OURS.items()):
        event = _signed(f"evt_1Foreign{number}", kind, about, account)
        meter.take()
        answer = handler(event, LambdaContext(milliseconds=15_000))
        assert json.loads(answer["body"])["outcome"] == "ignored", answer
        used = meter.take()
        found[kind] = used.dynamodb, most, used.stripe
    return found


def _signed(event_id: str, kind: str, about: dict[str, Any], account: str) -> dict[str, Any]:
    body = {
        "id": event_id,
        "object": "event",
        "account": account,
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": {"metadata": {}, "livemode": False, **about}},
        "livemode": False,
        "type": kind,
    }
    payload = json.dumps(body)
    signature = stripe.WebhookSignature.generate_signature_header(payload, _SECRET)
    headers = {"stripe-signature": signature, "content-type": "application/json"}
    return http_event("POST", "/webhook", body=payload, headers=headers)
