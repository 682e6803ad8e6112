"""Stripe's objects as its API and its events show them (https://docs.stripe.com/api)."""

import copy
from datetime import UTC, datetime
from typing import Any

from tests.support.clock import START
from tests.support.users import ISSUER_MARK

DEPLOYMENT = "countersign-test"
KINDS = ("created", "processing", "requires_input", "verified", "canceled", "redacted")
"""The six events of a verification session."""
CODES = (
    "abandoned", "consent_declined", "country_not_supported", "device_not_supported",
    "document_expired", "document_type_not_supported", "document_unverified_other",
    "email_unverified_other", "email_verification_declined",
    "id_number_insufficient_document_data", "id_number_mismatch", "id_number_unverified_other",
    "phone_unverified_other", "phone_verification_declined", "selfie_document_missing_photo",
    "selfie_face_mismatch", "selfie_manipulated", "selfie_unverified_other", "under_supported_age",
)  # fmt: skip
"""All of Stripe's `last_error.code`."""

Object = dict[str, Any]


def session_marks(subject: str, slot: str = "1.0", deployment: str = DEPLOYMENT) -> dict[str, str]:
    """The metadata of a session of ours."""
    return {
        "countersign": deployment,
        "countersign_slot": slot,
        "countersign_issuer": ISSUER_MARK,
        "user_id": subject,
    }


def session_object(session_id: str = "vs_1", **members: Any) -> Object:
    """A verification session of ours as an event shows it: neither secret nor url."""
    subject = members.pop("subject", "user_1")
    slot = members.pop("slot", "1.0")
    deployment = members.pop("deployment", DEPLOYMENT)
    marks = session_marks(subject, slot, deployment)
    return {
        "id": session_id,
        "object": "identity.verification_session",
        "client_reference_id": subject,
        "client_secret": None,
        "created": START,
        "last_error": None,
        "last_verification_report": None,
        "livemode": False,
        "metadata": {name: value for name, value in marks.items() if value is not None},
        "options": {},
        "provided_details": None,
        "redaction": None,
        "related_customer": None,
        "status": "requires_input",
        "type": "document",
        "url": None,
        "verification_flow": None,
        **members,
    }


def stripe_event(kind: str, subject: Object, **members: Any) -> Object:
    """An event; a `kind` without a dot is one of a verification session."""
    type_ = kind if "." in kind else f"identity.verification_session.{kind}"
    created = members.get("created", START)
    account = {"account": members.pop("account")} if "account" in members else {}
    return {
        "id": f"evt_{kind.replace('.', '_')}_{created}_{subject.get('id')}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": created,
        "data": {"object": copy.deepcopy(subject), "previous_attributes": {}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
        **account,
        **members,
    }


def thin(event: Object) -> Object:
    """The same happening as a thin event tells it, whose id is its own
    (https://docs.stripe.com/event-destinations#thin-events).
    """
    subject = event["data"]["object"]
    moment = datetime.fromtimestamp(event["created"], UTC)
    return {
        "id": f"evt_test_65{event['id'].removeprefix('evt_')}",
        "object": "v2.core.event",
        "type": f"v1.{event['type']}",
        "created": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "livemode": event["livemode"],
        "context": event.get("account"),
        "reason": None,
        "related_object": {
            "id": subject["id"],
            "type": subject["object"],
            "url": f"/v1/objects/{subject['id']}",
        },
    }


def identity_event(kind: str, session_id: str = "vs_1", **members: Any) -> Object:
    """One of the six events with the object that Stripe sends in it, `created` a second apart."""
    created = members.pop("created", START + KINDS.index(kind))
    around = {name: members.pop(name) for name in ("id", "livemode", "account") if name in members}
    subject = session_object(session_id, **(_STATE[kind] | members))
    if kind == "redacted":
        subject = erased(subject)
    subject["livemode"] = around.get("livemode", False)
    return stripe_event(kind, subject, created=created, **around)


def erased(subject: Object) -> Object:
    """A session after its redaction: what said something about the person is gone."""
    return subject | {
        "client_reference_id": None,
        "last_error": None,
        "metadata": {},
        "redaction": {"status": "redacted"},
    }


def failure(code: str = "document_expired", reason: str = "The document has expired.") -> Object:
    """A `last_error`."""
    return {"code": code, "reason": reason}


_STATE: dict[str, Object] = {
    "created": {},
    "processing": {"status": "processing"},
    "requires_input": {"last_error": failure(), "last_verification_report": "vr_1"},
    "verified": {"status": "verified", "last_verification_report": "vr_2"},
    "canceled": {"status": "canceled"},
    "redacted": {"status": "canceled"},
}
