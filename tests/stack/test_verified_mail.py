"""The consumer in `examples/verified_mail`, deployed: one mail for each verified person, whatever
comes twice, late, again or in another order, and wherever it died.
"""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.deploy import STACK
from tests.support.service import Service, client, new_user
from tests.support.verified_mail import VerifiedMail, deployed, wait_until

BUS = "verified-mail-test"


@pytest.fixture(scope="session")
def consumer(service: Service) -> VerifiedMail:
    """Deployed once for each service: a process may come back to this module after another."""
    client(service, "events").create_event_bus(Name=BUS)
    return deployed(service, BUS)


def event(told: str, subject: str, revision: int, **detail: Any) -> dict[str, Any]:
    """An event as the bus has it."""
    common = {"id": f"{subject}{revision}", "version": 1, "livemode": False, "replayed": False}
    times = {"occurred_at": 1796000000 + revision, "published_at": 1796000001 + revision}
    own = {"subject": subject, "revision": revision, "data": {"user_id": f"usr_of_{subject}"}}
    return {"detail-type": f"identity.{told}", "detail": common | times | own | detail}


def new_subject() -> str:
    return new_user("vs")


def test_a_verified_person_gets_one_mail_however_often_it_is_told(consumer: VerifiedMail) -> None:
    subject = new_subject()
    told = event("verified", subject, 3)
    again = event("verified", subject, 3, replayed=True, published_at=1796999999)
    after_restore = event("verified", subject, 10**12 + 2, replayed=True)
    consumer.tell(told, told, again, told, after_restore, again)
    consumer.settle()
    [mail] = consumer.mails()
    assert mail == {"id": subject, "mail": "you_are_verified", "user_id": f"usr_of_{subject}"}
    person = consumer.person(subject)
    assert person is not None
    assert person["revision"]["N"] == str(10**12 + 2)


def test_many_people_in_any_order_with_duplicates_get_one_mail_each(consumer: VerifiedMail) -> None:
    draw = random.Random(11)
    subjects = [new_subject() for _ in range(12)]
    told = [event("verified", subject, draw.randint(2, 9)) for subject in subjects] * 3
    told += [event("processing", subject, 1) for subject in subjects]
    draw.shuffle(told)
    consumer.tell(*told)
    consumer.settle()
    assert sorted(mail["id"] for mail in consumer.mails()) == sorted(subjects)


def test_a_person_who_is_verified_no_more_gets_no_mail_from_a_late_event(
    consumer: VerifiedMail,
) -> None:
    subject = new_subject()
    consumer.tell(event("revoked", subject, 6))
    consumer.settle()
    consumer.tell(event("verified", subject, 5))
    consumer.settle()
    assert consumer.mails() == []
    assert (consumer.person(subject) or {})["verified"] == {"BOOL": False}


def test_a_person_who_is_verified_again_gets_no_second_mail(consumer: VerifiedMail) -> None:
    subject = new_subject()
    for told in ("verified", "revoked", "verified"):
        revision = int(((consumer.person(subject) or {}).get("revision") or {"N": "2"})["N"]) + 1
        consumer.tell(event(told, subject, revision))
        consumer.settle()
    assert [mail["id"] for mail in consumer.mails()] == [subject]


def test_a_death_after_the_write_loses_no_mail(consumer: VerifiedMail) -> None:
    subject = new_subject()
    known = {"revision": {"N": "3"}, "verified": {"BOOL": True}, "user_id": {"S": "usr_1"}}
    consumer.remember(subject, **known)
    consumer.tell(event("verified", subject, 3))
    consumer.settle()
    assert [mail["id"] for mail in consumer.mails()] == [subject]
    assert "mailed_at" in (consumer.person(subject) or {})


def test_a_death_after_the_mail_was_queued_queues_no_second(consumer: VerifiedMail) -> None:
    subject = new_subject()
    known = {"revision": {"N": "3"}, "verified": {"BOOL": True}, "user_id": {"S": "usr_1"}}
    consumer.remember(subject, **known)
    consumer.queue(subject)
    consumer.tell(event("verified", subject, 3))
    consumer.settle()
    assert [mail["id"] for mail in consumer.mails()] == [subject]


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


def test_who_was_verified_before_the_consumer_began_is_stored_and_gets_no_mail(
    consumer: VerifiedMail,
) -> None:
    old, new = new_subject(), new_subject()
    consumer.set_mails_from(1796000010)
    told = [event("verified", one, at, replayed=True) for one, at in ((old, 9), (new, 10))]
    consumer.tell(*told, *told)
    consumer.settle()
    consumer.set_mails_from(0)
    assert [mail["id"] for mail in consumer.mails()] == [new]
    assert (consumer.person(old) or {})["verified"] == {"BOOL": True}


def test_an_event_of_an_unknown_version_fails_alone_and_waits_to_be_moved_back(
    consumer: VerifiedMail,
) -> None:
    good, bad = new_subject(), new_subject()
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
