"""Webhook deliveries: which event is owed to which endpoint, and how its tries went.

Stripe promises neither order nor a single delivery (docs.stripe.com/webhooks), so a test can hold
events back, turn their order round, send them twice, lose them, or have them arrive before the
answer of the request that caused them.
"""

import json
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

from stripe import WebhookSignature

from local.stand_in import agenda
from local.stand_in.backend import Backend
from local.stand_in.ids import new_id
from local.stand_in.state import Document

Endpoint = Literal["account", "connect"]
Mode = Literal["normal", "hold", "drop", "duplicate", "reverse", "first"]

OWED: ContextVar[list[str]] = ContextVar("OWED")
"""The deliveries that the current request has caused."""

_COPIES = {"normal": 1, "first": 1, "duplicate": 2}


@dataclass(frozen=True)
class Parcel:
    """One signed webhook request, ready to be sent."""

    body: bytes
    signature: str


@dataclass(frozen=True)
class Receipt:
    """What the endpoint answered: the status, and the word of its body (`outcome` or `code`) that
    says what became of the event.
    """

    status: int
    answer: str | None


def mode(backend: Backend) -> str:
    setting = backend.store.get("setting", "deliveries")
    return str(setting["mode"]) if setting else "normal"


def queue(
    backend: Backend, event: dict[str, Any], endpoint: Endpoint, *, listed: bool = True
) -> str:
    """Owe an event to an endpoint as the mode says, and return the id of the delivery.

    `listed` is false for an event that the API does not list: its body is kept here.
    """
    identifier, current = new_id("whd"), mode(backend)
    delivery = {
        "id": identifier,
        "event": event.get("id"),
        "type": event.get("type"),
        "endpoint": endpoint,
        "account": event.get("account"),
        "state": {"hold": "held", "drop": "dropped"}.get(current, "pending"),
        "attempts": 0,
        "delivered": False,
        "last_status": None,
        "last_answer": None,
        "at": int(backend.now()),
        "subject": _subject(event),
        "body": None if listed else event,
    }
    backend.store.put("delivery", identifier, delivery)
    for _ in range(_COPIES.get(current, 0)):
        agenda.add(backend, "deliver", 0, delivery=identifier, attempt=0)
    if (owed := OWED.get(None)) is not None:
        owed.append(identifier)
    return identifier


def _subject(event: dict[str, Any]) -> str | None:
    """Return the id of what an event is about: of an account's, the account; of a thin one, the
    object that it relates to. Any JSON object can be sent, so that none of it need be there.
    """
    data, related = event.get("data"), event.get("related_object")
    shown = data.get("object") if isinstance(data, dict) else None
    about = next((each.get("id") for each in (related, shown) if isinstance(each, dict)), None)
    found = event.get("account") or about
    return found if isinstance(found, str) else None


def latest(backend: Backend, limit: int) -> list[Document]:
    """Return the last deliveries, newest first."""
    return [delivery for _, delivery in backend.store.newest_first("delivery", limit)]


def awaits_first_try(backend: Backend, identifiers: list[str]) -> bool:
    """Return whether any of them is still on its way for the first time."""
    return any(
        item["action"] == "deliver" and item["attempt"] == 0 and item["delivery"] in identifiers
        for _, item in agenda.items(backend)
    )


def set_mode(backend: Backend, new: Mode) -> None:
    """`hold` keeps what is not on its way yet; `normal` and `reverse` let go of what was held,
    `reverse` newest first, and go on normally.
    """
    if new == "hold":
        _hold_pending(backend)
    if new in ("normal", "reverse"):
        _release(backend, newest_first=new == "reverse")
    stored = "normal" if new == "reverse" else new
    backend.store.put("setting", "deliveries", {"mode": stored})


def _hold_pending(backend: Backend) -> None:
    for key, item in agenda.items(backend):
        if item["action"] == "deliver":
            agenda.remove(backend, [key])
            _update(backend, item["delivery"], state="held")


def _release(backend: Backend, *, newest_first: bool) -> None:
    store = backend.store
    walk = store.newest_first if newest_first else store.oldest_first
    for identifier, delivery in walk("delivery"):
        if delivery["state"] == "held":
            _update(backend, identifier, state="pending")
            agenda.add(backend, "deliver", 0, delivery=identifier, attempt=0)


def pack(backend: Backend, identifier: str) -> Parcel | None:
    """Sign the event again, as Stripe does at each try. Return None if it is no longer there."""
    delivery = backend.store.get("delivery", identifier)
    if delivery is None:
        return None
    event = delivery["body"]
    if event is None:
        event = backend.store.get("event", delivery["event"])
        if event is None:
            return None
        event["pending_webhooks"] = 1  # every copy is the same, the late ones too
    config = backend.config
    secret = config.connect_secret if delivery["endpoint"] == "connect" else config.account_secret
    # Stripe's bodies are indented, so a receiver that parses and serializes again is found out.
    payload = json.dumps(event, indent=2, ensure_ascii=False)
    signature = WebhookSignature.generate_signature_header(payload, secret, int(backend.now()))
    return Parcel(payload.encode(), signature)


def record(backend: Backend, key: str, item: Document, receipt: Receipt | None) -> None:
    """Note how a try went (`receipt` is None without an answer) and plan the next one."""
    agenda.remove(backend, [key])
    delivery = backend.store.get("delivery", item["delivery"])
    if delivery is None:
        return
    delivered = receipt is not None and 200 <= receipt.status < 300
    delivery["attempts"] += 1
    delivery["last_status"] = None if receipt is None else receipt.status
    delivery["last_answer"] = None if receipt is None else receipt.answer
    delivery["delivered"] = delivery["delivered"] or delivered
    if delivered:
        _mark_delivered(backend, delivery["event"])
    delivery["state"] = _next_state(backend, delivery, item, delivered=delivered)
    backend.store.put("delivery", delivery["id"], delivery)


def _next_state(backend: Backend, delivery: Document, item: Document, *, delivered: bool) -> str:
    if delivered or delivery["delivered"]:
        return "delivered"
    if mode(backend) == "hold":
        return "held"
    delays, tried = backend.config.retry_delays, item["attempt"]
    if tried >= len(delays):
        return "failed"
    agenda.add(backend, "deliver", delays[tried], delivery=delivery["id"], attempt=tried + 1)
    return "pending"


def _mark_delivered(backend: Backend, event_id: str | None) -> None:
    event = backend.store.get("event", event_id) if event_id else None
    if event is not None:
        event["pending_webhooks"] = 0
        backend.store.put("event", event["id"], event)


def _update(backend: Backend, identifier: str, *, state: str) -> None:
    delivery = backend.store.get("delivery", identifier)
    if delivery is not None:
        backend.store.put("delivery", identifier, {**delivery, "state": state})
