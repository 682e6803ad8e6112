"""What is stored and what was told, beside the ledger."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.soak.consumer import Consumer
from bench.soak.difference import Difference, compare
from bench.soak.ledger import AccountTruth, Ledger, SessionTruth
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.users import subject_of
from countersign.identity.attempts import completed_at
from countersign.identity.session import Session
from countersign.installs.installation import Installation

_PAGE = 1000


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
    stored = {
        session.id: {
            "status": session.status,
            "error": (session.last_error or {}).get("code"),
            "user": session.user,
            "created": session.created,
            "checks": completed_at(session.reports),
        }
        for session in map(Session.from_item, _items(table, "session#"))
    }
    found = compare(
        truths,
        stored,
        lambda truth: {
            "status": truth.status,
            "error": truth.error,
            "user": truth.user,
            "created": truth.created,
            "checks": truth.checks,
        },
    )
    found.wrong += [f"{session_id} is nobody's" for session_id in stored.keys() - truths.keys()]
    return found


def _stored_accounts(table: Table, truths: Mapping[str, AccountTruth]) -> Difference:
    """Compare every account of the ledger with the item that is stored."""
    stored = {
        account.account_id: {"installed": account.stands, "user": account.user}
        for account in map(Installation.from_item, _items(table, "account#"))
    }
    return compare(truths, stored, lambda truth: {"installed": truth.installed, "user": truth.user})


def _told_sessions(consumer: Consumer, truths: Mapping[str, SessionTruth]) -> Difference:
    """Compare what a consumer has last heard of every session with the ledger."""
    heard = {subject: event["detail"]["data"] for subject, event in consumer.newest.items()}
    return compare(
        truths,
        heard,
        lambda truth: {
            "status": truth.status,
            "error": truth.error,
            "user_id": subject_of(truth.user),
        },
        lambda truth: truth.told,
    )


def _told_accounts(consumer: Consumer, truths: Mapping[str, AccountTruth]) -> Difference:
    """Compare what a consumer has last heard of every account with the ledger. Of an account that
    had been uninstalled before anybody heard of it, there was nothing to tell.
    """
    heard = {
        subject: {
            "installed": event["detail-type"] != "app.uninstalled",
            "user_id": event["detail"]["data"].get("user_id"),
        }
        for subject, event in consumer.newest.items()
    }
    return compare(
        truths,
        heard,
        lambda truth: {"installed": truth.installed, "user_id": subject_of(truth.user)},
        lambda truth: truth.installed,
    )


def _items(table: Table, prefix: str) -> Iterator[Item]:
    after = ""
    while True:
        items, after = table.scan(after, _PAGE)
        yield from (item for item in items if item["pk"].startswith(prefix))
        if not after:
            return
