"""What the calls of reconciliation refuse."""

from countersign.problems import Problem


def run_not_found() -> Problem:
    """Return the 404 for a run that there is not, or is no more."""
    return Problem(
        404,
        "reconciliation_not_found",
        "There is no reconciliation with this id. Runs are kept for 30 days; use the id that"
        " POST /reconciliations returned.",
    )
