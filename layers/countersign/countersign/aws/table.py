"""A DynamoDB table whose items have one key, `pk`."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from countersign.aws.changes import Change, TransactionRefused
from countersign.aws.dynamodb_calls import Canceled, send
from countersign.aws.items import Item, plain, typed
from countersign.aws.network import NETWORK
from countersign.problems import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Table:
    """A table of plain dictionaries with `pk`. Every read of the table is consistent.

    Every method raises `Unavailable` when DynamoDB does not serve the request, and a write raises
    `ConditionFailed` when its condition does not hold.
    """

    def __init__(self, name: str, client: "DynamoDBClient | None" = None) -> None:
        self.name = name
        self._client = client or _client()

    def get(self, pk: str) -> Item | None:
        """Return the item, or `None`."""
        response = send(
            self.name,
            lambda: self._client.get_item(TableName=self.name, Key=_key(pk), ConsistentRead=True),
        )
        return plain(response["Item"]) if "Item" in response else None

    def get_many(self, pks: Sequence[str]) -> dict[str, Item]:
        """Return the items found for at most 100 keys, by key."""
        if not pks:
            return {}
        request: Any = {self.name: {"Keys": [_key(pk) for pk in pks], "ConsistentRead": True}}
        response = send(self.name, lambda: self._client.batch_get_item(RequestItems=request))
        if response["UnprocessedKeys"]:
            raise Unavailable("storage")
        items = [plain(item) for item in response["Responses"][self.name]]
        return {item["pk"]: item for item in items}

    def newest(
        self, index: str, name: str, value: str, before: str | None, limit: int
    ) -> dict[str, str]:
        """Return the keys of the items with this value in a keys-only index, newest first and
        `listed` before `before`, each with its own position. An index is eventually consistent.
        """
        condition = "#name = :value AND listed < :before" if before else "#name = :value"
        values = {":value": value} | ({":before": before} if before else {})
        response = send(
            self.name,
            lambda: self._client.query(
                TableName=self.name,
                IndexName=index,
                KeyConditionExpression=condition,
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues=typed(values),
                ScanIndexForward=False,
                Limit=limit,
            ),
        )
        return {item["pk"]: item["listed"] for item in map(plain, response["Items"])}

    def put(self, item: Item, condition: str, values: Item | None = None) -> None:
        """Write a whole item if the condition holds."""
        optional: Any = {"ExpressionAttributeValues": typed(values)} if values else {}
        send(
            self.name,
            lambda: self._client.put_item(
                TableName=self.name,
                Item=typed(item),
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **optional,
            ),
        )

    def update(
        self,
        pk: str,
        expression: str,
        condition: str,
        values: Item | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Item:
        """Change an item if the condition holds, and return the whole item after the change."""
        update = self._update_of(Change(pk, expression, condition, values or {}, names or {}))
        response = send(
            self.name, lambda: self._client.update_item(**update, ReturnValues="ALL_NEW")
        )
        return plain(response["Attributes"])

    def delete(
        self, pk: str, condition: str, values: Item, names: Mapping[str, str] | None = None
    ) -> None:
        """Remove an item if the condition holds."""
        optional: Any = {"ExpressionAttributeNames": names} if names else {}
        send(
            self.name,
            lambda: self._client.delete_item(
                TableName=self.name,
                Key=_key(pk),
                ConditionExpression=condition,
                ExpressionAttributeValues=typed(values),
                **optional,
            ),
        )

    def transact(self, changes: Sequence[Change]) -> None:
        """Make all of these changes or none. Raises `TransactionRefused`."""
        updates: list[Any] = [{"Update": self._update_of(change)} for change in changes]
        try:
            send(self.name, lambda: self._client.transact_write_items(TransactItems=updates))
        except Canceled as canceled:
            failed = {changes[place].pk: item for place, item in canceled.failed.items()}
            raise TransactionRefused(failed) from None

    def _update_of(self, change: Change) -> dict[str, Any]:
        optional: dict[str, Any] = {}
        if change.condition:
            optional["ConditionExpression"] = change.condition
        if change.names:
            optional["ExpressionAttributeNames"] = dict(change.names)
        if change.values:
            optional["ExpressionAttributeValues"] = typed(change.values)
        return {
            "TableName": self.name,
            "Key": _key(change.pk),
            "UpdateExpression": change.expression,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **optional,
        }


@cache
def _client() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=NETWORK)


@cache
def table(name: str) -> Table:
    """Return the table with this name, over the one client of the process."""
    return Table(name)


def _key(pk: str) -> Any:
    return {"pk": {"S": pk}}
