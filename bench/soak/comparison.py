"""What is stored and what was told, beside the ledger."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.soak.consumer import Consumer
from bench.soak.ledger import AccountTruth, Ledger, SessionTruth
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.users import subject_of
from countersign.identity.attempts import completed_at
from countersign.identity.session import Session
from countersign.installs.installation import Installation

_PAGE = 1000


@dataclass
class Difference:
    """Subjects that are not there at all (`lost`), and that are there otherwise than in the ledger
    (`wrong`), each with the reason; of `compared` ones.
    """

    compared: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def note(self, subject: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Compare one subject, member by member."""
        differing = [
            f"{name} is {found.get(name)!r}, not {value!r}"
            for name, value in expected.items()
            if found.get(name) != value
        ]
        if differing:
            self.wrong.append(f"{subject}: {', '.join(differing)}")

    def __add__(self, other: "Difference") -> "Difference":
        return Difference(
            self.compared + other.compared, self.lost + other.lost, self.wrong + other.wrong
        )

    def lines(self, most: int) -> list[str]:
        """Return the first of both, as lines."""
        return [f"lost {subject}" for subject in self.lost[:most]] + self.wrong[:most]


def compare_stored(
    dynamodb: Any, tables: Mapping[str, str], ledger: Ledger, issuer: str
) -> Difference:
    """Compare every session and account with what is stored; `tables` is a function's environment
    with their names.
    """
    identity = Table(tables["IDENTITY_TABLE"], dynamodb)
    installs = Table(tables["INSTALLS_TABLE"], dynamodb)
    return _stored_sessions(identity, ledger.session_truths(issuer)) + _stored_accounts(
        installs, ledger.account_truths(issuer)
    )


def compare_told(consumer: Consumer, ledger: Ledger, issuer: str) -> Difference:
    """Compare every session and account with what a consumer has last heard of it. A revision that
    was told in two ways is wrong.
    """
    torn = [f"{revision}: told in two ways" for revision in consumer.torn]
    return (
        _told_sessions(consumer, ledger.session_truths(issuer))
        + _told_accounts(consumer, ledger.account_truths(issuer))
        + Difference(wrong=torn)
    )


def _stored_sessions(table: Table, truths: Mapping[str, SessionTruth]) -> Difference:
    """Compare every session of the ledger with the item that is stored."""
    stored = {session.id: session for session in map(Session.from_item, _items(table, "session#"))}
    found = Difference(len(truths))
    for session_id, truth in truths.items():
        session = stored.get(session_id)
        if session is None:
            found.lost.append(session_id)
            continue
        expected = {
            "status": truth.status,
            "error": truth.error,
            "user": truth.user,
            "created": truth.created,
            "checks": truth.checks,
        }
        known = {
            "status": session.status,
            "error": (session.last_error or {}).get("code"),
            "user": session.user,
            "created": session.created,
            "checks": completed_at(session.reports),
        }
        found.note(session_id, expected, known)
    found.wrong += [f"{session_id} is nobody's" for session_id in stored.keys() - truths.keys()]
    return found


def _stored_accounts(table: Table, truths: Mapping[str, AccountTruth]) -> Difference:
    """Compare every account of the ledger with the item that is stored."""
    stored = {
        account.account_id: account
        for account in map(Installation.from_item, _items(table, "account#"))
    }
    found = Difference(len(truths))
    for account_id, truth in truths.items():
        account = stored.get(account_id)
        if account is None:
            found.lost.append(account_id)
            continue
        known = {"installed": account.stands, "user": account.user}
        found.note(account_id, {"installed": truth.installed, "user": truth.user}, known)
    return found


def _told_sessions(consumer: Consumer, truths: Mapping[str, SessionTruth]) -> Difference:
    """Compare what a consumer has last heard of every session with the ledger."""
    found = Difference(len(truths))
    for session_id, truth in truths.items():
        event = consumer.newest.get(session_id)
        if event is None:
            if truth.told:
                found.lost.append(session_id)
            continue
        data = event["detail"]["data"]
        expected = {
            "status": truth.status,
            "error": truth.error,
            "user_id": subject_of(truth.user),
        }
        found.note(session_id, expected, data)
    return found


def _told_accounts(consumer: Consumer, truths: Mapping[str, AccountTruth]) -> Difference:
    """Compare what a consumer has last heard of every account with the ledger. Of an account that
    had been uninstalled before anybody heard of it, there was nothing to tell.
    """
    found = Difference(len(truths))
    for account_id, truth in truths.items():
        event = consumer.newest.get(account_id)
        if event is None:
            if truth.installed:
                found.lost.append(account_id)
            continue
        is_uninstalled = event["detail-type"] == "app.uninstalled"
        known = {"installed": not is_uninstalled, "user_id": event["detail"]["data"]["user_id"]}
        expected = {"installed": truth.installed, "user_id": subject_of(truth.user)}
        found.note(account_id, expected, known)
    return found


def _items(table: Table, prefix: str) -> Iterator[Item]:
    after = ""
    while True:
        items, after = table.scan(after, _PAGE)
        yield from (item for item in items if item["pk"].startswith(prefix))
        if not after:
            return
