"""`webhook_receipt` as a contestant: `python -m docs.peers.ours ENV_JSON`, with the environment
that `make run` gives its functions.
"""

import json
import os
import sys
import time
from pathlib import Path

from bench.requests import Ledger
from countersign.aws.table import Table, table
from docs.peers.events import ACCOUNT
from docs.peers.lines import serve
from tests.support.gateway import LambdaContext, http_event
from tools.functions import load_function
from tools.signed_event import session


class Ours:
    """The handler as Lambda calls it. A session is stored when it is created, and a PaymentIntent
    is known by its mark, so the first event finds both.
    """

    def __init__(self) -> None:
        self._handler = load_function("webhook_receipt").handler
        self._ledger, self._requests = Ledger(), 0
        self._sessions = table(os.environ["IDENTITY_TABLE"])
        self._payments = table(os.environ["PAYMENTS_TABLE"])

    def begin(self, subject: str, subject_id: str) -> None:
        if subject == "session":
            _store_session(self._sessions, subject_id)
        else:
            _mark_intent(self._payments, subject_id)
        self._ledger.take()

    def deliver(self, body: str, signature: str) -> int:
        request = http_event("POST", "/webhook", headers={"stripe-signature": signature})
        return int(self._handler(request | {"body": body}, LambdaContext())["statusCode"])

    def status(self, subject: str, subject_id: str) -> str:
        from countersign.identity.store import load

        found = load(self._sessions, subject_id) if subject == "session" else None
        return found.status if found else ""

    def requests(self) -> int:
        self._requests += self._ledger.take()[0]
        return self._requests


def _store_session(sessions: Table, session_id: str) -> None:
    from countersign.identity.snapshot import Snapshot
    from countersign.identity.store import store_snapshot

    created = session("created", session_id, int(time.time()) - 7200)  # before any event
    store_snapshot(sessions, Snapshot.from_read(created, None))


def _mark_intent(payments: Table, intent: str) -> None:
    from countersign.payments.intent_marks import intent_key

    key, payment = intent_key(ACCOUNT, intent), {":payment": "pay_" + "p" * 22}
    payments.update(key, "SET payment = :payment", "", payment)


if __name__ == "__main__":
    os.environ.update(json.loads(Path(sys.argv[1]).read_text())["WebhookReceipt"])
    serve(Ours())
