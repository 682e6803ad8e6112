"""Queues one mail for each verified person: a consumer of Countersign's domain events, to copy.

Events come at least once and in any order. The table has one item per subject, which the newest
revision writes. The mail is queued because of what the item says and not because of the event, so
that it does not matter which event of a subject comes first, twice, or again after a crash.
"""

import json
import logging
import os
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError

VERSION = 1
"""The version of the events that this code was written for."""

dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")
log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(batch: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Handle each event of a batch by itself: those that failed come again, and no other."""
    failed = [record["messageId"] for record in batch["Records"] if not is_handled(record)]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def is_handled(record: dict[str, Any]) -> bool:
    """Handle one event, and return whether that is done. What fails five times is a dead letter."""
    try:
        event = json.loads(record["body"])
        handle(event["detail-type"], event["detail"])
    except Exception:  # whatever it was, it is not the fault of the other events of the batch
        log.exception("message %s failed", record["messageId"])
        return False
    return True


def handle(told: str, detail: dict[str, Any]) -> None:
    """Keep the newest state of the subject, and queue its mail if it is owed one."""
    if detail["version"] != VERSION:
        raise ValueError(f"{told} has version {detail['version']}: it needs code of its own")
    person = keep_newest(detail, is_verified=told == "identity.verified")
    is_owed = person["verified"]["BOOL"] and "mailed_at" not in person
    if is_owed and detail["occurred_at"] >= int(os.environ["MAILS_FROM"]):
        queue_mail(detail["subject"], person["user_id"]["S"])
    log.info("%s %s at revision %s", told, detail["subject"], detail["revision"])


def keep_newest(detail: dict[str, Any], *, is_verified: bool) -> dict[str, Any]:
    """Store an event unless one of the same or a higher revision is stored, in one write. Return
    the item as it is then.
    """
    try:
        stored = dynamodb.update_item(
            TableName=os.environ["PEOPLE_TABLE"],
            Key={"subject": {"S": detail["subject"]}},
            UpdateExpression="SET revision = :revision, verified = :verified, user_id = :user",
            ConditionExpression="attribute_not_exists(revision) OR revision < :revision",
            ExpressionAttributeValues={
                ":revision": {"N": str(detail["revision"])},
                ":verified": {"BOOL": is_verified},
                ":user": {"S": detail["data"]["user_id"]},
            },
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return dict(error.response["Item"])  # type: ignore[typeddict-item]
    return dict(stored["Attributes"])


def queue_mail(subject: str, user_id: str) -> None:
    """Queue the mail, and then say so in the item.

    Where this ends between the two, the event comes again after a minute and queues the mail again:
    the queue drops what has a deduplication id that it has had in the last five minutes.
    """
    sqs.send_message(
        QueueUrl=os.environ["MAILS_QUEUE"],
        MessageBody=json.dumps({"id": subject, "mail": "you_are_verified", "user_id": user_id}),
        MessageGroupId=subject,
        MessageDeduplicationId=subject,
    )
    dynamodb.update_item(
        TableName=os.environ["PEOPLE_TABLE"],
        Key={"subject": {"S": subject}},
        UpdateExpression="SET mailed_at = :now",
        ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
    )
