"""One process of the soak: the built webhook function, given what arrives, parcel by parcel.

It is started by itself on the emulator's interpreter with the built function and the built layer
first on its path, so it imports nothing of the project but what was deployed. Its arguments are the
file of its parcels, the file for its result, and the descriptor that it reports its progress to.
"""

import hmac
import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

REPORTED = 50
"""Parcels between two reports of progress."""
TRIES = 6
"""How often a parcel that was refused for the moment is sent, as Stripe would for three days."""


class Context:
    """The context of an invocation: the webhook has 15 seconds."""

    aws_request_id = "soak"
    function_name = "WebhookReceipt"

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + 15

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends_at - time.monotonic()) * 1000)


def main(parcels: Path, result: Path, progress: int) -> None:
    """Deliver every parcel, and again what was refused for the moment."""
    latencies: list[int] = []
    outcomes: dict[str, int] = {}
    done, waiting = 0, _read(parcels)
    for tries in range(TRIES):
        refused = []
        for parcel in waiting:
            began = time.perf_counter_ns()
            outcome = _deliver(parcel)
            if parcel["kind"] == "webhook":
                latencies.append((time.perf_counter_ns() - began) // 1000)
            key = f"{parcel['kind']} {outcome}"
            outcomes[key] = outcomes.get(key, 0) + 1
            if outcome in ("503", "conflict"):
                refused.append(parcel)
                continue
            done += 1
            if done % REPORTED == 0:
                os.write(progress, b"%d\n" % REPORTED)
        if not refused:
            break
        waiting = refused
        time.sleep(min(2**tries, 10))
    told = {"latencies_us": latencies, "outcomes": outcomes, "undelivered": len(refused)}
    result.write_text(json.dumps(told))


def _read(parcels: Path) -> Any:
    with parcels.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _deliver(parcel: dict[str, Any]) -> str:
    return {"webhook": _webhook, "answer": _answer, "callback": _callback}[parcel["kind"]](parcel)


def _webhook(parcel: dict[str, Any]) -> str:
    """Return the outcome, or the status of a refusal."""
    secrets = os.environ["SOAK_WEBHOOK_SECRETS"].split(",")
    app: Any = importlib.import_module("app")
    answer = app.handler(request(parcel["body"], secrets[parcel["secret"]]), Context())
    if answer["statusCode"] == 200:
        return str(json.loads(answer["body"])["outcome"])
    return str(answer["statusCode"])


def request(body: str, secret: str) -> dict[str, Any]:
    """Return the request of a webhook that is sent now, as API Gateway hands it over."""
    now = int(time.time())
    signature = hmac.digest(secret.encode(), f"{now}.{body}".encode(), "sha256").hex()
    return {
        "version": "2.0",
        "headers": {"stripe-signature": f"t={now},v1={signature}"},
        "requestContext": {"domainName": "soak.example", "http": {"method": "POST"}},
        "body": body,
        "isBase64Encoded": False,
    }


def _answer(parcel: dict[str, Any]) -> str:
    """Store what Stripe answered to the creation of a session, as the session's creation does."""
    from countersign.identity.context import context
    from countersign.identity.snapshot import Snapshot
    from countersign.identity.store import store_snapshot

    snapshot = Snapshot.from_read(parcel["session"], None)
    return store_snapshot(context().table, snapshot).outcome


def _callback(parcel: dict[str, Any]) -> str:
    """Give the account to its user, as the callback of an install link does once it has found the
    signature genuine, which it can only be within minutes of the installation.
    """
    from countersign.aws.changes import TransactionRefused
    from countersign.installs.claim_changes import claim_changes
    from countersign.installs.context import context
    from countersign.installs.installation import NewInstallation
    from countersign.installs.store import load

    table = context().table
    user = f"{os.environ['SOAK_ISSUER']}#{parcel['subject']}"
    new = NewInstallation(user, parcel["account"], parcel["by"], parcel["at"])
    changes = claim_changes(table, load(table, parcel["account"]), new)
    if not changes:
        return "superseded"
    try:
        table.transact(changes)
    except TransactionRefused:
        return "conflict"
    return "applied"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
