"""Who does what at Stripe: the players of the lives, each on a stand-in of their own."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from local.stand_in import deliveries, lifecycle, sessions
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.config import StandInConfig
from local.stand_in.events import AUTOMATIC
from local.stand_in.outcomes import BEFORE_ANY_CHECK, CHECK_FAILURES
from local.stand_in.state import Document, Store
from local.stripe_settings import STAND_IN_APP_ID, STAND_IN_APPLICATION_ID

LONGEST_PAUSE = 600
"""Seconds at most between two steps."""
_KEPT = ("session", "report", "event", "account", "install")
_LEFT = sorted(BEFORE_ANY_CHECK)


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


class Player:
    """Somebody's side of Stripe, from a moment on."""

    def __init__(self, random: Random, began: int) -> None:
        self.random, self.clock = random, _Clock(began)
        self.store = _Recorder(self.clock)
        self.backend = Backend(_config(self.clock), self.store)
        # Nothing is owed to an endpoint: the soak delivers.
        deliveries.set_mode(self.backend, "drop")

    def rest(self) -> None:
        self.clock.now += self.random.randint(1, LONGEST_PAUSE)


class SessionPlayer(Player):
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
