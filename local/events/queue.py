"""The queue that a rule on the deployment's bus fills with every domain event.

It is made here and not by the template: a deployment in AWS needs no queue that nobody reads.
"""

import json
from dataclasses import dataclass
from typing import Any

from local import aws

SOURCE = "countersign"
NAME = "countersign-local-events"
"""The name of the queue, of the rule and of its target."""
_TWO_WEEKS = "1209600"
_AT_ONCE = 10
"""The most messages that SQS gives at once."""


@dataclass(frozen=True)
class Message:
    """An event as the bus has delivered it, and what it is deleted from the queue by."""

    event: dict[str, Any]
    receipt: str


@dataclass(frozen=True)
class Queue:
    """The queue of one emulator."""

    sqs: Any
    url: str

    def receive(self, wait_s: int = 0) -> list[Message]:
        """Return the oldest messages, at most ten, waiting so long for the first."""
        answer = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=_AT_ONCE, WaitTimeSeconds=wait_s
        )
        found = answer.get("Messages", [])
        return [Message(json.loads(each["Body"]), each["ReceiptHandle"]) for each in found]

    def delete(self, messages: list[Message]) -> None:
        """Take messages off the queue."""
        entries = [
            {"Id": str(number), "ReceiptHandle": message.receipt}
            for number, message in enumerate(messages)
        ]
        self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)


def open_queue(port: int, bus: str) -> Queue:
    """Return the queue of a bus, with the rule that fills it; each is made if it is not there."""
    sqs, events = aws.client("sqs", port), aws.client("events", port)
    url = _known(sqs)
    if url is None:
        kept = {"MessageRetentionPeriod": _TWO_WEEKS}
        url = sqs.create_queue(QueueName=NAME, Attributes=kept)["QueueUrl"]
    named = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = named["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": [SOURCE]})
    rule = events.put_rule(Name=NAME, EventBusName=bus, EventPattern=pattern)["RuleArn"]
    policy = json.dumps(_who_may_send(arn, rule))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_targets(Rule=NAME, EventBusName=bus, Targets=[{"Id": NAME, "Arn": arn}])
    return Queue(sqs, url)


def _known(sqs: Any) -> str | None:
    """Return the URL of the queue of an earlier run. It has that run's port, so that the emulator
    would make another queue of the same name, and what is in this one would be lost.
    """
    urls: list[str] = sqs.list_queues(QueueNamePrefix=NAME).get("QueueUrls", [])
    return urls[0] if urls else None


def _who_may_send(queue: str, rule: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
