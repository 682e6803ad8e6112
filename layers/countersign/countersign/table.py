"""One DynamoDB table, with DynamoDB's errors told apart: a failed condition is an answer of the
domain, everything else means that storage is unavailable.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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

_CONDITION = "ConditionalCheckFailed"
_CONFLICTS = {
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
}
_CONFLICT_TRIES = 5


class ConditionFailed(Exception):
    """The write's condition did not hold; `item` is what is stored, `None` when nothing is."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition failed")
        self.item = item


@dataclass(frozen=True, slots=True)
class Change:
    """One update of a transaction's; the members are those of `Table.update`."""

    pk: str
    expression: str
    condition: str = ""
    values: Item = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, pk: str, members: Item) -> "Change":
        """The change that stores an item where there is none."""
        clause, values, names = assigning(members)
        return cls(pk, clause, "attribute_not_exists(pk)", values, names)


def assigning(members: Item) -> tuple[str, Item, dict[str, str]]:
    """The clause that sets these attributes, with its values and names; none for no attributes."""
    assigned = ", ".join(f"#{name} = :{name}" for name in members)
    values = {f":{name}": value for name, value in members.items()}
    return f"SET {assigned}" if members else "", values, {f"#{name}": name for name in members}


class TransactionRefused(Exception):
    """Nothing was changed; `failed` has what is stored (`None` for nothing) under each key whose
    condition did not hold.
    """

    def __init__(self, failed: Mapping[str, Item | None]) -> None:
        super().__init__("condition failed")
        self.failed = dict(failed)


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

    def newest(
        self, index: str, name: str, value: str, before: str | None, limit: int
    ) -> dict[str, str]:
        """The keys of the items with this value in an index of keys alone, newest first, each with
        its place: those that were `listed` before a place. An index follows its table after a
        moment.
        """
        condition = "#name = :value AND listed < :before" if before else "#name = :value"
        values = {":value": value} | ({":before": before} if before else {})
        answer = self._call(
            lambda: self._client.query(
                TableName=self.name,
                IndexName=index,
                KeyConditionExpression=condition,
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues=_typed(values),
                ScanIndexForward=False,
                Limit=limit,
            )
        )
        return {item["pk"]: item["listed"] for item in map(_plain, answer["Items"])}

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
        update = self._update_of(Change(pk, expression, condition, values or {}, names or {}))
        answer = self._call(lambda: self._client.update_item(**update, ReturnValues="ALL_NEW"))
        return _plain(answer["Attributes"])

    def delete(
        self, pk: str, condition: str, values: Item, names: Mapping[str, str] | None = None
    ) -> None:
        """Remove an item on a condition."""
        optional: Any = {"ExpressionAttributeNames": names} if names else {}
        self._call(
            lambda: self._client.delete_item(
                TableName=self.name,
                Key=_key(pk),
                ConditionExpression=condition,
                ExpressionAttributeValues=_typed(values),
                **optional,
            )
        )

    def transact(self, changes: Sequence[Change]) -> None:
        """Make all of these changes or none; raises `TransactionRefused`."""
        updates: list[Any] = [{"Update": self._update_of(change)} for change in changes]
        try:
            self._call(lambda: self._client.transact_write_items(TransactItems=updates))
        except _Canceled as canceled:
            pairs = zip(changes, canceled.reasons, strict=True)
            raise TransactionRefused(
                {
                    change.pk: _plain(reason["Item"]) if reason.get("Item") else None
                    for change, reason in pairs
                    if reason["Code"] == _CONDITION
                }
            ) from None

    def _update_of(self, change: Change) -> dict[str, Any]:
        optional: dict[str, Any] = {}
        if change.condition:
            optional["ConditionExpression"] = change.condition
        if change.names:
            optional["ExpressionAttributeNames"] = dict(change.names)
        if change.values:
            optional["ExpressionAttributeValues"] = _typed(change.values)
        return {
            "TableName": self.name,
            "Key": _key(change.pk),
            "UpdateExpression": change.expression,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **optional,
        }

    def _call(self, request: Callable[[], Answer]) -> Answer:
        """Send a request; a conflict with somebody's transaction is tried again with jitter."""
        for attempt in range(1, _CONFLICT_TRIES + 1):
            try:
                return request()
            except ClientError as error:
                code = _code(error)
                if code.startswith(_CONDITION):
                    raise _condition_failed(error) from None
                if code not in _CONFLICTS or attempt == _CONFLICT_TRIES:
                    logger.error("storage refused", extra={"table": self.name, "reason": code})
                    raise Unavailable("storage") from error
            except BotoCoreError as error:
                reason = type(error).__name__
                logger.error("storage failed", extra={"table": self.name, "reason": reason})
                raise Unavailable("storage") from error
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
        raise AssertionError("the last try returns or raises")


class _Canceled(Exception):
    """A transaction was cancelled because a condition failed, for one reason an item."""

    def __init__(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("cancelled")
        self.reasons = reasons


def _code(error: ClientError) -> str:
    """The code of an error. A cancelled transaction has one for each item: a condition that failed
    settles it, and any other failure counts before a conflict.
    """
    answer: Any = error.response
    codes = {reason.get("Code") for reason in answer.get("CancellationReasons", ())} - {"None"}
    if not codes:
        return str(answer["Error"]["Code"])
    if _CONDITION in codes:
        return _CONDITION
    return str(next(iter(codes - _CONFLICTS or codes)))


def _condition_failed(error: ClientError) -> Exception:
    answer: Any = error.response
    if "CancellationReasons" in answer:
        return _Canceled(answer["CancellationReasons"])
    old = answer.get("Item")
    return ConditionFailed(_plain(old) if old else None)


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
