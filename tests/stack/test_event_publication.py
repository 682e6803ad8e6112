"""The deployed publisher: from what a person does to an event behind a rule, what is put aside, and
what an operator has it do.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.deployed import changes_of, invoke
from tests.support.poller import Poller
from tests.support.service import Service, client, new_user
from tests.support.stream_records import number_of

PATIENCE_S = 180
"""Until a change is told on a busy machine, where the function may have to start."""


@dataclass
class Publisher:
    """The deployed function, its bucket, its tables, and a queue behind a rule on its bus."""

    service: Service
    environment: dict[str, str]
    queue: str
    inbox: list[Any] = field(default_factory=list)

    def client(self, name: str) -> Any:
        return client(self.service, name)

    def invoke(self, payload: dict[str, Any]) -> Any:
        return invoke(self.service, "EventPublication", payload)

    def arrived(self, subject: str, enough: Callable[[list[Any]], object]) -> list[Any]:
        """The events of a subject that came into the queue, once there are enough of them; they are
        returned once.
        """
        ends_at = time.monotonic() + PATIENCE_S
        while not enough(self._of(subject)):
            assert time.monotonic() < ends_at, self.inbox
            self.inbox += self._received()
        found = self._of(subject)
        self.inbox = [event for event in self.inbox if event not in found]
        return found

    def _of(self, subject: str) -> list[Any]:
        return [event for event in self.inbox if event["detail"]["subject"] == subject]

    def aside(self) -> dict[str, Any]:
        """What is in the bucket, by key."""
        bucket, s3 = self.environment["PUT_ASIDE_BUCKET"], self.client("s3")
        keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        bodies = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
        return {key: json.loads(body) for key, body in bodies.items()}

    def verified(self) -> str:
        """A session whose check has passed."""
        user = new_user()
        headers = self.service.as_user(user)
        created = self.service.http.post("/create-verification-session", headers=headers).json()
        self.service.outcome(created["id"], "verified")
        self.service.eventually(created["id"], user, "verified")
        return str(created["id"])

    def _received(self) -> list[Any]:
        sqs = self.client("sqs")
        asked = {"QueueUrl": self.queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}
        messages = sqs.receive_message(**asked).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]


@pytest.fixture(scope="module")
def publisher(service: Service) -> Iterator[Publisher]:
    environment = json.loads((service.home / "env.json").read_text())["EventPublication"]
    sqs, events = client(service, "sqs"), client(service, "events")
    queue = sqs.create_queue(QueueName=new_user("queue"))["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn, bus = attributes["Attributes"]["QueueArn"], environment["EVENT_BUS"]
    pattern = json.dumps({"source": ["countersign"]})
    events.put_rule(Name="told", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="told", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    yield Publisher(service, environment, queue)
    events.remove_targets(Rule="told", EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name="told", EventBusName=bus)
    sqs.delete_queue(QueueUrl=queue)


def is_verified(found: list[Any]) -> bool:
    return any(event["detail-type"] == "identity.verified" for event in found)


def record_of(publisher: Publisher, subject: str) -> list[dict[str, Any]]:
    """The records of a session in the stream of its table, as Lambda hands them over."""
    records = changes_of(publisher.service, "IdentityTable")
    return [found for found in records if found["dynamodb"]["Keys"]["pk"]["S"].endswith(subject)]


def test_what_cannot_be_read_is_put_aside_and_holds_nobody_up(publisher: Publisher) -> None:
    tables, name = publisher.client("dynamodb"), publisher.environment["IDENTITY_TABLE"]
    key = {"pk": {"S": f"session#{new_user('vs_broken')}"}}
    tables.put_item(TableName=name, Item=key | {"status": {"S": "verified"}})
    subject = publisher.verified()
    assert publisher.arrived(subject, is_verified)
    aside = publisher.aside()
    (found,) = [one for one, held in aside.items() if held["record"]["dynamodb"]["Keys"] == key]
    assert (aside[found]["table"], aside[found]["reason"]) == ("identity", "KeyError")
    done = publisher.invoke({"replay": {}})
    assert (done["kept"], done["removed"], done["reason"]) == (len(aside), 0, "")
    assert found in publisher.aside()
    tables.delete_item(TableName=name, Key=key)
    publisher.client("s3").delete_object(
        Bucket=publisher.environment["PUT_ASIDE_BUCKET"], Key=found
    )


def test_what_lambda_gave_up_on_is_told_by_a_replay(publisher: Publisher) -> None:
    subject = publisher.verified()
    first = publisher.arrived(subject, is_verified)
    assert {event["source"] for event in first} == {"countersign"}
    assert first[-1]["detail"]["replayed"] is False
    records = record_of(publisher, subject)
    s3, bucket = publisher.client("s3"), publisher.environment["PUT_ASIDE_BUCKET"]
    key = f"aws/lambda/mapping/shard/2030/01/01/{subject}"
    body = {"requestContext": {}, "payload": json.dumps({"Records": records})}
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(body))
    done = publisher.invoke({"replay": {}})
    assert (done["removed"], done["published"], done["reason"]) == (1, len(first), "")
    assert key not in publisher.aside()
    again = publisher.arrived(subject, lambda found: len(found) == len(first))
    assert [event["detail"]["id"] for event in again] == [event["detail"]["id"] for event in first]


def test_the_deployed_function_takes_the_batches_that_only_aws_makes(publisher: Publisher) -> None:
    """A hundred changes at once, and a poisoned one among them: the emulator's own batches are of
    one change.
    """
    subjects = [publisher.verified() for _ in range(3)]
    records = [found for subject in subjects for found in record_of(publisher, subject)]
    poisoned = json.loads(json.dumps(records[0]))
    del poisoned["dynamodb"]["NewImage"]
    poisoned["dynamodb"]["SequenceNumber"] = "9" * 21
    poller = Poller(publisher.invoke, pytest.fail, time.time, batch_size=100)
    poller.stream = [*records, poisoned, *records]
    poller.drain()
    assert poller.calls == [len(poller.stream)]
    for subject in subjects:
        publisher.arrived(subject, lambda found: sum(map(_verified, found)) >= 3)
    aside = publisher.aside()
    (key,) = [one for one, held in aside.items() if number_of(held["record"]) == "9" * 21]
    publisher.client("s3").delete_object(Bucket=publisher.environment["PUT_ASIDE_BUCKET"], Key=key)


def _verified(event: Any) -> bool:
    return bool(event["detail-type"] == "identity.verified")
