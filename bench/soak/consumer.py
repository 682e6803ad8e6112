"""A business that follows docs/events.md: a rule on the bus, a queue, and the highest revision of
each subject.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

_QUEUE, _RULE = "soak", "soak"


@dataclass
class Consumer:
    """What it knows: the newest event of each subject. `events` counts those that arrived,
    `repeated` those that had arrived before, and `torn` names revisions that were told in two ways.
    """

    newest: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: int = 0
    repeated: int = 0
    torn: list[str] = field(default_factory=list)
    _told: dict[tuple[str, int], str] = field(default_factory=dict)

    def receive(self, event: dict[str, Any]) -> None:
        """Take an event of the bus, in whatever order, as often as it comes."""
        detail = event["detail"]
        subject, revision = detail["subject"], detail["revision"]
        content = json.dumps([event["detail-type"], detail["id"], detail["data"]], sort_keys=True)
        self.events += 1
        self.repeated += (subject, revision) in self._told
        if self._told.setdefault((subject, revision), content) != content:
            self.torn.append(f"{subject} {revision}")
        known = self.newest.get(subject)
        if known is None or known["detail"]["revision"] < revision:
            self.newest[subject] = event


def subscribe(events: Any, queues: Any, bus: str) -> str:
    """Queue every event of ours on the bus, and return the queue's address."""
    address = str(queues.create_queue(QueueName=_QUEUE)["QueueUrl"])
    attributes = queues.get_queue_attributes(QueueUrl=address, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["countersign"]})
    events.put_rule(Name=_RULE, EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule=_RULE, EventBusName=bus, Targets=[{"Id": _QUEUE, "Arn": arn}])
    return address


@contextmanager
def consuming(queues: Any, address: str) -> Iterator[Consumer]:
    """Receive while the block runs, and after it until nothing is left: the emulator takes the
    longer for a message, the more of them wait.
    """
    consumer, is_over = Consumer(), Event()

    def consume() -> None:
        while drain(queues, address, consumer) or not is_over.is_set():
            pass

    with ThreadPoolExecutor(1) as pool:
        consumed = pool.submit(consume)
        try:
            yield consumer
        finally:
            is_over.set()
        consumed.result()


def drain(queues: Any, address: str, consumer: Consumer) -> int:
    """Receive everything that is in the queue, and return how much it was."""
    received = 0
    while True:
        answer = queues.receive_message(QueueUrl=address, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        messages = answer.get("Messages", [])
        if not messages:
            return received
        for message in messages:
            consumer.receive(json.loads(message["Body"]))
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(messages)
        ]
        queues.delete_message_batch(QueueUrl=address, Entries=entries)
        received += len(messages)
