"""Secrets that change while the functions run: a signing secret is rolled, a key is revoked."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.cast import Cast
from tests.faults.registry import fault
from tests.faults.stage import PATIENCE
from tests.support.fault_proxy import Call, Fault, response

ROLLED = "whsec_rolled_by_the_tests"
_REVOKED = {"error": {"type": "invalid_request_error", "message": "Expired API key provided."}}


@fault("a signing secret is rolled")
def rolled(cast: Cast) -> int:
    """The function has read its secrets before, and reads them again when a signature fails, at most
    once a minute: until then Stripe has to send the event again.
    """
    cast.stage.deliveries("drop")
    events = cast.events(cast.verifies())
    with _secret(cast, "WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRETS", before=f"{ROLLED},"):
        for event in events:
            _insist(cast, event)
    return len(events)


@fault("Stripe's key is revoked")
def revoked(cast: Cast) -> int:
    """The old key is refused from one call to the next; the new one is in the secret by then."""
    cast.verifies()
    front = cast.stage.front("SessionCreation", "stripe")
    with _secret(cast, "STRIPE_SECRET", "STRIPE_SECRET_KEY", after="2"):
        refused = front.order(
            Fault("answer", _has_old_key, times=100, answer=response(401, _REVOKED))
        )
        cast.opens()
        cast.verifies()
    # And back, so that what follows has the first key again.
    front.clear()
    back = front.order(Fault("answer", _has_new_key, times=100, answer=response(401, _REVOKED)))
    cast.opens()
    return min(refused.injected, back.injected) and refused.injected + back.injected


def _has_old_key(call: Call) -> bool:
    return b"bearer sk_test_local\r" in call.head.lower()


def _has_new_key(call: Call) -> bool:
    return b"bearer sk_test_local2\r" in call.head.lower()


@contextmanager
def _secret(
    cast: Cast, variable: str, member: str, before: str = "", after: str = ""
) -> Iterator[None]:
    """A secret whose value is longer as long as the block lasts."""
    secrets = cast.stage.client("secretsmanager")
    arn = cast.stage.variables("WebhookReceipt")[variable]
    text = secrets.get_secret_value(SecretId=arn)["SecretString"]
    value = before + json.loads(text)[member] + after
    secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({member: value}))
    try:
        yield
    finally:
        secrets.put_secret_value(SecretId=arn, SecretString=text)


def _insist(cast: Cast, event: dict[str, object]) -> None:
    ends_at = time.monotonic() + 2 * PATIENCE
    while (answer := cast.posts(event, secret=ROLLED)).status_code != 200:
        assert answer.json()["code"] == "invalid_signature", answer.text
        assert time.monotonic() < ends_at, "the rolled secret was never read"
        time.sleep(1)
