"""A DynamoDB table whose items have one key, `pk`."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from countersign.aws import due_index
from countersign.aws.changes import Change, ConditionFailed, TransactionRefused
from countersign.aws.dynamodb_calls import Failed, RequestToken, send
from countersign.aws.items import MARK, Item, StoredForm
from countersign.aws.network import create_client
from countersign.problems import Unavailable
from countersign.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_UNMARKED = f"(attribute_not_exists({MARK}) OR {MARK} <> :{MARK})"


class Table:
    """A table of plain dictionaries with `pk`, of one mode: the items of the other are as if they
    were not there. Every read of the table is consistent.

    Every method raises `Unavailable` when DynamoDB does not serve the request, and a write raises
    `ConditionFailed` when its condition does not hold. botocore repeats a write whose answer is
    late, and DynamoDB then finds what the first try has stored: a write leaves a random mark by
    which it knows its own repetition
    (docs/decisions.md#a-write-knows-its-own-repetition).
    """

    def __init__(
        self, name: str, client: "DynamoDBClient | None" = None, *, livemode: bool = False
    ) -> None:
        self.name = name
        self._client = client or _client()
        self._form = StoredForm(livemode)

    @property
    def form(self) -> StoredForm:
        """How the items are stored."""
        return self._form

    def get(self, pk: str) -> Item | None:
        """Return the item, or `None`."""
        key = self._form.key(pk)
        response = send(
            self.name,
            lambda: self._client.get_item(TableName=self.name, Key=key, ConsistentRead=True),
        )
        return self._form.plain(response["Item"]) if "Item" in response else None

    def connect(self) -> None:
        """Open a connection to DynamoDB, by a read of an item that is never there."""
        self.get("none")

    def get_many(self, pks: Sequence[str]) -> dict[str, Item]:
        """Return the items found for at most 100 keys, by key."""
        if not pks:
            return {}
        keys = [self._form.key(pk) for pk in pks]
        request: Any = {self.name: {"Keys": keys, "ConsistentRead": True}}
        response = send(self.name, lambda: self._client.batch_get_item(RequestItems=request))
        if response["UnprocessedKeys"]:
            raise Unavailable("storage")
        items = map(self._form.plain, response["Responses"][self.name])
        return {item["pk"]: item for item in items}

    def newest(
        self, index: str, name: str, value: str, before: str | None, limit: int
    ) -> dict[str, str]:
        """Return the keys of the items with this value in a keys-only index, newest first and
        `listed` before `before`, each with its own position. An index is eventually consistent.
        The name of its hash key begins with `by_`.
        """
        condition = f"{name} = :{name}" + (" AND listed < :before" if before else "")
        values = {f":{name}": value} | ({":before": before} if before else {})
        response = send(
            self.name,
            lambda: self._client.query(
                TableName=self.name,
                IndexName=index,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=self._form.typed(values),
                ScanIndexForward=False,
                Limit=limit,
            ),
        )
        return {item["pk"]: item["listed"] for item in map(self._form.plain, response["Items"])}

    def scan(self, after: str, limit: int) -> tuple[list[Item], str]:
        """Return the items among the next `limit` stored ones, in an order that means nothing, and
        the place after them, which is empty at the end. The first place is empty. An item that is
        changed meanwhile is found once.
        """
        start: Any = {"ExclusiveStartKey": {"pk": {"S": after}}} if after else {}
        response = send(
            self.name,
            lambda: self._client.scan(
                TableName=self.name, ConsistentRead=True, Limit=limit, **start
            ),
        )
        items = [self._form.plain(item) for item in response["Items"] if self._form.holds(item)]
        last: Any = response.get("LastEvaluatedKey")
        return items, last["pk"]["S"] if last else ""

    def due(self, shard: str, until: int, limit: int) -> dict[str, int]:
        """Return the keys of the items of a shard of the index `Due` that are due, each with its
        time, the longest due first (`due_index`). An index is eventually consistent: what is found
        has to be read, and may be due no more.
        """
        response = send(
            self.name,
            lambda: self._client.query(
                TableName=self.name,
                IndexName=due_index.NAME,
                KeyConditionExpression="by_due = :by_due AND due_at <= :until",
                ExpressionAttributeValues=self._form.typed({":by_due": shard, ":until": until}),
                Limit=limit,
            ),
        )
        return {item["pk"]: item["due_at"] for item in map(self._form.plain, response["Items"])}

    def put(self, item: Item, condition: str, values: Item | None = None) -> None:
        """Write a whole item if the condition holds."""
        mark = _new_mark()
        request: Any = {
            "TableName": self.name,
            "Item": self._form.typed(item | {MARK: mark}),
            "ConditionExpression": _unless_made(condition),
            "ExpressionAttributeValues": self._form.typed({**(values or {}), f":{MARK}": mark}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        self._write(mark, lambda: self._client.put_item(**request))

    def update(
        self,
        pk: str,
        expression: str,
        condition: str,
        values: Item | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Item:
        """Change an item if the condition holds, and return the whole item after the change."""
        mark = _new_mark()
        marked = Change(
            pk,
            _with_mark(expression),
            _unless_made(condition),
            {**(values or {}), f":{MARK}": mark},
            names or {},
        )
        request = self._action_of(marked)
        return self._write(
            mark, lambda: self._client.update_item(**request, ReturnValues="ALL_NEW")
        )

    def delete(
        self, pk: str, condition: str, values: Item, names: Mapping[str, str] | None = None
    ) -> None:
        """Remove an item if the condition holds. Where there is none, there is nothing to remove:
        this very call may have removed it, and be repeated by botocore.
        """
        request = self._action_of(Change(pk, "", condition, values, names or {}))
        try:
            send(self.name, lambda: self._client.delete_item(**request))
        except Failed as failed:
            if failed.stored[0] is not None:
                raise ConditionFailed(self._form.plain(failed.stored[0])) from None

    def transact(self, changes: Sequence[Change]) -> None:
        """Make all of these changes or none, and check their conditions. No two of them may have
        the same key, not even in two tables. Raises `TransactionRefused`.
        """
        actions: list[Any] = [
            {"Update" if change.expression else "ConditionCheck": self._action_of(change)}
            for change in changes
        ]
        token = RequestToken()
        try:
            send(
                self.name,
                lambda: self._client.transact_write_items(
                    TransactItems=actions, ClientRequestToken=token.value
                ),
                token,
            )
        except Failed as failed:
            stored = {
                changes[place].pk: self._form.plain(item) if item else None
                for place, item in failed.stored.items()
            }
            raise TransactionRefused(stored) from None

    def _write(self, mark: bytes, request: Callable[[], Any]) -> Item:
        """Make a marked write and return the attributes in its response, if any. A condition that
        failed because the item has this very mark is a repetition of what has succeeded.
        """
        try:
            response = send(self.name, request)
        except Failed as failed:
            stored = failed.stored[0]
            item = None if stored is None else self._form.plain(stored)
            if stored is None or item is None or stored.get(MARK) != {"B": mark}:
                raise ConditionFailed(item) from None
            return item
        return self._form.plain(response.get("Attributes", {}))

    def _action_of(self, change: Change) -> dict[str, Any]:
        """Return the members of a change that are not empty, as DynamoDB's API names them."""
        optional: dict[str, Any] = {
            "UpdateExpression": change.expression,
            "ConditionExpression": change.condition,
            "ExpressionAttributeNames": dict(change.names),
            "ExpressionAttributeValues": self._form.typed(change.values),
        }
        return {
            "TableName": change.table or self.name,
            "Key": self._form.key(change.pk),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **{name: value for name, value in optional.items() if value},
        }


@cache
def _client() -> "DynamoDBClient":
    made: DynamoDBClient = create_client("dynamodb")
    return made


@cache
def table(name: str) -> Table:
    """Return the table with this name in the deployment's mode, over the one client of the
    process.
    """
    return Table(name, livemode=settings().livemode)


def _new_mark() -> bytes:
    return secrets.token_bytes(16)


def _unless_made(condition: str) -> str:
    """Return a condition that also fails where this very write has been made already."""
    return f"({condition}) AND {_UNMARKED}" if condition else _UNMARKED


def _with_mark(expression: str) -> str:
    """Return an update that also sets the mark. An expression has one `SET` at most."""
    mark = f"SET {MARK} = :{MARK}"
    marked, sets = re.subn(r"\bSET ", f"{mark}, ", expression, count=1)
    return marked if sets else f"{mark} {expression}"
