"""The soak itself: its ledger is what everything that arrives ends in, and it notices what is not."""

import json
from random import Random
from typing import Any

import pytest

from bench.soak.comparison import compare_stored, compare_told
from bench.soak.consumer import Consumer
from bench.soak.deliveries import make_plan
from bench.soak.ledger import Ledger
from bench.soak.lives import Life, live_account, live_session
from bench.soak.players import Marks
from countersign.aws.table import Table
from countersign.domain_events.domain_event import detail_of
from countersign.domain_events.told import told
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import store_snapshot
from countersign.installs.claim_changes import claim_changes
from countersign.installs.installation import NewInstallation
from countersign.installs.store import load, record_authorized, record_uninstalled
from countersign.stripe_api.event_order import moment
from countersign.stripe_api.events import event_of
from tests.support.clock import START
from tests.support.exhaustive import exhaustive
from tests.support.quick_dynamodb import QuickDynamoDB

ISSUER = "0" * 16
MARKS = Marks("bench", ISSUER)
TABLES = {"IDENTITY_TABLE": "identity", "INSTALLS_TABLE": "installs"}


def ledger_of(lives: int) -> Ledger:
    """So many sessions, and some accounts."""
    sessions = [
        live_session(Random(n), START, MARKS, f"user_{n}", 2 + n % 16) for n in range(lives)
    ]
    accounts = [
        live_account(Random(n), START, "Shop", f"owner_{n}", 1 + n % 6)
        for n in range(lives // 8 + 1)
    ]
    return Ledger(sessions, accounts, START)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return ledger_of(16)


class Business:
    """What is stored of all that arrives, and a consumer of what that tells."""

    def __init__(self) -> None:
        self.dynamodb: Any = QuickDynamoDB("identity", "installs")
        self.identity = Table("identity", self.dynamodb)
        self.installs = Table("installs", self.dynamodb)
        self.consumer = Consumer()

    def take(self, parcel: dict[str, Any]) -> None:
        {"webhook": self._webhook, "answer": self._answer, "callback": self._callback}[
            parcel["kind"]
        ](parcel)

    def tell(self, table: Any, pk: str, before: Any) -> None:
        after = getattr(self, table).get(pk)
        event = told(table, before, after, START) if after != before else None
        if event:
            detail = detail_of(
                event,
                version=1,
                deployment="d",
                livemode=False,
                epoch=0,
                published_at=0,
                replayed=False,
            )
            self.consumer.receive({"detail-type": event.type, "detail": detail})

    def _webhook(self, parcel: dict[str, Any]) -> None:
        event = event_of(json.loads(parcel["body"]))
        if event.account is None:
            self._store(Snapshot.from_event(event))
            return
        pk = f"account#{event.account}"
        before = self.installs.get(pk)
        is_new = event.type.endswith(".authorized")
        record = record_authorized if is_new else record_uninstalled
        record(self.installs, event.account, moment(event.created, event.id))
        self.tell("installs", pk, before)

    def _answer(self, parcel: dict[str, Any]) -> None:
        self._store(Snapshot.from_read(parcel["session"], None))

    def _store(self, snapshot: Snapshot) -> None:
        pk = f"session#{snapshot.id}"
        before = self.identity.get(pk)
        store_snapshot(self.identity, snapshot)
        self.tell("identity", pk, before)

    def _callback(self, parcel: dict[str, Any]) -> None:
        pk = f"account#{parcel['account']}"
        user = f"{ISSUER}#{parcel['subject']}"
        new = NewInstallation(user, parcel["account"], parcel["by"], parcel["at"])
        before = self.installs.get(pk)
        if changes := claim_changes(self.installs, load(self.installs, parcel["account"]), new):
            self.installs.transact(changes)
        self.tell("installs", pk, before)


def delivered(ledger: Ledger, seed: int, without: str = "") -> Business:
    business = Business()
    for parcel in make_plan(ledger, seed, dropped=0).parcels:
        if without != parcel.get("id"):
            business.take(parcel)
    return business


@pytest.mark.parametrize(("seed", "lives"), [(0, 16), *(exhaustive(n, 60) for n in range(1, 5))])
def test_what_arrives_in_any_order_ends_in_the_ledger(seed: int, lives: int) -> None:
    ledger = ledger_of(lives)
    business = delivered(ledger, seed)
    stored = compare_stored(business.dynamodb, TABLES, ledger, ISSUER)
    heard = compare_told(business.consumer, ledger, ISSUER)
    assert (stored.lost, stored.wrong) == ([], [])
    assert (heard.lost, heard.wrong) == ([], [])
    assert stored.compared == heard.compared == len(ledger.sessions) + len(ledger.accounts)


def lives_with_an_end(ledger: Ledger) -> list[Life]:
    return [life for life in ledger.sessions if '"status": "verified"' in life.sent[-1].body]


def test_an_event_that_never_arrived_is_noticed(ledger: Ledger) -> None:
    life = lives_with_an_end(ledger)[0]
    business = delivered(ledger, 1, without=life.sent[-1].id)
    [wrong] = compare_stored(business.dynamodb, TABLES, ledger, ISSUER).wrong
    assert wrong.startswith(life.id)
    [unheard] = compare_told(business.consumer, ledger, ISSUER).wrong
    assert unheard.startswith(life.id)


def test_a_session_that_is_not_stored_and_one_that_is_not_told_are_noticed(ledger: Ledger) -> None:
    life = lives_with_an_end(ledger)[0]
    business = delivered(ledger, 1)
    del business.dynamodb.rows[f"session#{life.id}"]
    del business.consumer.newest[life.id]
    assert compare_stored(business.dynamodb, TABLES, ledger, ISSUER).lost == [life.id]
    assert compare_told(business.consumer, ledger, ISSUER).lost == [life.id]


def test_a_revision_that_is_told_in_two_ways_is_noticed(ledger: Ledger) -> None:
    business = delivered(ledger, 1)
    event = json.loads(json.dumps(next(iter(business.consumer.newest.values()))))
    business.consumer.receive(event)
    assert business.consumer.torn == []
    event["detail"]["data"]["user_id"] = "somebody_else"
    business.consumer.receive(event)
    [wrong] = compare_told(business.consumer, ledger, ISSUER).wrong
    assert "in two ways" in wrong
