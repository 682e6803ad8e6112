"""The refusals about what a payer owns, each made in one place. Pure.

Those of an answer that does not verify are in `protocol/refusals`.
"""

from countersign.problems import Problem


def credential_not_found() -> Problem:
    """404: not a credential of this user, or not any more."""
    return Problem(
        404,
        "credential_not_found",
        "You have no such credential. List your credentials to see which there are.",
    )


def browser_not_found() -> Problem:
    """404: not a browser of this credential, or not any more."""
    return Problem(
        404,
        "browser_key_not_found",
        "This credential has no such browser. List your credentials to see which there are.",
    )


def unknown_payer() -> Problem:
    """404: not a payer of this merchant, or not any more."""
    return Problem(
        404,
        "unknown_payer",
        "This merchant has no such payer. Ask the payer to allow the merchant again.",
    )


def too_many_credentials(most: int) -> Problem:
    """409: the wallet is full, since the ids of all its credentials go into each request."""
    return Problem(
        409,
        "too_many_credentials",
        f"A wallet holds at most {most} credentials. Remove one first.",
    )
