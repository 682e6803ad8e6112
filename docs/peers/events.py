"""The events that every contestant is sent: one object's life at Stripe, signed as a webhook is."""

import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Literal

from local.stand_in.cards import Card
from local.stand_in.payment_objects import Payment, payment_intent, payment_method
from tools.signed_event import LOCAL_SECRET, signed_request

Subject = Literal["session", "intent"]
SUBJECTS: tuple[Subject, ...] = ("session", "intent")
Kind = Literal["created", "processing", "done"]
"""In the order in which they happen. The last is `verified` of a session and `succeeded` of an
intent.
"""

BEGUN = int(time.time()) - 3600
"""When every object was created, in Unix seconds."""
ACCOUNT = "acct_1LocalPeers0001"
"""The connected account of the intents, which are direct charges."""
REPORT = "vr_1SQsample"
CARD = payment_method(Card(), None, BEGUN) | {"id": "pm_1SQpeers"}
_DONE = {"session": "verified", "intent": "succeeded"}
_STATUS = {"created": "requires_payment_method", "processing": "processing", "done": "succeeded"}


@dataclass(frozen=True)
class Delivery:
    """A webhook on its way: its body, and its header `Stripe-Signature`."""

    body: str
    signature: str


def object_of(subject: Subject, kind: Kind, subject_id: str) -> dict[str, Any]:
    """Return the object at Stripe after this event."""
    if subject == "session":
        request = signed_request(f"identity.verification_session.{_name(subject, kind)}", "", 0)
        found: dict[str, Any] = json.loads(request["body"])["data"]["object"]
        return found | {"id": subject_id, "created": BEGUN}
    metadata = {"countersign_payment": "pay_" + "p" * 22}
    card = None if kind == "created" else CARD
    payment = Payment(10990, "eur", _STATUS[kind], card, metadata)  # type: ignore[arg-type]
    secret = f"{subject_id}_secret_peers"
    shown = payment_intent(payment, "ca_local", BEGUN)
    return shown | {"id": subject_id, "client_secret": secret}


def status_of(subject: Subject, kind: Kind) -> str:
    """Return the object's status after this event."""
    return str(object_of(subject, kind, "")["status"])


def delivery(subject: Subject, kind: Kind, subject_id: str, second: int) -> Delivery:
    """Return the event that happened so many seconds after the beginning, signed now."""
    prefix = "identity.verification_session" if subject == "session" else "payment_intent"
    event = {
        "id": f"evt_{subject_id}{kind}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": BEGUN + second,
        **({"account": ACCOUNT} if subject == "intent" else {}),
        "data": {"object": object_of(subject, kind, subject_id)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": f"{prefix}.{_name(subject, kind)}",
    }
    body, now = json.dumps(event, indent=2), int(time.time())
    signature = hmac.digest(LOCAL_SECRET.encode(), f"{now}.{body}".encode(), "sha256").hex()
    return Delivery(body, f"t={now},v1={signature}")


def _name(subject: Subject, kind: Kind) -> str:
    return _DONE[subject] if kind == "done" else kind
