"""The stack in `examples/verified_mail`, deployed as its README says on a service's emulator, and its
function by itself.
"""

import importlib.util
import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from local import aws
from local.deploy import ARTIFACTS
from local.places import PROJECT, Places
from tests.support.service import Service, client

FOLDER = PROJECT / "examples" / "verified_mail"
STACK = "verified-mail"
PATIENCE_S = 120.0


@dataclass(frozen=True)
class VerifiedMail:
    """The deployed stack, and the bus that it listens to."""

    service: Service
    bus: str
    outputs: dict[str, str]

    def tell(self, *events: dict[str, Any]) -> None:
        """Put events on the bus, one by one in this order."""
        bus = client(self.service, "events")
        for event in events:
            entry = {
                "Source": "countersign",
                "DetailType": event["detail-type"],
                "Detail": json.dumps(event["detail"]),
                "EventBusName": self.bus,
            }
            assert bus.put_events(Entries=[entry])["FailedEntryCount"] == 0

    def person(self, subject: str) -> dict[str, Any] | None:
        """The item of a subject."""
        found = client(self.service, "dynamodb").get_item(
            TableName=self.outputs["PeopleTableName"],
            Key={"subject": {"S": subject}},
            ConsistentRead=True,
        )
        return found.get("Item")

    def mails(self) -> list[dict[str, Any]]:
        """Take all mails out of their queue."""
        return self._take(self.outputs["MailsQueueUrl"])

    def dead_letters(self) -> list[dict[str, Any]]:
        """Take all dead letters out of their queue."""
        return self._take(self.outputs["DeadLettersQueueUrl"])

    def settle(self) -> None:
        """Wait until no event waits for the function or is with it."""
        sqs = client(self.service, "sqs")
        url = sqs.get_queue_url(QueueName=self.outputs["EventsQueueArn"].rsplit(":", 1)[1])
        counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

        def is_empty() -> bool:
            found = sqs.get_queue_attributes(QueueUrl=url["QueueUrl"], AttributeNames=counts)
            return all(found["Attributes"][name] == "0" for name in counts)

        wait_until(is_empty)

    def _take(self, url: str) -> list[dict[str, Any]]:
        sqs = client(self.service, "sqs")
        found = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found


def event(told: str, subject: str, revision: int, **detail: Any) -> dict[str, Any]:
    """An event as the bus has it."""
    common = {"id": f"{subject}{revision}", "version": 1, "livemode": False, "replayed": False}
    times = {"occurred_at": 1796000000 + revision, "published_at": 1796000001 + revision}
    own = {"subject": subject, "revision": revision, "data": {"user_id": f"usr_of_{subject}"}}
    return {"detail-type": f"identity.{told}", "detail": common | times | own | detail}


def load_app() -> ModuleType:
    """The function's module, with clients made now."""
    spec = importlib.util.spec_from_file_location("verified_mail_app", FOLDER / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait for what comes about on its own; fail when it does not."""
    ends_at = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < ends_at, "it did not come about"
        time.sleep(0.1)


def deployed(service: Service, bus: str) -> VerifiedMail:
    """Deploy the stack with `sam deploy`."""
    port = urlsplit(client(service, "sqs").meta.endpoint_url).port
    assert port is not None
    command = [
        *(Places(PROJECT, service.home).sam, "deploy"),
        *("--template-file", FOLDER / "template.yaml", "--stack-name", STACK),
        *("--s3-bucket", ARTIFACTS, "--capabilities", "CAPABILITY_IAM"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        *("--parameter-overrides", f"BusName={bus}"),
    ]
    quick = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.5"}
    environment = aws.emulator_environment(os.environ, port) | quick
    ended = subprocess.run(
        command, cwd=service.home, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    [stack] = client(service, "cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    return VerifiedMail(service, bus, outputs)
