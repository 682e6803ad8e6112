"""The refusals of step-up decisions, each made in one place. Pure."""

from collections.abc import Sequence

from countersign.problems import Problem


def decision_not_found() -> Problem:
    """Return the 404 for a decision that does not exist, or not for the caller."""
    return Problem(404, "decision_not_found", "There is no such decision. Check its id.")


def token_replayed() -> Problem:
    """Return the 409 for a Google Pay token that another decision was made on."""
    return Problem(
        409,
        "google_pay_token_replayed",
        "This Google Pay token was used for a decision before. Ask the payer to pay again.",
    )


def card_differs(which: str) -> Problem:
    """Return the 409 for another card: a proof for one card says nothing about another."""
    detail = (
        f"The card that {which} is not the one that was decided about. Decide on the card to be"
        " charged."
    )
    return Problem(409, "card_differs", detail)


def payment_differs(members: Sequence[str]) -> Problem:
    """Return the 409 for a payment of which these members are not as they were decided about."""
    detail = (
        f"The payment has another {' and '.join(members)} than the decision. Name the payment"
        " that the decision was made for, or decide again."
    )
    return Problem(409, "payment_differs", detail)


def decision_expired() -> Problem:
    """Return the 409 for a payment that began before its decision or after its end."""
    detail = (
        "The payment began before its decision, or after the decision could be used. Make a"
        " decision before each payment."
    )
    return Problem(409, "decision_expired", detail)


def decision_already_used() -> Problem:
    """Return the 409 for what belongs to another decision, or a decision to another payment."""
    return Problem(
        409,
        "decision_already_used",
        "This decision, or the payment or ceremony that you name, belongs to another already."
        " Make a decision for each payment.",
    )


def decision_not_in_review() -> Problem:
    """Return the 409 for a decision that no review was asked for."""
    return Problem(
        409,
        "decision_not_in_review",
        "This decision does not wait for a review. Follow its `next`, or make another decision.",
    )


def review_ended() -> Problem:
    """Return the 409 for a review that has ended otherwise."""
    return Problem(
        409,
        "review_ended",
        "The review of this decision has ended with another outcome. Read the decision, and make"
        " another one where that is wrong.",
    )


def review_below_floor() -> Problem:
    """Return the 409 for what no review can allow: a payment without its payer cannot be stepped
    up, and proceeds only on a saving.
    """
    return Problem(
        409,
        "review_below_floor",
        "No review can allow this: the payer is not present, and Stripe shows no saving of the card"
        " for such payments, or they cannot be asked for a proof. Decline it, or ask the payer to"
        " pay while they are present.",
    )
