"""The consumer in `examples/verified_mail`, deployed: from Stripe's word to one mail, or to a dead letter.
What it does with events in any order: tests/examples/test_verified_mail.py.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.deploy import STACK
from tests.support.service import Service, client, new_user
from tests.support.verified_mail import VerifiedMail, deployed, event, wait_until

BUS = "verified-mail-test"


@pytest.fixture(scope="module")
def consumer(service: Service) -> VerifiedMail:
    client(service, "events").create_event_bus(Name=BUS)
    return deployed(service, BUS)


def test_a_person_whom_stripe_verifies_gets_one_mail(
    consumer: VerifiedMail, service: Service
) -> None:
    user = new_user()
    with forwarded(service, user):
        headers = service.as_user(user)
        session = service.http.post("/create-verification-session", headers=headers).json()["id"]
        service.outcome(session, "document_expired")
        service.outcome(session, "verified")
        mails: list[dict[str, Any]] = []
        wait_until(lambda: mails.extend(consumer.mails()) or mails)
        consumer.settle()
    assert [*mails, *consumer.mails()] == [
        {"id": session, "mail": "you_are_verified", "user_id": user}
    ]


@contextmanager
def forwarded(service: Service, user: str) -> Iterator[None]:
    """Events of a user go on from the deployment's own bus to that of these tests, as they would go
    on to another account.
    """
    events = client(service, "events")
    [stack] = client(service, "cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    rule = {"Rule": "forward", "EventBusName": outputs["EventBus"]}
    pattern = {"source": ["countersign"], "detail": {"data": {"user_id": [user]}}}
    events.put_rule(
        Name="forward", EventBusName=outputs["EventBus"], EventPattern=json.dumps(pattern)
    )
    target = events.describe_event_bus(Name=BUS)["Arn"]
    events.put_targets(**rule, Targets=[{"Id": "bus", "Arn": target}])
    yield
    events.remove_targets(**rule, Ids=["bus"])
    events.delete_rule(Name="forward", EventBusName=outputs["EventBus"])


def test_an_event_of_an_unknown_version_fails_alone_and_waits_to_be_moved_back(
    consumer: VerifiedMail,
) -> None:
    good, bad = new_user("vs"), new_user("vs")
    set_visibility(consumer, 1)
    consumer.tell(event("verified", bad, 3, version=2), event("verified", good, 3))
    dead: list[dict[str, Any]] = []
    wait_until(lambda: dead.extend(consumer.dead_letters()) or dead)
    assert [letter["detail"]["subject"] for letter in dead] == [bad]
    consumer.settle()
    assert [mail["id"] for mail in consumer.mails()] == [good]
    assert consumer.person(bad) is None


def set_visibility(consumer: VerifiedMail, seconds: int) -> None:
    """Let what failed come again at once: five times would else take five minutes."""
    sqs = client(consumer.service, "sqs")
    name = consumer.outputs["EventsQueueArn"].rsplit(":", 1)[1]
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
