"""What the bus told of the people of a fault, held against the streams of the tables, and a consumer
that follows docs/events.md.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from countersign.aws.items import Item, StoredForm
from countersign.domain_events.domain_event import REVISIONS
from countersign.domain_events.told import TableName, told
from local.lock import read_run
from local.streams import tails
from tests.faults.cast import Cast
from tests.faults.ledger import Differences, standing, truths
from tests.faults.stage import Stage

Event = dict[str, Any]
Key = tuple[str, int, str]
"""A subject, its item's own revision, and the type."""

_TABLES: dict[str, TableName] = {"IdentityTable": "identity", "InstallsTable": "installs"}
_FORM = StoredForm(livemode=False)
_WAIT = 20
"""Seconds for which an event may still be on its way when everything else has settled."""


def compare_told(cast: Cast, *, forgotten: bool, reordered: bool) -> Differences:
    """What was never told, and what was told wrongly. What the stream has `forgotten` is not told but
    for the present state, which the consumer has; what was put aside is told late, and `reordered`.
    """
    wanted = set() if forgotten else owed(cast.stage, cast.subjects())
    heard = _wait_for(cast, wanted)
    lost = [f"{key} was never told" for key in sorted(wanted - set(map(_key, heard)))]
    lost += _unknown_to_a_consumer(cast, heard)
    falling = () if reordered else _falling(heard)
    # After a restore, what was told before is told again in another epoch.
    too_many = () if forgotten else _too_many(cast, heard)
    return Differences(tuple(lost), (*_at_odds(heard), *falling, *too_many))


def owed(stage: Stage, subjects: set[str]) -> set[Key]:
    """The events that the changes of the subjects' items tell, by the streams of the tables."""
    return {
        (event.subject, event.revision, event.type)
        for table, record in _records(stage)
        if _subject(record) in subjects
        and (event := told(table, *_images(record), _second(record))) is not None
    }


def heard_of(stage: Stage, subjects: set[str]) -> list[Event]:
    """What a rule on the bus has put into a queue about the subjects, in the order of arrival."""
    headers = {"Accept": "application/json"}
    data = stage.service.http.get("/_local/events", headers=headers).json()["data"]
    return [event for event in data if event["detail"]["subject"] in subjects]


@dataclass(frozen=True)
class Known:
    """What a consumer keeps of a subject: the event with the highest revision."""

    revision: int
    told: str
    data: dict[str, Any]


def consume(heard: list[Event]) -> dict[str, Known]:
    """What a consumer knows after these events: the rule of docs/events.md."""
    known: dict[str, Known] = {}
    for event in heard:
        detail = event["detail"]
        stored = known.get(detail["subject"])
        if stored is None or stored.revision < detail["revision"]:
            known[detail["subject"]] = Known(
                detail["revision"], event["detail-type"], detail["data"]
            )
    return known


def _wait_for(cast: Cast, wanted: set[Key]) -> list[Event]:
    ends_at = time.monotonic() + _WAIT
    subjects = cast.subjects()
    while True:
        heard = heard_of(cast.stage, subjects)
        is_done = wanted <= set(map(_key, heard)) and not list(_unknown_to_a_consumer(cast, heard))
        if is_done or time.monotonic() > ends_at:
            return heard
        time.sleep(0.1)


def _unknown_to_a_consumer(cast: Cast, heard: list[Event]) -> Iterator[str]:
    """What the ledger holds true and a consumer does not know. A session that nobody has touched yet
    is told to nobody.
    """
    known = consume(heard)
    for session, status in truths(cast).items():
        found = known[session].data["status"] if session in known else "requires_input"
        if found != status:
            yield f"a consumer takes {session} for {found}, not {status}"
    for account, installed in standing(cast).items():
        holds = account in known and known[account].told != "app.uninstalled"
        if holds != installed:
            yield f"a consumer takes {account} for installed: {holds}, at Stripe: {installed}"


def _at_odds(heard: list[Event]) -> Iterator[str]:
    """Two different things told under one revision, or one thing under two ids."""
    seen: dict[tuple[str, int], tuple[object, ...]] = {}
    for event in heard:
        detail = event["detail"]
        content = (event["detail-type"], detail["id"], detail["occurred_at"], str(detail["data"]))
        first = seen.setdefault((detail["subject"], detail["revision"]), content)
        if first != content:
            yield f"{detail['subject']} has two events of revision {detail['revision']}"


def _falling(heard: list[Event]) -> Iterator[str]:
    """A revision that was told for the first time after a higher one of its subject."""
    highest: dict[str, int] = defaultdict(int)
    seen: set[tuple[str, int]] = set()
    for event in heard:
        subject, revision = event["detail"]["subject"], event["detail"]["revision"]
        if revision < highest[subject] and (subject, revision) not in seen:
            yield f"{subject} fell from revision {highest[subject]} to {revision}"
        seen.add((subject, revision))
        highest[subject] = max(highest[subject], revision)


def _too_many(cast: Cast, heard: list[Event]) -> Iterator[str]:
    """A verification that was told under more revisions than Stripe has verified it."""
    told_as: dict[str, set[int]] = defaultdict(set)
    for event in heard:
        if event["detail-type"] == "identity.verified":
            told_as[event["detail"]["subject"]].add(event["detail"]["revision"] % REVISIONS)
    for session, revisions in told_as.items():
        happened = [e for e in cast.events(session) if str(e["type"]).endswith(".verified")]
        if len(revisions) > len(happened):
            yield f"{session} was verified {len(happened)} times and told {len(revisions)} times"


def _key(event: Event) -> Key:
    detail = event["detail"]
    return detail["subject"], detail["revision"] % REVISIONS, event["detail-type"]


def _records(stage: Stage) -> Iterator[tuple[TableName, dict[str, Any]]]:
    names = {stage.tables[name]: table for name, table in _TABLES.items()}
    for tail in tails(read_run(stage.service.home)["emulator_port"]):
        table = tail.source.arn.partition(":table/")[2].partition("/")[0]
        if table in names:
            yield from ((names[table], record) for record in tail.new_records())


def _subject(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["Keys"]["pk"]["S"].partition("#")[2])


def _images(record: dict[str, Any]) -> tuple[Item | None, Item | None]:
    change = record["dynamodb"]
    before, after = change.get("OldImage"), change.get("NewImage")
    return before and _FORM.plain(before), after and _FORM.plain(after)


def _second(record: dict[str, Any]) -> int:
    return int(record["dynamodb"]["ApproximateCreationDateTime"].timestamp())
