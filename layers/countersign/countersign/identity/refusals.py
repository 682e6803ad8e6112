"""The refusals that several calls of Identity share. Pure."""

from countersign.problems import Problem


def session_not_found() -> Problem:
    """Return the 404 for a session that does not exist, or that belongs to another user."""
    return Problem(
        404,
        "verification_session_not_found",
        "The caller has no such verification session. Check its id, or create a session.",
    )


def verification_in_progress() -> Problem:
    """Return the 409 for a session whose submission Stripe is still checking."""
    return Problem(
        409,
        "verification_in_progress",
        "Stripe is still checking the last submission. Wait until the session's status changes.",
    )
