"""Decisions that are due: it is read what became of them, by one reader at a time."""

from collections.abc import Mapping

from msgspec import Struct

from countersign.aws.redate import RETRY, redate
from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_installed
from countersign.problems import Problem, Unavailable
from countersign.step_up import store
from countersign.step_up.context import Contexts
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.record_results import record_results
from countersign.stripe_api.calls import StripeKeyRefused


class DueDecision(Struct, frozen=True):
    """A decision that this reader alone reads now. It comes again at `comes_again_at` (Unix
    seconds) unless another time is set.
    """

    record: DecisionRecord
    comes_again_at: int

    @property
    def is_reported(self) -> bool:
        """Whether something was reported, which is read again. Else its payment is looked for."""
        return self.record.results.payment is not None or self.record.results.is_unconfirmed


def take_due_decisions(contexts: Contexts, due: Mapping[str, int]) -> list[DueDecision]:
    """Return those of at most 100 decisions, due at these times, that are still awaited, for this
    reader alone. The others leave the index.
    """
    table, again = contexts.step_up.table, contexts.step_up.now() + RETRY
    taken = []
    for pk, record in store.load_due(table, list(due)).items():
        item = redate(table, pk, due[pk], again if record.is_awaited else None)
        if item is not None and record.is_awaited:
            taken.append(DueDecision(record, again))
    return taken


def date_next(contexts: Contexts, due: DueDecision, found: DecisionRecord | None) -> None:
    """Set when a decision is read next, as it is stored now. `None` takes it out of the index."""
    at = found.next_read(contexts.step_up.now()) if found else None
    redate(contexts.step_up.table, due.record.pk, due.comes_again_at, at)


def installation_of(contexts: Contexts, record: DecisionRecord) -> Installation | None:
    """Return the installation that a decision is of, `None` once that is over."""
    try:
        found = access.require_standing(
            contexts.installs, record.order.account_id, over=not_installed
        )
    except Problem as over:
        if over.code != not_installed().code:
            raise
        return None
    return found if record.belongs_to(found) else None


def try_record(
    contexts: Contexts,
    installation: Installation,
    record: DecisionRecord,
    ceremony_id: str | None,
    payment_intent: str | None,
) -> DecisionRecord | None:
    """Record results as if the merchant reported them. Return `None` for what is refused: it is not
    this decision's, or Stripe does not show it to us now.

    Raises `Unavailable` and `StripeKeyRefused`, after which it has to be tried again.
    """
    try:
        return record_results(contexts, installation, record, ceremony_id, payment_intent)
    except (Unavailable, StripeKeyRefused):
        raise
    except Problem:
        return None
