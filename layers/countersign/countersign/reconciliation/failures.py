"""What fails of many objects that are taken one after the other: one of them, or all."""

from countersign.problems import Unavailable
from countersign.reconciliation.run import OutOfTime
from countersign.reconciliation.store import LeaseLost
from countersign.stripe_api.calls import StripeKeyRefused

MOST_UNSERVED = 3
"""Objects in a row that Stripe does not serve, after which the next run goes on."""


class Failures:
    """The failures of objects that are taken one after the other."""

    def __init__(self) -> None:
        self._unserved = 0

    def note_success(self) -> None:
        """Note that an object was served."""
        self._unserved = 0

    def is_of_one(self, error: Exception) -> bool:
        """Note a failure, and return whether it is that of one object, which must hold up no other.
        Time that is over, a lease that is lost, a key that is refused, storage that is away, and a
        Stripe that stays away concern all of them.
        """
        if isinstance(error, OutOfTime | LeaseLost | StripeKeyRefused):
            return False
        if isinstance(error, Unavailable):
            self._unserved += 1
            return error.code == "stripe_unavailable" and self._unserved < MOST_UNSERVED
        return True
