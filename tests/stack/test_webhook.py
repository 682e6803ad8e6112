"""The webhook on the deployed stack: what is not ours is answered, whichever secret has signed it."""

import json
import time

from stripe import WebhookSignature

from tests.support.service import Service

SECRETS = ("whsec_local_account", "whsec_local_connect")


def test_a_type_that_is_not_ours_is_ignored_and_an_unsigned_body_refused(service: Service) -> None:
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
    for secret in SECRETS:
        signature = WebhookSignature.generate_signature_header(body, secret, int(time.time()))
        answer = service.http.post(
            "/webhook", content=body, headers={"Stripe-Signature": str(signature)}
        )
        assert (answer.status_code, answer.json()["outcome"]) == (200, "ignored")
    refused = service.http.post("/webhook", content=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_signature")
