"""`python -m tools.signed_event TYPE [ID]`: prints a webhook, signed now, as API Gateway hands it
over, for `sam local invoke WebhookReceipt -e -`. `ID` is the session, or the connected account.

A signature is valid for five minutes, so a file cannot hold a valid one. Signed with
the first of `STRIPE_WEBHOOK_SECRETS`, else with the secret of a local run.
"""

import hmac
import json
import os
import sys
import time
from typing import Any

SESSION = "identity.verification_session."
APPLICATION = "account.application."
TYPES = (
    *(
        SESSION + kind
        for kind in ("created", "processing", "requires_input", "verified", "canceled", "redacted")
    ),
    *(APPLICATION + kind for kind in ("authorized", "deauthorized")),
)
STATUS = {"created": "requires_input", "redacted": "verified"}
LOCAL_SECRET = "whsec_local_account"  # noqa: S105  the well-known one of a local run
APPLICATION_ID = "ca_local"
"""The application of a local run."""


def session(kind: str, session_id: str, created: int) -> dict[str, Any]:
    """Return a verification session as an event of this kind shows it."""
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


def _object_of(event_type: str, subject: str, now: int) -> dict[str, Any]:
    """Return the members that depend on the type: of the app's events the account is their own."""
    if event_type.startswith(APPLICATION):
        application = {"id": APPLICATION_ID, "object": "application", "name": "Sample"}
        return {"account": subject, "data": {"object": application}}
    return {"data": {"object": session(event_type.removeprefix(SESSION), subject, now)}}


def signed_request(
    event_type: str, subject: str, now: int, secret: str = LOCAL_SECRET
) -> dict[str, Any]:
    """Return the request of a webhook of this type, signed at `now` (Unix seconds); `subject` is
    the id of the session or the connected account.

    Raises `ValueError` for a type that the bundle does not act on.
    """
    if event_type not in TYPES:
        raise ValueError(f"{event_type} is not one of {', '.join(TYPES)}")
    event = {
        "id": f"evt_sample{now}_{subject}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": now,
        **_object_of(event_type, subject, now),
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
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
    event_type, *rest = sys.argv[1:] or [f"{SESSION}verified"]
    secret = os.environ.get("STRIPE_WEBHOOK_SECRETS", LOCAL_SECRET).split(",")[0].strip()
    sample = "acct_1LocalBakery0001" if event_type.startswith(APPLICATION) else "vs_1SQsample"
    try:
        request = signed_request(event_type, (rest or [sample])[0], int(time.time()), secret)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(request, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
