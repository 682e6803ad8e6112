"""Load a decision of a payment."""

from countersign.payments.context import Contexts
from countersign.step_up import store
from countersign.step_up.decision_record import DecisionRecord


def load_decision(contexts: Contexts, decision_id: str | None) -> DecisionRecord | None:
    """Return a decision of a payment."""
    if decision_id is None:
        return None
    return store.load(contexts.decisions.step_up.table, decision_id)
