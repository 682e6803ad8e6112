"""Keep a later decision on the same card as strict as the one before. Pure."""

from msgspec.structs import replace

from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.policy import Decision
from countersign.step_up.strictness import is_as_strict
from countersign.step_up.three_d_secure import Terms


def not_lower(found: DecidedOrder, before: DecidedOrder) -> DecidedOrder:
    """Return a decision that requires all that the earlier one did. Where each requires something
    that the other does not, what both allow is left.
    """
    if is_as_strict(_decision(found), _decision(before)):
        return found
    if is_as_strict(_decision(before), _decision(found)):
        return _with_terms(found, before)
    methods = tuple(name for name in before.methods if name in found.methods)
    captures = tuple(name for name in before.captures if name in found.captures)
    confirmed = tuple(
        name
        for name in before.captures_after_confirmation
        if name in found.captures_after_confirmation
    )
    both = replace(
        before, methods=methods, captures=captures, captures_after_confirmation=confirmed
    )
    return _with_terms(found, replace(both, next=_decision(both).next))


def _with_terms(found: DecidedOrder, of: DecidedOrder) -> DecidedOrder:
    return replace(
        found,
        outcome=of.outcome,
        next=of.next,
        methods=of.methods,
        request_three_d_secure=of.request_three_d_secure,
        after_confirmation=of.after_confirmation,
        captures=of.captures,
        captures_after_confirmation=of.captures_after_confirmation,
        reasons=(*found.reasons, "decided_before"),
    )


def _decision(order: DecidedOrder) -> Decision:
    terms = Terms(
        order.request_three_d_secure,
        order.after_confirmation,
        order.captures,
        order.captures_after_confirmation,
    )
    return Decision(order.outcome, order.reasons, order.rule, order.methods, terms)
