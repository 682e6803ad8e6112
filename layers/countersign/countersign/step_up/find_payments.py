"""Find the payments of decisions of which none was reported.

A merchant who puts the decision's id into the metadata of its PaymentIntent need not report it. Of
every decision, the account's PaymentIntents are listed that were created while it counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from countersign.aws.telemetry import logger
from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.problems import Problem, Unavailable
from countersign.step_up.context import Contexts
from countersign.step_up.decision_record import LASTS, METADATA, DecisionRecord
from countersign.step_up.due_decisions import DueDecision, date_next, installation_of, try_record
from countersign.step_up.results import CLOCK_SKEW
from countersign.stripe_api.calls import StripeKeyRefused, StripeRefused

MOST_PAGES = 50
"""Pages of an account's PaymentIntents that are listed for the decisions of half an hour."""
_ENDED = ("succeeded", "canceled")

Intent = Mapping[str, Any]


def in_groups(due: Iterable[DueDecision]) -> Iterator[list[DueDecision]]:
    """Return decisions in groups whose payments are listed together: those of one account and of
    about the same half hour.
    """

    def place(each: DueDecision) -> tuple[str, str, int]:
        order = each.record.order
        return order.account_id, order.installation, each.record.created // LASTS

    return (list(group) for _, group in groupby(sorted(due, key=place), key=place))


def find_payments(contexts: Contexts, group: Sequence[DueDecision]) -> int:
    """Record the payments of the decisions of a group, and return of how many one was found.

    Raises `Unavailable` and `StripeKeyRefused`: those that are left then come again in a while.
    """
    installation = installation_of(contexts, group[0].record)
    if installation is None:
        for due in group:
            date_next(contexts, due, None)
        return 0
    intents = _listed(contexts, installation, [due.record for due in group])
    return sum(_record(contexts, installation, due, intents[due.record.id]) for due in group)


def _record(
    contexts: Contexts, installation: Installation, due: DueDecision, intents: list[Intent]
) -> bool:
    """Record the one of these payments that is the decision's. Those that it cannot be, and that
    have ended, will not become it either.
    """
    for intent in sorted(intents, key=lambda intent: intent["status"] not in _ENDED):
        found = try_record(contexts, installation, due.record, None, intent["id"])
        if found is not None:
            date_next(contexts, due, found)
            return True
    is_over = bool(intents) and all(intent["status"] in _ENDED for intent in intents)
    date_next(contexts, due, None if is_over else due.record)
    return False


def _listed(
    contexts: Contexts, installation: Installation, records: Sequence[DecisionRecord]
) -> Mapping[str, list[Intent]]:
    """Return the account's PaymentIntents that name these decisions, by decision; none where Stripe
    does not show them to us.
    """
    begin = min(record.created for record in records) - CLOCK_SKEW
    end = max(record.ends_at for record in records) + CLOCK_SKEW
    found: dict[str, list[Intent]] = defaultdict(list)
    try:
        for intent in _pages(contexts, installation, begin, end):
            found[(intent.get("metadata") or {}).get(METADATA, "")].append(intent)
    except (Unavailable, StripeKeyRefused):
        raise
    except (Problem, StripeRefused) as refused:
        code = refused.code
        extra = {"account": installation.account_id, "code": code}
        logger.info("the payments of an account cannot be listed", extra=extra)
    return found


def _pages(
    contexts: Contexts, installation: Installation, begin: int, end: int
) -> Iterator[Intent]:
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = _page(contexts, installation, begin, end, after)
        yield from page["data"]
        if not page["has_more"]:
            return
        after = page["data"][-1]["id"]
    logger.warning("too many payments to list", extra={"account": installation.account_id})


def _page(
    contexts: Contexts, installation: Installation, begin: int, end: int, after: str | None
) -> Mapping[str, Any]:
    stripe = contexts.step_up.stripe
    return access.on_behalf(
        contexts.installs,
        installation,
        lambda account_id: stripe.payments_between(account_id, begin, end, after),
    ).body
