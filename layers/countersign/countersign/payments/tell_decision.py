"""Tell a decision what became of it: its payment, and the payer's confirmation."""

from collections.abc import Mapping
from typing import Any

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.payments.context import Contexts
from countersign.payments.load_decision import load_decision
from countersign.payments.payment_record import PaymentRecord
from countersign.problems import Problem, Unavailable
from countersign.step_up.record_results import record_results


def tell_decision(
    contexts: Contexts, installation: Installation, record: PaymentRecord, found: Mapping[str, Any]
) -> None:
    """Record with the decision what became of it. A payer is known by payments that were made as it
    was decided. What a decision refuses is not its own, and is counted there. Raises `Unavailable`.
    """
    decision = load_decision(contexts, record.decision)
    if decision is None or not isinstance(found.get("latest_charge"), Mapping):
        return
    ceremony = record.ceremony if record.proof == "spc" else None
    try:
        record_results(contexts.decisions, installation, decision, ceremony, found["id"], found)
    except Unavailable:
        raise
    except Problem as problem:
        extra = {"payment": record.id, "decision": decision.id, "code": problem.code}
        logger.warning("a decision refuses its payment", extra=extra)
