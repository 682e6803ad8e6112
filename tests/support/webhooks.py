"""Signed webhooks, as Stripe sends them: two-space JSON and a header made by Stripe's own SDK."""

import hmac
import json
import time
from typing import Any

from stripe import WebhookSignature

from tests.support.gateway import Caller, Event, HttpAnswer, LambdaContext, http_event
from tools.functions import load_function

ACCOUNT_SECRET, CONNECT_SECRET = "whsec_of_the_account", "whsec_of_connect"


def payload_of(event: Any) -> bytes:
    """The bytes of an event; bytes are taken as they are."""
    if isinstance(event, bytes):
        return event
    try:
        return json.dumps(event, indent=2, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a character can only be sent escaped
        return json.dumps(event, indent=2).encode()


def signature(payload: bytes, secret: str = ACCOUNT_SECRET, at: float | None = None) -> str:
    """A `Stripe-Signature` header over these bytes, made now or `at` some time."""
    moment = int(time.time() if at is None else at)
    try:
        text = payload.decode()
        return str(WebhookSignature.generate_signature_header(text, secret, moment))
    except UnicodeDecodeError:  # the SDK signs text alone
        made = hmac.digest(secret.encode(), f"{moment}.".encode() + payload, "sha256")
        return f"t={moment},v1={made.hex()}"


def webhook(
    event: Any,
    secret: str = ACCOUNT_SECRET,
    *,
    at: float | None = None,
    header: str | None = None,
    name: str = "stripe-signature",
    encoded: bool = False,
) -> Event:
    """The API Gateway event of a webhook. `header` replaces the genuine signature."""
    payload = payload_of(event)
    signed = signature(payload, secret, at) if header is None else header
    headers = {"content-type": "application/json; charset=utf-8", name: signed}
    return http_event("POST", "/webhook", body=payload, headers=headers, encoded=encoded)


class WebhookReceiver:
    """A deployment whose webhook can be called."""

    def receive(self, event: Event) -> HttpAnswer:
        """What the webhook answers to an API Gateway event."""
        handler = load_function("webhook_receipt").handler
        return Caller(handler, context=LambdaContext(milliseconds=15_000)).send(event)
