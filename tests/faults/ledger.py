"""What is stored, held against what the stand-in for Stripe holds true."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from countersign.aws.items import Item, StoredForm
from countersign.identity.attempts import completed_at
from countersign.identity.session import Session, session_key
from countersign.installs.installation import Installation, account_key
from tests.faults.cast import Cast
from tests.faults.stage import STAND_IN, Stage

_FORM = StoredForm(livemode=False)


@dataclass(frozen=True)
class Differences:
    """What the tables lack of what Stripe holds true, and what was done twice there or here."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()

    def __add__(self, other: "Differences") -> "Differences":
        return Differences(self.lost + other.lost, self.doubled + other.doubled)


def compare(cast: Cast) -> Differences:
    """The differences for the people of one fault."""
    ledger = cast.stage.ledger()
    sessions = _sessions_of(cast, ledger["verification_sessions"])
    lost = [text for session in sessions for text in _lost_of_session(cast.stage, session)]
    for account, installed in standing(cast).items():
        lost += _lost_of_account(cast.stage, account, installed)
    return Differences(tuple(lost), tuple(_doubled(sessions)))


def truths(cast: Cast) -> dict[str, str]:
    """The status of each session of the cast, as Stripe has it."""
    sessions = _sessions_of(cast, cast.stage.ledger()["verification_sessions"])
    return {session["id"]: _status(session) for session in sessions}


def standing(cast: Cast) -> dict[str, bool]:
    """Whether each account of the cast has the app installed at Stripe."""
    installs = cast.stage.ledger()["installs"]
    installed = {entry["account"] for entry in installs if not entry["livemode"]}
    return {merchant.account: merchant.account in installed for merchant in cast.merchants}


def stored(stage: Stage, table: str, key: str) -> Item | None:
    """An item as it is stored now, read past every proxy."""
    answer = stage.client("dynamodb").get_item(
        TableName=stage.tables[table], Key=_FORM.key(key), ConsistentRead=True
    )
    return _FORM.plain(answer["Item"]) if "Item" in answer else None


def _sessions_of(cast: Cast, sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        session
        for session in sessions
        if session["id"] in cast.sessions or session["client_reference_id"] in cast.users
    ]


def _lost_of_session(stage: Stage, truth: dict[str, Any]) -> Iterator[str]:
    name = truth["id"]
    item = stored(stage, "IdentityTable", session_key(name))
    if item is None:
        yield f"{name} is not stored"
        return
    session = Session.from_item(item)
    status = _status(truth)
    error = None if status == "redacted" else (truth["last_error"] or {}).get("code")
    if (session.status, (session.last_error or {}).get("code")) != (status, error):
        yield f"{name} is stored as {session.status}, {session.last_error}, not {status}, {error}"
    if lacking := _reports(stage, name) - set(completed_at(session.reports)):
        yield f"{name} lacks {len(lacking)} checks"


def _status(session: dict[str, Any]) -> str:
    redacted = (session["redaction"] or {}).get("status") == "redacted"
    return "redacted" if redacted else str(session["status"])


def _reports(stage: Stage, session_id: str) -> set[str]:
    answer: httpx.Response = stage.service.http.get(
        f"{STAND_IN}/v1/identity/verification_reports",
        params={"verification_session": session_id, "limit": 100},
        headers={"Authorization": "Bearer sk_test_reader"},
    )
    return {report["id"] for report in answer.json()["data"]}


def _lost_of_account(stage: Stage, account_id: str, installed: bool) -> Iterator[str]:
    item = stored(stage, "InstallsTable", account_key(account_id))
    account = Installation.from_item(item) if item else Installation(account_id)
    if account.stands != installed:
        yield f"{account_id} stands: {account.stands}, at Stripe: {installed}"
    elif installed and not account.is_confirmed:
        yield f"{account_id} is not confirmed"


def _doubled(sessions: list[dict[str, Any]]) -> Iterator[str]:
    """Two sessions that a user opened where one was meant: of the same attempt, or both open."""
    attempts = Counter(
        (session["client_reference_id"], session["metadata"]["countersign_slot"].split(".")[0])
        for session in sessions
        if session["metadata"].get("countersign_slot")
    )
    yield from (f"{user} has {n} sessions" for (user, _), n in attempts.items() if n > 1)
