"""The refusals about what a payer owns, each made in one place. Pure.

Those of a response that does not verify are in `protocol/refusals`.
"""

from countersign.problems import Problem


def credential_not_found() -> Problem:
    """Return the 404 for a credential that is not this user's, or not any more."""
    return Problem(
        404,
        "credential_not_found",
        "You have no such credential. List your credentials to see which there are.",
    )


def browser_not_found() -> Problem:
    """Return the 404 for a browser that is not this credential's, or not any more."""
    return Problem(
        404,
        "browser_key_not_found",
        "This credential has no such browser. List your credentials to see which there are.",
    )


def unknown_payer() -> Problem:
    """Return the 404 for a payer that is not this merchant's, or not any more."""
    return Problem(
        404,
        "unknown_payer",
        "This merchant has no such payer. Ask the payer to allow the merchant again.",
    )


def too_many_credentials(most: int) -> Problem:
    """Return the 409 for a full wallet: the ids of all its credentials go into each request."""
    return Problem(
        409,
        "too_many_credentials",
        f"A wallet holds at most {most} credentials. Remove one first.",
    )


_NEW_TICKET = "Have a new one made, or let the person sign in to their wallet."


def unknown_ticket() -> Problem:
    """Return the 404 for a registration ticket that is none of ours, or that is long gone."""
    return Problem(404, "unknown_ticket", f"There is no such registration ticket. {_NEW_TICKET}")


def ticket_already_used() -> Problem:
    """Return the 409 for a registration ticket that is spent."""
    return Problem(
        409,
        "ticket_already_used",
        f"The registration ticket was used already, or tried too often. {_NEW_TICKET}",
    )


def ticket_expired() -> Problem:
    """Return the 410 for a registration ticket whose five minutes are over."""
    return Problem(410, "ticket_expired", f"The registration ticket has expired. {_NEW_TICKET}")
