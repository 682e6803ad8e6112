"""What a first session creation, a webhook and an install callback ask of DynamoDB and of Stripe,
counted on a running service: the deployed tables, the stand-in for Stripe, and the handlers called
in this process.
"""

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import stripe

from bench.figures import Figure, keep
from tests.support.gateway import LambdaContext, http_event
from tests.support.merchants import Merchant
from tests.support.service import ROOT, Service, free_port, new_user, running_service
from tools.functions import load_function

TITLE = "Requests, on a running service"


class Ledger:
    """Counts the DynamoDB requests of this process, and the write units that they take of tables
    and of indexes.
    """

    def __init__(self) -> None:
        from countersign.aws import table

        self.requests = 0
        self.units = self.indexed = 0.0
        events: Any = table._client().meta.events
        events.register("provide-client-params.dynamodb", self._ask)
        events.register("after-call.dynamodb", self._note)

    def _ask(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return params | {"ReturnConsumedCapacity": "INDEXES"}

    def _note(self, parsed: dict[str, Any], **_: Any) -> None:
        self.requests += 1
        # DynamoDB takes a unit for a write whose condition fails, which the emulator does not say.
        self.units += parsed.get("Error", {}).get("Code") == "ConditionalCheckFailedException"
        told = parsed.get("ConsumedCapacity", {})
        for consumed in told if isinstance(told, list) else [told]:
            indexes = consumed.get("GlobalSecondaryIndexes", {}).values()
            indexed = sum(map(_units, indexes))
            self.units += _units(consumed) - indexed
            self.indexed += indexed

    def take(self) -> tuple[int, float, float]:
        """Return what was counted since then: requests, and units of tables and of indexes."""
        found = self.requests, self.units, self.indexed
        self.requests, self.units, self.indexed = 0, 0.0, 0.0
        return found


def _units(consumed: dict[str, Any]) -> float:
    return float(consumed.get("WriteCapacityUnits", consumed.get("CapacityUnits", 0.0)))


def main() -> None:
    """Print both counts beside what they may be at most."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_service(Path(home), free_port()) as service,
    ):
        environment = json.loads((service.home / "env.json").read_text())
        for function in ("SessionCreation", "WebhookReceipt", "InstallCallback"):
            os.environ.update(environment[function])
        os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
        creation, webhook, callback = (
            load_function(name).handler
            for name in ("session_creation", "webhook_receipt", "install_callback")
        )
        ledger = Ledger()
        print(f"\n{TITLE}")
        _first_creation(service, ledger, creation)
        _webhook(ledger, webhook)
        _callback(service, ledger, callback)


def _first_creation(service: Service, ledger: Ledger, handler: Any) -> None:
    event = json.loads((ROOT / "events" / "session_creation" / "create.json").read_text())
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = new_user()
    before = len(service.stripe_requests())
    assert handler(event, LambdaContext())["statusCode"] == 200
    requests, units, indexed = ledger.take()
    asked = len(service.stripe_requests()) - before
    # The user's slot, the user's share of requests to Stripe, the session, and the slot again.
    print(
        f"  first session creation: {requests} DynamoDB requests (at most 4), {units:g} write units"
        f" and {indexed:g} of the index, {asked} request to Stripe (at most 1)"
    )
    keep(
        [
            Figure(TITLE, "first session creation, to DynamoDB", requests, "requests", goal=4),
            Figure(TITLE, "first session creation, writes", units + indexed, "units"),
            Figure(TITLE, "first session creation, to Stripe", asked, "requests", goal=1),
        ]
    )
    assert requests <= 4
    assert asked <= 1


def _webhook(ledger: Ledger, handler: Any) -> None:
    from countersign.identity.context import context
    from countersign.identity.session import session_key
    from countersign.identity.snapshot import Snapshot
    from countersign.identity.store import store_snapshot
    from tools.signed_event import LOCAL_SECRET, session, signed_request

    known = session("created", f"vs_1SQ{new_user('bench')}", int(time.time()) - 60)
    store_snapshot(context().table, Snapshot.from_read(known, None))
    ledger.take()
    event = signed_request("identity.verification_session.verified", known["id"], int(time.time()))
    assert stripe.WebhookSignature.verify_header(
        event["body"], event["headers"]["stripe-signature"], LOCAL_SECRET
    )
    assert json.loads(handler(event, LambdaContext())["body"])["outcome"] == "applied"
    requests, units, indexed = ledger.take()
    item = context().table.get(session_key(known["id"])) or {}
    print(
        f"  webhook of a known session: {requests} DynamoDB request (at most 1), {units:g} write"
        f" unit (at most 1) and {indexed:g} of the index, for an item of about"
        f" {len(str(item))} bytes"
    )
    keep(
        [
            Figure(TITLE, "webhook of a known session, to DynamoDB", requests, "requests", goal=1),
            Figure(
                TITLE, "webhook of a known session, writes of the table", units, "units", goal=1
            ),
        ]
    )
    assert requests <= 1
    assert units <= 1


def _callback(service: Service, ledger: Ledger, handler: Any) -> None:
    merchant = Merchant(service)
    target = urlsplit(merchant.installed(merchant.state()))
    _all_delivered(service)  # a webhook in between would have the callback's change made again
    headers = {"cookie": merchant.browser.headers["cookie"]}
    event = http_event("GET", target.path, headers=headers) | {"rawQueryString": target.query}
    ledger.take()
    assert handler(event, LambdaContext())["statusCode"] == 303
    requests, units, indexed = ledger.take()
    # The link with the account, the list of the user's accounts, and the transaction.
    print(
        f"  install callback: {requests} DynamoDB requests (at most 3), {units:g} units and"
        f" {indexed:g} of the index"
    )
    keep([Figure(TITLE, "install callback, to DynamoDB", requests, "requests", goal=3)])
    assert requests <= 3


def _all_delivered(service: Service) -> None:
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at:
        sent = service.http.get("/_local/stripe/_deliveries").json()["data"]
        if all(each["delivered"] for each in sent):
            return
        time.sleep(0.2)
    raise AssertionError("webhooks are still on their way")


if __name__ == "__main__":
    main()
