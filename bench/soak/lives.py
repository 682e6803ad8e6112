"""What happens at Stripe to one session and to one account, played on the stand-in.

Each life is played on a store of its own, whose clock is moved, so that every step is one that
Stripe allows, each event shows its object as it then was, and a redaction erases what it erases.

Two steps of a life are at least a second apart: Stripe's `created` has whole seconds and its ids no
order, so nobody could say in which order the events of one second happened. A session has fewer
checks than would end it (`MaxVerificationAttempts`), since an end that we cause is no history.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from local.stand_in import accounts, deliveries, installs, lifecycle, sessions
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.config import StandInConfig
from local.stand_in.events import AUTOMATIC
from local.stand_in.outcomes import BEFORE_ANY_CHECK, CHECK_FAILURES
from local.stand_in.state import Document, Store
from local.stripe_settings import STAND_IN_APP_ID, STAND_IN_APPLICATION_ID

LONGEST_PAUSE = 600
"""Seconds at most between two steps."""
MOST_STEPS = 20
_MOST_CHECKS = 4
_KEPT = ("session", "report", "event", "account", "install")
_LEFT = sorted(BEFORE_ANY_CHECK)

Step = Callable[["_SessionLife"], None]


@dataclass(frozen=True, slots=True)
class Marks:
    """What our metadata says of every session: the deployment and the issuer of its users."""

    deployment: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Sent:
    """An event as Stripe sends it: when it happened, the account of a connected one, the body."""

    created: int
    account: str | None
    id: str
    body: str


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


class _Recorder(Store):
    """A store in memory that keeps each event as it first was, and when each document came."""

    def __init__(self, clock: "_Clock") -> None:
        super().__init__(Path(":memory:"), clock)
        self.clock = clock
        self.sent: dict[str, Sent] = {}
        self.came: dict[tuple[str, str], int] = {}

    def put(self, kind: str, key: str, document: Document) -> None:
        self.came.setdefault((kind, key), self.clock.now)
        if kind == "event" and key not in self.sent:
            body = json.dumps(document, ensure_ascii=False)
            self.sent[key] = Sent(document["created"], document.get("account"), key, body)
        super().put(kind, key, document)

    def documents(self) -> list[tuple[str, str, int, str]]:
        return [
            (kind, key, self.came[kind, key], json.dumps(document))
            for kind in _KEPT
            for key, document in self.oldest_first(kind)
        ]


@dataclass(slots=True)
class _Clock:
    now: int

    def __call__(self) -> float:
        return float(self.now)


class _Player:
    """Somebody's side of Stripe, from a moment on."""

    def __init__(self, random: Random, began: int) -> None:
        self.random, self.clock = random, _Clock(began)
        self.store = _Recorder(self.clock)
        self.backend = Backend(_config(self.clock), self.store)
        # Nothing is owed to an endpoint: the soak delivers.
        deliveries.set_mode(self.backend, "drop")

    def rest(self) -> None:
        self.clock.now += self.random.randint(1, LONGEST_PAUSE)


class _SessionLife(_Player):
    """A session, and who goes through it."""

    def __init__(self, random: Random, began: int, marks: Marks, subject: str) -> None:
        super().__init__(random, began)
        self.checks = 0
        params: dict[str, Any] = {
            "type": "document",
            "client_reference_id": subject,
            "metadata": {
                "countersign": marks.deployment,
                "countersign_slot": "1.0",
                "countersign_issuer": marks.issuer,
                "user_id": subject,
            },
        }
        self.answer = sessions.create(self.backend, Call({}, params, False, AUTOMATIC, None))
        self.stored = lifecycle.load(self.backend, self.answer["id"])

    def submit(self) -> None:
        self.checks += 1
        self.rest()
        lifecycle.submit(self.backend, self.stored)

    def verify(self) -> None:
        self.rest()
        lifecycle.verify(self.backend, self.stored)

    def fail(self) -> None:
        self.rest()
        lifecycle.fail(self.backend, self.stored, self.random.choice(CHECK_FAILURES))

    def leave(self) -> None:
        """The person goes before anything is checked."""
        self.rest()
        lifecycle.fail(self.backend, self.stored, self.random.choice(_LEFT))

    def cancel(self) -> None:
        self.rest()
        lifecycle.cancel(self.backend, self.stored)

    def redact(self) -> None:
        self.rest()
        lifecycle.begin_redaction(self.backend, self.stored, AUTOMATIC)
        self.rest()
        lifecycle.finish_redaction(self.backend, self.stored)


_VERIFIED: tuple[Step, ...] = (_SessionLife.submit, _SessionLife.verify)
_OVERRIDDEN = (*_VERIFIED, _SessionLife.fail)
_ENDS: tuple[tuple[int, int, tuple[Step, ...]], ...] = (
    # how often in a hundred, the events it makes, and its steps
    (4, 0, ()),
    (3, 1, (_SessionLife.submit,)),
    (60, 2, _VERIFIED),
    (12, 1, (_SessionLife.cancel,)),
    (3, 3, _OVERRIDDEN),
    (6, 5, (*_OVERRIDDEN, *_VERIFIED)),
    (6, 3, (*_VERIFIED, _SessionLife.redact)),
    (6, 2, (_SessionLife.redact,)),
)
"""How a session ends."""


def live_session(random: Random, began: int, marks: Marks, subject: str, events: int) -> Life:
    """Return the life of a session that makes so many events."""
    player = _SessionLife(random, began, marks, subject)
    fitting = [end for end in _ENDS if end[1] < events]
    _, size, steps = random.choices(fitting, [often for often, _, _ in fitting])[0]
    left = events - 1 - size
    checks = _MOST_CHECKS - steps.count(_SessionLife.submit)
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
    player = _Player(random, began)
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


def _life(player: _Player, object_id: str, subject: str) -> Life:
    store = player.store
    life = Life(object_id, subject, store.documents(), list(store.sent.values()))
    store.close()
    return life


def _config(clock: _Clock) -> StandInConfig:
    return StandInConfig(
        public_url="http://localhost",
        webhook_url="http://localhost/webhook",
        account_secret="",
        connect_secret="",
        state_file=Path(":memory:"),
        app_id=STAND_IN_APP_ID,
        application_id=STAND_IN_APPLICATION_ID,
        app_secrets=(),
        redirect_uris=(),
        clock=clock,
    )
