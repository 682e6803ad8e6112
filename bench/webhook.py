"""Verifying and parsing one webhook, beside `stripe.Webhook.construct_event` on the same bytes."""

import json
import time

import stripe

from bench.timing import compare, report
from countersign.stripe_api.events import parse_event
from countersign.stripe_api.signature import is_signed

SECRET = "whsec_bench"
SIZE = 2729
MOST = 0.077
"""The largest part of the SDK's time that ours may be."""


def event_of(size: int) -> bytes:
    """Return a verified session's event of about `size` bytes, as Stripe prints it; metadata fills
    it.
    """
    metadata: dict[str, str] = {}
    session = {
        "id": "vs_1SQbench",
        "object": "identity.verification_session",
        "client_reference_id": "user_bench",
        "created": 1795320000,
        "last_error": None,
        "last_verification_report": "vr_1SQbench",
        "livemode": False,
        "metadata": metadata,
        "options": {"document": {"require_matching_selfie": True}},
        "status": "verified",
        "type": "document",
    }
    event = {
        "id": "evt_1SQbench",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1795321000,
        "data": {"object": session, "previous_attributes": {"status": "processing"}},
        "livemode": False,
        "type": "identity.verification_session.verified",
    }
    while len(payload := json.dumps(event, indent=2).encode()) < size:
        metadata[f"key_{len(metadata):02d}"] = "v" * min(60, max(1, size - len(payload)))
    return payload


def main() -> None:
    """Print both, and how large a part of the SDK's time ours is."""
    payload = event_of(SIZE)
    header = stripe.WebhookSignature.generate_signature_header(payload.decode(), SECRET)

    def ours() -> object:
        assert is_signed(payload, header, [SECRET], time.time())
        return parse_event(payload)

    def sdk() -> object:
        return stripe.Webhook.construct_event(payload, header, SECRET)

    assert ours().id == sdk().id  # type: ignore[attr-defined]
    peer = "stripe.Webhook.construct_event"
    mine = "countersign: verify and parse"
    found = compare({mine: ours, peer: sdk})
    report(f"One webhook of {len(payload):,} bytes, verified and parsed", found, peer, {mine: MOST})


if __name__ == "__main__":
    main()
