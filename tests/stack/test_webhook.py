"""The webhook on the deployed stack: what is not Stripe's is refused, and order does not matter."""

import json
import time

import stripe

from tests.support.service import Service, new_user

SECRET = "whsec_local_account"


def send(service: Service, body: bytes | str, signature: str | None) -> tuple[int, str]:
    headers = {"Content-Type": "application/json"}
    if signature is not None:
        headers["Stripe-Signature"] = signature
    answer = service.http.post("/webhook", content=body, headers=headers)
    found = answer.json()
    return answer.status_code, str(found.get("code") or found.get("outcome"))


def signed(body: str, secret: str = SECRET, at: int | None = None) -> str:
    return str(
        stripe.WebhookSignature.generate_signature_header(body, secret, at or int(time.time()))
    )


def test_an_event_without_a_genuine_signature_is_refused(service: Service) -> None:
    body = json.dumps({"id": "evt_1", "object": "event"})
    now = int(time.time())
    for signature in (
        None,
        "",
        "t=1",
        f"t={now}",
        f"t={now},v1=00",
        signed(body, secret=" "),
        signed(body, at=now - 400),
        signed(body, at=now + 400),
        signed(body + " "),
    ):
        assert send(service, body, signature) == (400, "invalid_signature")


def test_a_type_that_is_not_ours_is_ignored(service: Service) -> None:
    body = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "charge.succeeded",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": {"id": "ch_1"}},
        },
        indent=2,
    )
    for secret in (SECRET, "whsec_local_connect"):
        assert send(service, body, signed(body, secret)) == (200, "ignored")


def test_events_that_come_late_and_backwards_end_in_the_last_state(service: Service) -> None:
    user = new_user()
    created = service.http.post("/create-verification-session", headers=service.as_user(user))
    session_id = created.json()["id"]
    service.http.post("/_local/stripe/_deliveries", json={"mode": "hold"})
    try:
        service.outcome(session_id, "document_expired")
        service.outcome(session_id, "verified")
        service.http.post("/_local/stripe/_deliveries", json={"mode": "reverse"})
        assert service.eventually(session_id, user, "verified")["last_error"] is None
    finally:
        service.http.post("/_local/stripe/_deliveries", json={"mode": "normal"})
    for _ in range(30):
        waiting = service.http.get("/_local/stripe/_deliveries").json()["data"]
        if all(entry["delivered"] for entry in waiting):
            break
        time.sleep(0.1)
    view = service.eventually(session_id, user, "verified")
    assert view["last_error"] is None
