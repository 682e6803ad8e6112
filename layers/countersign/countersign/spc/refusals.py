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
