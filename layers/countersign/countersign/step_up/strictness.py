"""Choose the strictest of several decisions on one payment, which differ in what is claimed of it.
Pure.
"""

from collections.abc import Sequence

from msgspec import Struct

from countersign.step_up.policy import Decision, Payer, decide
from countersign.step_up.rules import Outcome, RuleBook
from countersign.step_up.rules.payment import Payment

_SEVERITY: Sequence[Outcome] = ("proceed", "step_up", "review", "decline")
_HARDNESS = ("automatic", "any", "challenge")


class Strictest(Struct, frozen=True):
    """A decision, the view of the payment that it was taken on, and whether it requires more than
    what is known of the payment does.
    """

    decision: Decision
    view: Payment
    is_raised: bool


def decide_strictest(book: RuleBook, views: Sequence[Payment], payer: Payer) -> Strictest:
    """Return what a payment needs.

    The first view is what is known; the others have in it what is claimed, in every combination, so
    that a claim can only raise what is required. Where a view requires neither more nor less than
    what is known, what is known counts; but where nothing is known, the last claim does.
    """
    known, *claimed = views
    plain = decide(book, known, payer)
    found, view = plain, known
    for other in claimed:
        decision = decide(book, other, payer)
        is_only_source = known.evidence == "none" and _is_at_home(other, known)
        if is_as_strict(decision, found) and (is_only_source or not is_as_strict(found, decision)):
            found, view = decision, other
    return Strictest(found, view, is_raised=not is_as_strict(plain, found))


def _is_at_home(view: Payment, known: Payment) -> bool:
    """Whether a view has the merchant's account where it is known to be."""
    return view.acquirer_country == known.acquirer_country


def is_as_strict(found: Decision, than: Decision) -> bool:
    """Whether one decision requires all that another does, or more."""
    if found.outcome != than.outcome:
        return _SEVERITY.index(found.outcome) > _SEVERITY.index(than.outcome)
    mine, theirs = found.terms, than.terms
    is_as_hard = "3ds" not in found.methods or (
        _HARDNESS.index(mine.request_three_d_secure)
        >= _HARDNESS.index(theirs.request_three_d_secure)
    )
    return (
        is_as_hard
        and set(found.methods) <= set(than.methods)
        and set(mine.captures) <= set(theirs.captures)
        and ("spc" not in found.methods or _asks_as_much_after_confirmation(found, than))
    )


def _asks_as_much_after_confirmation(found: Decision, than: Decision) -> bool:
    return set(found.terms.captures_after_confirmation) <= set(
        than.terms.captures_after_confirmation
    )
