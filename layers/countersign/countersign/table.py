"""One DynamoDB table, with DynamoDB's errors told apart: a failed condition is an answer of the
domain, everything else means that storage is unavailable.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from countersign.network import NETWORK
from countersign.problems import Unavailable
from countersign.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
Answer = TypeVar("Answer")

_CONFLICT = "TransactionConflict"
_CONFLICT_TRIES = 5


class ConditionFailed(Exception):
    """The write's condition did not hold; `item` is what is stored, `None` when nothing is."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition failed")
        self.item = item


class Table:
    """Items are plain dictionaries with `pk`; every read is consistent.

    Every method raises `Unavailable` when DynamoDB does not serve, and a write with a condition
    raises `ConditionFailed`.
    """

    def __init__(self, name: str, client: "DynamoDBClient | None" = None) -> None:
        self.name = name
        self._client = client or _client()

    def get(self, pk: str) -> Item | None:
        """The item, or `None`."""
        answer = self._call(
            lambda: self._client.get_item(TableName=self.name, Key=_key(pk), ConsistentRead=True)
        )
        return _plain(answer["Item"]) if "Item" in answer else None

    def get_many(self, pks: Sequence[str]) -> dict[str, Item]:
        """The items found among at most 100 keys, by key."""
        if not pks:
            return {}
        request: Any = {self.name: {"Keys": [_key(pk) for pk in pks], "ConsistentRead": True}}
        answer = self._call(lambda: self._client.batch_get_item(RequestItems=request))
        if answer["UnprocessedKeys"]:
            raise Unavailable("storage")
        items = [_plain(item) for item in answer["Responses"][self.name]]
        return {item["pk"]: item for item in items}

    def put(self, item: Item, condition: str, values: Item | None = None) -> None:
        """Write a whole item on a condition."""
        optional: Any = {"ExpressionAttributeValues": _typed(values)} if values else {}
        self._call(
            lambda: self._client.put_item(
                TableName=self.name,
                Item=_typed(item),
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **optional,
            )
        )

    def update(
        self,
        pk: str,
        expression: str,
        condition: str,
        values: Item | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Item:
        """Change an item on a condition and return the whole of it as it is then."""
        optional: Any = {"ExpressionAttributeNames": names} if names else {}
        if values:
            optional["ExpressionAttributeValues"] = _typed(values)
        answer = self._call(
            lambda: self._client.update_item(
                TableName=self.name,
                Key=_key(pk),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **optional,
            )
        )
        return _plain(answer["Attributes"])

    def delete(self, pk: str, condition: str, values: Item) -> None:
        """Remove an item on a condition."""
        self._call(
            lambda: self._client.delete_item(
                TableName=self.name,
                Key=_key(pk),
                ConditionExpression=condition,
                ExpressionAttributeValues=_typed(values),
            )
        )

    def _call(self, request: Callable[[], Answer]) -> Answer:
        """Send a request; a conflict with somebody's transaction is tried again with jitter."""
        for attempt in range(1, _CONFLICT_TRIES + 1):
            try:
                return request()
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == "ConditionalCheckFailedException":
                    old: Any = error.response.get("Item")
                    raise ConditionFailed(_plain(old) if old else None) from None
                if not code.startswith(_CONFLICT) or attempt == _CONFLICT_TRIES:
                    logger.error("storage refused", extra={"table": self.name, "reason": code})
                    raise Unavailable("storage") from error
            except BotoCoreError as error:
                reason = type(error).__name__
                logger.error("storage failed", extra={"table": self.name, "reason": reason})
                raise Unavailable("storage") from error
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
        raise AssertionError("the last try returns or raises")


@cache
def _client() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=NETWORK)


@cache
def table(name: str) -> Table:
    """The table of this name, over the process's one client."""
    return Table(name)


def _key(pk: str) -> Any:
    return {"pk": {"S": pk}}


def _typed(item: Item) -> Any:
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in item.items()}


def _plain(item: Mapping[str, Any]) -> Item:
    deserialize = TypeDeserializer().deserialize
    return {name: _integers(deserialize(value)) for name, value in item.items()}


def _integers(value: Any) -> Any:
    """DynamoDB's numbers come as `Decimal`; all of ours are integers."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _integers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_integers(member) for member in value]
    return value
