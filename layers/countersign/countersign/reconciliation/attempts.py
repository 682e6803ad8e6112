"""Reads of objects one after the other, of which one that fails holds up no other."""

from collections.abc import Callable

from countersign.aws.telemetry import count, logger
from countersign.problems import Problem, Unavailable
from countersign.reconciliation.run import OutOfTime, Run
from countersign.reconciliation.store import LeaseLost
from countersign.stripe_api.calls import StripeKeyRefused, StripeRefused

MOST_FAILURES = 3
"""Failures of Stripe's in a row after which the next run goes on."""


class Attempts:
    """Reads of objects one after the other, of which one that fails holds up no other."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._failures = 0

    def make(self, name: str, read: Callable[[], int | None]) -> None:
        """Read an object and count it, with the repairs that are returned; `None` counts nothing.

        Raises what concerns more than this object: `OutOfTime`, `LeaseLost`, `StripeKeyRefused`,
        `Unavailable` of storage and, when it goes on, of Stripe.
        """
        run = self._run
        run.check_time()
        try:
            repaired = read()
        except (OutOfTime, LeaseLost, StripeKeyRefused):
            raise
        except Unavailable as unavailable:
            self._failures += 1
            if unavailable.code != "stripe_unavailable" or self._failures >= MOST_FAILURES:
                raise
            return
        except (Problem, StripeRefused) as refused:
            extra = {"object": name, "code": refused.code}
            logger.warning("an object that is due cannot be read", extra=extra)
            return
        except Exception:  # noqa: BLE001  an object that always fails must not stop those behind it
            logger.exception("an object that is due cannot be read", extra={"object": name})
            count("ReconciliationFailed")
            return
        self._failures = 0
        if repaired is None:
            return
        run.found()
        if repaired:
            run.repaired(int(repaired))
            logger.info("repaired", extra={"object": name})
