"""What happens at Stripe to one session and to one account, played on the stand-in.

Each life is played on a store of its own, whose clock is moved, so that every step is one that
Stripe allows, each event shows its object as it then was, and a redaction erases what it erases.

Two steps of a life are at least a second apart: Stripe's `created` has whole seconds and its ids no
order, so nobody could say in which order the events of one second happened. A session has fewer
checks than would end it (`MaxVerificationAttempts`), since an end that we cause is no history.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from bench.soak.players import Marks, Player, Sent, SessionPlayer
from local.stand_in import accounts, installs
from local.stand_in.state import Document

MOST_STEPS = 20
_MOST_CHECKS = 4

Step = Callable[[SessionPlayer], None]


@dataclass(frozen=True, slots=True)
class Install:
    """A callback that Stripe signed: which of its users installed our app, and when."""

    account: str
    installed_by: str
    at: int


@dataclass(slots=True)
class Life:
    """What Stripe has in the end (`documents`, each with kind, key and moment), what it sent, and
    what it answered: the creation of a session, or the callbacks of an account.
    """

    id: str
    subject: str
    documents: list[tuple[str, str, int, str]]
    sent: list[Sent]
    answer: Document | None = None
    callbacks: list[Install] = field(default_factory=list)


_VERIFIED: tuple[Step, ...] = (SessionPlayer.submit, SessionPlayer.verify)
_OVERRIDDEN = (*_VERIFIED, SessionPlayer.fail)
_ENDS: tuple[tuple[int, int, tuple[Step, ...]], ...] = (
    # how often in a hundred, the events it makes, and its steps
    (4, 0, ()),
    (3, 1, (SessionPlayer.submit,)),
    (60, 2, _VERIFIED),
    (12, 1, (SessionPlayer.cancel,)),
    (3, 3, _OVERRIDDEN),
    (6, 5, (*_OVERRIDDEN, *_VERIFIED)),
    (6, 3, (*_VERIFIED, SessionPlayer.redact)),
    (6, 2, (SessionPlayer.redact,)),
)
"""How a session ends."""


def live_session(random: Random, began: int, marks: Marks, subject: str, events: int) -> Life:
    """Return the life of a session that makes so many events."""
    player = SessionPlayer(random, began, marks, subject)
    fitting = [end for end in _ENDS if end[1] < events]
    _, size, steps = random.choices(fitting, [often for often, _, _ in fitting])[0]
    left = events - 1 - size
    checks = _MOST_CHECKS - steps.count(SessionPlayer.submit)
    while left > 0:
        if left > 1 and player.checks < checks and random.random() < 0.6:
            player.submit()
            player.fail()
            left -= 2
        else:
            player.leave()
            left -= 1
    for step in steps:
        step(player)
    life = _life(player, player.stored["object"]["id"], subject)
    life.answer = player.answer
    return life


def live_account(random: Random, began: int, name: str, subject: str, events: int) -> Life:
    """Return the life of an account on which our app is installed and uninstalled, in turns."""
    player = Player(random, began)
    account = accounts.add(player.backend, name)
    callbacks = []
    for number in range(events):
        player.rest()
        if number % 2 == 0:
            installs.add(player.backend, account, livemode=False)
            callbacks.append(Install(account.id, account.user, player.clock.now))
        else:
            install = installs.find(player.backend, account.id, livemode=False)
            assert install is not None
            installs.remove(player.backend, install)
    life = _life(player, account.id, subject)
    life.callbacks = callbacks
    return life


def _life(player: Player, object_id: str, subject: str) -> Life:
    store = player.store
    life = Life(object_id, subject, store.documents(), list(store.sent.values()))
    store.close()
    return life
