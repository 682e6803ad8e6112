"""What every part of the stand-in works on."""

from dataclasses import dataclass, field

from local.stand_in.config import StandInConfig
from local.stand_in.state import Store

DAY = 24 * 3600

# How long each kind of document is of use; Stripe keeps events for 30 days and idempotency keys
# for one.
_LIFETIMES = {
    "client_secret": 2 * DAY,
    "url": 3 * DAY,
    "visit": 3 * DAY,
    "idempotency": 2 * DAY,
    "request": 30 * DAY,
    "event": 31 * DAY,
    "delivery": 31 * DAY,
}


@dataclass(frozen=True)
class Backend:
    """One Stripe account in test mode: its settings, what it stores, the idempotency keys whose
    first request is still running, and the objects that a request is changing.
    """

    config: StandInConfig
    store: Store
    running: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)

    def now(self) -> float:
        return self.config.clock()

    def forget_the_old(self) -> None:
        """Drop what has outlived its use; called once at the start."""
        with self.store.transaction():
            for kind, seconds in _LIFETIMES.items():
                self.store.prune(kind, seconds)


def open_backend(config: StandInConfig) -> Backend:
    """Raise ValueError when the state file is not one of ours."""
    backend = Backend(config, Store(config.state_file, config.clock))
    backend.forget_the_old()
    return backend
