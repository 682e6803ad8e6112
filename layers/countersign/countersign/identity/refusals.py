"""What several calls of Identity refuse alike."""

from countersign.problems import Problem


def session_not_found() -> Problem:
    """Return 404: the session does not exist, or it belongs to another user."""
    return Problem(
        404,
        "verification_session_not_found",
        "The caller has no such verification session. Check its id, or create a session.",
    )


def verification_in_progress() -> Problem:
    """Return 409: Stripe is checking what the user has submitted."""
    return Problem(
        409,
        "verification_in_progress",
        "Stripe is still checking the last submission. Wait until the session's status changes.",
    )
