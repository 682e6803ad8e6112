"""The function of reconciliation in this process, whose webhooks never arrive."""

from dataclasses import dataclass
from typing import Any

from tests.support.bundle import CREATE, OPERATOR
from tests.support.gateway import Caller, HttpAnswer, LambdaContext
from tests.support.install_bundle import InstallBundle
from tests.support.roles import acting_as
from tools.functions import load_function

RUNS = "/reconciliations"


@dataclass
class ReconciliationBundle(InstallBundle):
    """A deployment with empty tables, whose content is `items()`."""

    def operator(self, scope: str = OPERATOR) -> Caller:
        """The business itself."""
        return Caller(load_function("reconciliation").handler, "operator_1", scope)

    def invoke(self, **wanted: Any) -> Any:
        """Invoke the function without a call, as the schedule and an operator's command do."""
        handler = load_function("reconciliation").handler
        with acting_as(handler):
            return handler({"reconcile": wanted}, LambdaContext(milliseconds=300_000))

    def begin(self, from_at: int, to_at: int, key: str | None = None) -> HttpAnswer:
        """Call for a run."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.operator().post(RUNS, {"from": from_at, "to": to_at}, headers=headers)

    def verified(self, user: str) -> str:
        """A session that is verified at Stripe, of which no webhook has told."""
        creation = Caller(load_function("session_creation").handler, user)
        session_id = str(creation.post(CREATE).json["id"])
        self.stripe.outcome(session_id, "verified")
        return session_id

    def status(self, session_id: str) -> str:
        """What is stored of a session."""
        return str(self.items()[f"session#{session_id}"]["status"])
