"""Reads of objects one after the other, of which one that fails holds up no other."""

from collections.abc import Callable

from countersign.aws.telemetry import count, logger
from countersign.problems import Problem
from countersign.reconciliation.failures import Failures
from countersign.reconciliation.run import Run
from countersign.stripe_api.calls import StripeRefused


class Attempts:
    """Reads of objects one after the other, of which one that fails holds up no other."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._failures = Failures()

    def make(self, name: str, read: Callable[[], int | None]) -> None:
        """Read an object and count it, with the repairs that are returned; `None` counts nothing.

        Raises what concerns more than this object (see `Failures`).
        """
        run = self._run
        run.check_time()
        try:
            repaired = read()
        except Exception as error:  # an object that always fails must not stop the rest
            if not self._failures.is_of_one(error):
                raise
            _log(name, error)
            return
        self._failures.note_success()
        if repaired is None:
            return
        run.found()
        if repaired:
            run.repaired(int(repaired))
            logger.info("repaired", extra={"object": name})


def _log(name: str, error: Exception) -> None:
    """Log an object that cannot be read, and count it unless Stripe or a rule refused it."""
    extra = {"object": name}
    if isinstance(error, Problem | StripeRefused):
        logger.warning("an object that is due cannot be read", extra=extra | {"code": error.code})
        return
    logger.exception("an object that is due cannot be read", extra=extra)
    count("ReconciliationFailed")
