"""The steps of a restore as docs/operations.md names them, on the emulator of a running service."""

import time
from dataclasses import dataclass
from typing import Any

from local.deploy import STACK
from tests.support.deployed import invoke
from tests.support.service import Service, client

PATIENCE_S = 90.0
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
_OF_AN_INDEX = ("IndexName", "KeySchema", "Projection")


@dataclass(frozen=True)
class RestoredStack:
    """A deployed stack, and what its operator does to it."""

    service: Service

    def table(self, name: str) -> str:
        """The name of a table, by the output that tells it."""
        return self._outputs()[name]

    def back_up(self, name: str) -> str:
        """The ARN of a backup of a table as it is now."""
        made = client(self.service, "dynamodb").create_backup(
            TableName=self.table(name), BackupName=f"before-{int(time.time())}"
        )
        return str(made["BackupDetails"]["BackupArn"])

    def restore(self, name: str, backup: str) -> None:
        """The table is as it was backed up: a new one under the old name, without a stream."""
        dynamodb, table = client(self.service, "dynamodb"), self.table(name)
        dynamodb.delete_table(TableName=table)
        dynamodb.restore_table_from_backup(TargetTableName=table, BackupArn=backup)
        found = dynamodb.describe_table(TableName=table)["Table"]
        assert "LatestStreamArn" not in found
        assert not found.get("StreamSpecification", {}).get("StreamEnabled")

    def lose(self, name: str) -> None:
        """The table is gone with all that was in it, and made anew, empty and without a stream."""
        dynamodb, table = client(self.service, "dynamodb"), self.table(name)
        found = dynamodb.describe_table(TableName=table)["Table"]
        indexes = [
            {member: index[member] for member in _OF_AN_INDEX}
            for index in found["GlobalSecondaryIndexes"]
        ]
        dynamodb.delete_table(TableName=table)
        dynamodb.create_table(
            TableName=table,
            AttributeDefinitions=found["AttributeDefinitions"],
            KeySchema=found["KeySchema"],
            GlobalSecondaryIndexes=indexes,
            BillingMode="PAY_PER_REQUEST",
        )

    def stream(self, name: str) -> str:
        """Switch a table's stream on, and return its ARN."""
        dynamodb, table = client(self.service, "dynamodb"), self.table(name)
        dynamodb.update_table(TableName=table, StreamSpecification=STREAM)
        return str(dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"])

    def deploy(self, **parameters: str) -> None:
        """Deploy with other values of these parameters, the others as they were."""
        cloudformation = client(self.service, "cloudformation")
        before = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["Parameters"]
        names = [parameter["ParameterKey"] for parameter in before]
        assert parameters.keys() <= set(names)
        cloudformation.update_stack(
            StackName=STACK,
            UsePreviousTemplate=True,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": parameters[name]}
                if name in parameters
                else {"ParameterKey": name, "UsePreviousValue": True}
                for name in names
            ],
        )
        ends_at = time.monotonic() + PATIENCE_S
        while self._status() != "UPDATE_COMPLETE":
            assert time.monotonic() < ends_at, self._status()
            time.sleep(0.5)

    def invoke(self, function: str, payload: dict[str, Any]) -> Any:
        """Invoke a function as an operator's command does, on and on while its answer says where it
        goes on.
        """
        ((kind, wanted),) = payload.items()
        while True:
            found = invoke(self.service, function, {kind: wanted})
            following = found.get("next")
            if not following:
                return found
            wanted = following if isinstance(following, dict) else wanted | {"after": following}

    def _status(self) -> str:
        found = client(self.service, "cloudformation").describe_stacks(StackName=STACK)
        return str(found["Stacks"][0]["StackStatus"])

    def _outputs(self) -> dict[str, str]:
        found = client(self.service, "cloudformation").describe_stacks(StackName=STACK)
        outputs = found["Stacks"][0]["Outputs"]
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}


@dataclass
class Consumer:
    """A consumer that keeps the highest revision of each subject, and hears what it has seen no
    more than once.
    """

    service: Service

    def heard(self) -> list[dict[str, Any]]:
        """All events that have left, in the order in which they came."""
        answer = self.service.http.get("/_local/events", headers={"Accept": "application/json"})
        return list(answer.json()["data"])

    def state(self, subject: str) -> dict[str, Any]:
        """What the consumer knows of a subject: the event with the highest revision."""
        told = [event for event in self.heard() if event["detail"]["subject"] == subject]
        return max(told, key=lambda event: event["detail"]["revision"], default={})

    def eventually(self, subject: str, kind: str, above: int = -1) -> dict[str, Any]:
        """The detail of the subject's state once it is of this type, with a higher revision."""
        ends_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_at:
            found = self.state(subject)
            if found.get("detail-type") == kind and found["detail"]["revision"] > above:
                return dict(found["detail"])
            time.sleep(0.3)
        raise AssertionError(f"{subject} is {self.state(subject)}, not {kind}")
