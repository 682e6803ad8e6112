"""`python -m tools.signed_event TYPE [SESSION]`: prints a webhook, signed now, as API Gateway hands
it over, for `sam local invoke WebhookReceipt -e -`.

A signature grows stale in five minutes, so a file can not hold one that still counts. Signed with
the first of `STRIPE_WEBHOOK_SECRETS`, else with the secret of a local run.
"""

import hmac
import json
import os
import sys
import time
from typing import Any

TYPES = ("created", "processing", "requires_input", "verified", "canceled", "redacted")
PREFIX = "identity.verification_session."
STATUS = {"created": "requires_input", "redacted": "verified"}
LOCAL_SECRET = "whsec_local_account"  # noqa: S105  the well-known one of a local run


def session(kind: str, session_id: str, created: int) -> dict[str, Any]:
    """A verification session as an event of this kind shows it."""
    failed = {"code": "document_expired", "reason": "The document is expired."}
    checked = kind in ("verified", "requires_input", "redacted")
    erased = kind == "redacted"
    metadata = {
        "countersign": "countersign-dev",
        "countersign_slot": "1.0",
        "user_id": "user_sample",
    }
    return {
        "id": session_id,
        "object": "identity.verification_session",
        "client_reference_id": None if erased else "user_sample",
        "client_secret": None,
        "created": created - 60,
        "last_error": failed if kind == "requires_input" else None,
        "last_verification_report": "vr_1SQsample" if checked else None,
        "livemode": False,
        "metadata": {} if erased else metadata,
        "options": {},
        "redaction": {"status": "redacted"} if erased else None,
        "status": STATUS.get(kind, kind),
        "type": "document",
        "url": None,
    }


def signed_request(
    event_type: str, session_id: str, now: int, secret: str = LOCAL_SECRET
) -> dict[str, Any]:
    """The request of a webhook of this type, signed at `now` (Unix seconds).

    Raises `ValueError` for a type that the bundle does not act on.
    """
    kind = event_type.removeprefix(PREFIX)
    if kind not in TYPES:
        known = ", ".join(PREFIX + name for name in TYPES)
        raise ValueError(f"{event_type} is not one of {known}")
    event = {
        "id": f"evt_sample{now}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": now,
        "data": {"object": session(kind, session_id, now)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": PREFIX + kind,
    }
    body = json.dumps(event, indent=2)
    signature = hmac.digest(secret.encode(), f"{now}.{body}".encode(), "sha256").hex()
    return {
        "version": "2.0",
        "routeKey": "POST /webhook",
        "rawPath": "/webhook",
        "rawQueryString": "",
        "headers": {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": f"t={now},v1={signature}",
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
        "requestContext": {
            "domainName": "api.example.com",
            "http": {"method": "POST", "path": "/webhook", "protocol": "HTTP/1.1"},
            "requestId": "sample",
            "routeKey": "POST /webhook",
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": False,
    }


def main() -> int:
    event_type, *rest = sys.argv[1:] or [f"{PREFIX}verified"]
    secret = os.environ.get("STRIPE_WEBHOOK_SECRETS", LOCAL_SECRET).split(",")[0].strip()
    try:
        request = signed_request(
            event_type, rest[0] if rest else "vs_1SQsample", int(time.time()), secret
        )
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(request, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
