"""The function of `examples/verified_mail`: one mail for each verified person, whatever comes twice, late,
again or in another order, and wherever it died.
"""

import json
import random
from dataclasses import dataclass
from itertools import count
from types import ModuleType
from typing import Any

import boto3
import pytest

from tests.support.verified_mail import event, load_app

_numbers = count(1)


@dataclass(frozen=True)
class Consumer:
    """The function with its table and its queue of mails."""

    app: ModuleType
    table: str
    mails_queue: str

    def tell(self, *events: dict[str, Any]) -> list[str]:
        """Hand over a batch; returns what failed of it, by its number."""
        records = [
            {"messageId": str(number), "body": json.dumps(each)}
            for number, each in enumerate(events)
        ]
        done = self.app.handler({"Records": records}, None)
        return [failed["itemIdentifier"] for failed in done["batchItemFailures"]]

    def person(self, subject: str) -> dict[str, Any] | None:
        found = self.app.dynamodb.get_item(TableName=self.table, Key={"subject": {"S": subject}})
        return dict(found["Item"]) if "Item" in found else None

    def remember(self, subject: str) -> None:
        """Store an item as a function has left it that died before it queued a mail."""
        item = {"revision": {"N": "3"}, "verified": {"BOOL": True}, "user_id": {"S": "usr_1"}}
        self.app.dynamodb.put_item(TableName=self.table, Item={"subject": {"S": subject}} | item)

    def mails(self) -> list[dict[str, Any]]:
        """Take all mails out of their queue."""
        asked = {"QueueUrl": self.mails_queue, "MaxNumberOfMessages": 10}
        found = []
        while messages := self.app.sqs.receive_message(**asked).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                handle = message["ReceiptHandle"]
                self.app.sqs.delete_message(QueueUrl=self.mails_queue, ReceiptHandle=handle)
        return found


@pytest.fixture
def consumer(aws: None, monkeypatch: pytest.MonkeyPatch) -> Consumer:
    number = next(_numbers)
    table = f"people-{number}"
    boto3.client("dynamodb").create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "subject", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "subject", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    fifo = {"FifoQueue": "true"}
    made = boto3.client("sqs").create_queue(QueueName=f"mails-{number}.fifo", Attributes=fifo)
    environment = {"PEOPLE_TABLE": table, "MAILS_QUEUE": made["QueueUrl"], "MAILS_FROM": "0"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Consumer(load_app(), table, made["QueueUrl"])


def test_a_verified_person_gets_one_mail_however_often_it_is_told(consumer: Consumer) -> None:
    told = event("verified", "vs_1", 3)
    again = event("verified", "vs_1", 3, replayed=True, published_at=1796999999)
    after_restore = event("verified", "vs_1", 10**12 + 2, replayed=True)
    assert consumer.tell(told, told, again, told, after_restore, again) == []
    assert consumer.mails() == [
        {"id": "vs_1", "mail": "you_are_verified", "user_id": "usr_of_vs_1"}
    ]
    person = consumer.person("vs_1")
    assert person is not None
    assert person["revision"]["N"] == str(10**12 + 2)


@pytest.mark.exhaustive  # many people
def test_many_people_in_any_order_with_duplicates_get_one_mail_each(consumer: Consumer) -> None:
    draw = random.Random(11)
    subjects = [f"vs_{number}" for number in range(12)]
    told = [event("verified", subject, draw.randint(2, 9)) for subject in subjects] * 3
    told += [event("processing", subject, 1) for subject in subjects]
    draw.shuffle(told)
    for each in told:
        consumer.tell(each)
    assert sorted(mail["id"] for mail in consumer.mails()) == sorted(subjects)


def test_a_person_who_is_verified_no_more_gets_no_mail_from_a_late_event(
    consumer: Consumer,
) -> None:
    consumer.tell(event("revoked", "vs_1", 6))
    consumer.tell(event("verified", "vs_1", 5))
    assert consumer.mails() == []
    assert (consumer.person("vs_1") or {})["verified"] == {"BOOL": False}


def test_a_person_who_is_verified_again_gets_no_second_mail(consumer: Consumer) -> None:
    for revision, told in enumerate(("verified", "revoked", "verified"), 3):
        consumer.tell(event(told, "vs_1", revision))
    assert [mail["id"] for mail in consumer.mails()] == ["vs_1"]


def test_a_death_after_the_write_loses_no_mail(consumer: Consumer) -> None:
    consumer.remember("vs_1")
    consumer.tell(event("verified", "vs_1", 3))
    assert [mail["id"] for mail in consumer.mails()] == ["vs_1"]
    assert "mailed_at" in (consumer.person("vs_1") or {})


def test_a_death_after_the_mail_was_queued_queues_no_second(consumer: Consumer) -> None:
    consumer.remember("vs_1")
    consumer.app.sqs.send_message(
        QueueUrl=consumer.mails_queue,
        MessageBody=json.dumps({"id": "vs_1"}),
        MessageGroupId="vs_1",
        MessageDeduplicationId="vs_1",
    )
    consumer.tell(event("verified", "vs_1", 3))
    assert [mail["id"] for mail in consumer.mails()] == ["vs_1"]


def test_who_was_verified_before_the_consumer_began_is_stored_and_gets_no_mail(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILS_FROM", "1796000010")
    told = [event("verified", one, at, replayed=True) for one, at in (("old", 9), ("new", 10))]
    consumer.tell(*told, *told)
    assert [mail["id"] for mail in consumer.mails()] == ["new"]
    assert (consumer.person("old") or {})["verified"] == {"BOOL": True}


def test_an_event_of_an_unknown_version_fails_alone(consumer: Consumer) -> None:
    bad, good = event("verified", "bad", 3, version=2), event("verified", "good", 3)
    assert consumer.tell(bad, good) == ["0"]
    assert [mail["id"] for mail in consumer.mails()] == ["good"]
    assert consumer.person("bad") is None
