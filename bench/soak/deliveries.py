"""In which order everything arrives, how often, and what never does.

Most of what Stripe sends comes a little late, some of it much later, and a part at any time at all:
a webhook that is sent again, a queue that was stuck, an endpoint that was down.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bench.soak.ledger import Ledger

DOUBLED, DROPPED, ANSWERS_LOST = 0.20, 0.01, 0.10
"""The parts of all events that come twice and never, and of all sessions whose creation we never
heard of: their first event is of a session that is not known.
"""
_LATENESS = ((0.70, 30), (0.25, 2_000))
"""How many deliveries late: seven in ten up to 30, a quarter up to 2,000, the rest any number."""

Parcel = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What arrives, in this order; which events never do; which sessions our own table knows from
    their creation.
    """

    parcels: list[Parcel]
    dropped: frozenset[str]
    doubled: int


def make_plan(
    ledger: Ledger, seed: int, *, doubled: float = DOUBLED, dropped: float = DROPPED
) -> Plan:
    """Return what arrives, and when."""
    random = Random(seed + 1)  # noqa: S311
    happened = sorted(_happened(ledger, random), key=lambda each: each[0])
    events = [parcel["id"] for _, parcel in happened if parcel["kind"] == "webhook"]
    never = frozenset(random.sample(events, round(len(events) * dropped)))
    kept = [parcel for _, parcel in happened if parcel.get("id") not in never]
    arriving = [event for event in events if event not in never]
    twice = frozenset(random.sample(arriving, round(len(events) * doubled)))
    late: list[tuple[float, Parcel]] = []
    for position, parcel in enumerate(kept):
        for _ in range(2 if parcel.get("id") in twice else 1):
            late.append((_arrival(random, position, len(kept)), parcel))
    late.sort(key=lambda each: each[0])
    return Plan([parcel for _, parcel in late], never, len(twice))


def write_parcels(parcels: list[Parcel], file: Path) -> None:
    """Write one parcel a line."""
    with file.open("w", encoding="utf-8") as lines:
        for parcel in parcels:
            lines.write(json.dumps(parcel) + "\n")


def _happened(ledger: Ledger, random: Random) -> Iterator[tuple[int, Parcel]]:
    """Return what happened and when: events, answers to our own calls, and callbacks."""
    for life in ledger.lives():
        for sent in life.sent:
            secret = 0 if sent.account is None else 1
            yield sent.created, _webhook(sent.id, secret, sent.body)
        if life.answer is not None and random.random() >= ANSWERS_LOST:
            yield life.sent[0].created, {"kind": "answer", "session": life.answer}
        for install in life.callbacks:
            told = {"account": install.account, "by": install.installed_by, "at": install.at}
            yield install.at, {"kind": "callback", "subject": life.subject, **told}


def _webhook(event_id: str, secret: int, body: str) -> Parcel:
    return {"kind": "webhook", "id": event_id, "secret": secret, "body": body}


def _arrival(random: Random, position: int, count: int) -> float:
    chance = random.random()
    for part, most in _LATENESS:
        if chance < part:
            return position + random.random() * most
        chance -= part
    return random.random() * count
