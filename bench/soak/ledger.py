"""The ledger: everything that is true at Stripe, and what has to be stored and told of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from bench.soak.lives import MOST_STEPS, Life, live_account, live_session
from bench.soak.players import LONGEST_PAUSE, Marks
from local.stand_in.state import Store

PER_SESSION, PER_ACCOUNT = 10, 200
"""One session for so many events, and one account."""
_LAST = 600
"""Seconds before now at which the last thing happened."""
_SPAN = 20 * 3600
"""Seconds within which sessions and accounts begin: each session ends within the last day."""
_UNHEARD = 24 * 3600
"""Seconds by which accounts are earlier. A day after an installation Stripe's list is looked at: no
other source shows an uninstallation of which no event came.
"""
_COMPLETES = ("requires_input", "verified")


@dataclass(frozen=True, slots=True)
class SessionTruth:
    """What a session is in the end. `checks` says when each report's check was completed; `told` is
    whether anything was ever to be told of it.
    """

    status: str
    error: str | None
    user: str
    created: int
    checks: dict[str, int]
    told: bool


@dataclass(frozen=True, slots=True)
class AccountTruth:
    """What an account is in the end: whose, whether our app is installed, and when that last began
    and ended, by Stripe's events.
    """

    user: str
    installed: bool
    authorized: int
    deauthorized: int | None


@dataclass(frozen=True)
class Ledger:
    """The lives of all sessions and accounts."""

    sessions: list[Life]
    accounts: list[Life]
    began: int
    """When the first of them began, in Unix seconds."""

    def session_truths(self, issuer: str) -> dict[str, SessionTruth]:
        """Return the truth of each session, by id."""
        return {life.id: _session_truth(life, issuer) for life in self.sessions}

    def account_truths(self, issuer: str) -> dict[str, AccountTruth]:
        """Return the truth of each account, by id."""
        return {life.id: _account_truth(life, issuer) for life in self.accounts}

    def lives(self) -> Iterator[Life]:
        yield from self.sessions
        yield from self.accounts


def make_ledger(
    events: int, seed: int, marks: Marks, now: int, progress: Callable[[int], None]
) -> Ledger:
    """Return a ledger of so many events of Stripe's, from the two days before `now`."""
    random = Random(seed)  # noqa: S311
    accounts = max(1, events // PER_ACCOUNT)
    of_accounts = [random.randint(1, MOST_STEPS - 1) for _ in range(accounts)]
    of_sessions = _shares(random, events - sum(of_accounts), max(1, events // PER_SESSION))
    latest = now - _LAST - MOST_STEPS * LONGEST_PAUSE
    orders = [
        (kind, random.getrandbits(64), last - random.randint(0, _SPAN - 1), number, size)
        for kind, last, sizes in (
            ("session", latest, of_sessions),
            ("account", latest - _UNHEARD, of_accounts),
        )
        for number, size in enumerate(sizes)
    ]
    lives: dict[str, list[Life]] = {"session": [], "account": []}
    done = 0
    # Not forked: this process has threads.
    with get_context("spawn").Pool(2) as pool:
        for kind, life in pool.imap_unordered(partial(_live, marks), orders, chunksize=50):
            lives[kind].append(life)
            done += len(life.sent)
            progress(done)
    began = min(sent.created for all_ in lives.values() for life in all_ for sent in life.sent)
    return Ledger(
        sorted(lives["session"], key=lambda life: life.subject),
        sorted(lives["account"], key=lambda life: life.subject),
        began,
    )


def write_down(ledger: Ledger, file: Path) -> None:
    """Put the ledger into the state file of the stand-in, which may be running."""
    moment = [0]
    store = Store(file, lambda: moment[0])
    documents = [document for life in ledger.lives() for document in life.documents]
    documents.sort(key=lambda document: document[2])
    for first in range(0, len(documents), 1000):
        with store.transaction():
            for kind, key, at, body in documents[first : first + 1000]:
                moment[0] = at
                store.put(kind, key, json.loads(body))
    store.close()


def _live(marks: Marks, order: tuple[str, int, int, int, int]) -> tuple[str, Life]:
    kind, seed, began, number, size = order
    random, subject = Random(seed), f"{kind}_user_{number:06d}"  # noqa: S311
    if kind == "account":
        return kind, live_account(random, began, f"Shop {number}", subject, size)
    return kind, live_session(random, began, marks, subject, size)


def _shares(random: Random, total: int, count: int) -> list[int]:
    """Return `count` numbers of events that make `total`; a few sessions have many, others few."""
    base, rest = divmod(total, count)
    shares = [base + (number < rest) for number in range(count)]
    for one in range(0, count - 1, 2):
        moved = random.randint(0, max(0, min(shares[one] - 1, MOST_STEPS - shares[one + 1])))
        shares[one] -= moved
        shares[one + 1] += moved
    return shares


def _session_truth(life: Life, issuer: str) -> SessionTruth:
    session = _document(life, "session")["object"]
    redacted = session["redaction"] is not None
    checks: dict[str, int] = {}
    kinds = []
    for sent in life.sent:
        event = json.loads(sent.body)
        kind = event["type"].rpartition(".")[2]
        kinds.append(kind)
        report = event["data"]["object"]["last_verification_report"]
        if report and kind in _COMPLETES:
            checks.setdefault(report, sent.created)
    return SessionTruth(
        status="redacted" if redacted else session["status"],
        error=(session["last_error"] or {}).get("code"),
        user=f"{issuer}#{life.subject}",
        created=session["created"],
        checks=checks,
        told=kinds != ["created"],
    )


def _account_truth(life: Life, issuer: str) -> AccountTruth:
    authorized, deauthorized = 0, None
    for sent in life.sent:
        if '"account.application.authorized"' in sent.body:
            authorized = sent.created
        else:
            deauthorized = sent.created
    installed = authorized > (deauthorized or 0)
    return AccountTruth(f"{issuer}#{life.subject}", installed, authorized, deauthorized)


def _document(life: Life, kind: str) -> dict[str, Any]:
    body = next(body for found, _, _, body in life.documents if found == kind)
    document: dict[str, Any] = json.loads(body)
    return document
