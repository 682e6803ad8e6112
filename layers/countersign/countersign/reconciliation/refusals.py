"""What the calls of reconciliation refuse."""

from countersign.problems import Problem

WAIT = 60
"""Seconds after which to call again for a run that has no room."""


def too_many_runs() -> Problem:
    """Return the 429 for a run while many others wait."""
    return Problem(
        429,
        "too_many_requests",
        "Many reconciliations wait already. Wait until they have ended, and ask for a longer time"
        " at once.",
        headers={"Retry-After": str(WAIT)},
    )


def run_not_found() -> Problem:
    """Return the 404 for a run that there is not, or is no more."""
    return Problem(
        404,
        "reconciliation_not_found",
        "There is no reconciliation with this id. Runs are kept for 30 days; use the id that"
        " POST /reconciliations returned.",
    )
