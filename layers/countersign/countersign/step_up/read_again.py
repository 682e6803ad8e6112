"""Read again what was reported of a decision before it was over: a payment that had not ended, a
ceremony that the payer had not answered.
"""

from countersign.step_up.context import Contexts
from countersign.step_up.due_decisions import DueDecision, date_next, installation_of, try_record


def read_again(contexts: Contexts, due: DueDecision) -> bool:
    """Read the payment and the confirmation of a decision again, and return whether either has
    changed.

    Raises as `try_record` does: the decision then comes again in a while.
    """
    record, results = due.record, due.record.results
    installation = installation_of(contexts, record)
    if installation is None:
        date_next(contexts, due, None)
        return False
    found = record
    if results.spc is not None and results.is_unconfirmed:
        found = try_record(contexts, installation, found, results.spc.ceremony_id, None) or found
    if results.payment is not None and not results.payment.has_ended:
        payment = results.payment.payment_intent
        found = try_record(contexts, installation, found, None, payment) or found
    date_next(contexts, due, found)
    return found.results != results
