"""DynamoDB's calls on items over dictionaries, a hundred times as fast as moto, and atomic.

It evaluates the expressions it is given (`tests/support/expressions.py`) and refuses what DynamoDB
refuses (`tests/support/storage.py`) and what a function's role forbids (`tests/support/roles.py`). `tests/support/test_quick_dynamodb.py` holds it against moto.
"""

import threading
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from tests.support.expressions import Row, condition, named, updated
from tests.support.roles import check_role
from tests.support.storage import actions, check, key_of, refused

Request = dict[str, Any]
Tables = dict[str, dict[str, Row]]
"""The rows of each table, by key."""
Stream = Callable[[Row | None, Row | None], None]
"""Gets an item before and after a change, as it is stored."""

REASONS = {
    "ConditionalCheckFailed": "The conditional request failed",
    "TransactionConflict": "Transaction is ongoing for the item",
    "ThrottlingError": "Throughput exceeds the current throughput limit for your account",
}
"""Why a transaction is canceled, on account of one of its items."""


class QuickDynamoDB:
    """A client with these tables (`quick`, when none is named); `rows` are those of the first.

    `failures` are codes that the next calls of an operation end in. For `TransactWriteItems` one of
    `REASONS` cancels it on account of its first item, the others being judged as ever. `stream` gets
    each change of an item, as the table's stream would.
    """

    def __init__(self, *tables: str) -> None:
        self.tables: Tables = {name: {} for name in tables or ("quick",)}
        self.rows = next(iter(self.tables.values()))
        self.failures: dict[str, deque[str]] = {}
        self.stream: Stream | None = None
        self._made: set[str] = set()
        self._lock = threading.Lock()

    def get_item(self, **request: Any) -> dict[str, Any]:
        self._admit("GetItem", request)
        row = self._row(request)
        return {} if row is None else {"Item": dict(row)}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        self._admit("BatchGetItem", request)
        ((name, wanted),) = request["RequestItems"].items()
        found = [self._row({"TableName": name, "Key": key}) for key in wanted["Keys"]]
        rows = [dict(row) for row in found if row is not None]
        return {"Responses": {name: rows}, "UnprocessedKeys": {}}

    def query(self, **request: Any) -> dict[str, Any]:
        """One page of an index of keys, up or down: the rows that are in it and fulfil a condition."""
        self._admit("Query", request)
        place = "due_at" if request["IndexName"] == "Due" else "listed"
        holds = condition(request["KeyConditionExpression"])
        values = request["ExpressionAttributeValues"]
        rows = list(self.tables[request["TableName"]].values())
        found = [row for row in rows if place in row and holds(row, values)]
        found.sort(
            key=lambda row: _order(row[place]), reverse=not request.get("ScanIndexForward", True)
        )
        return {
            "Items": [{key: row[key] for key in ("pk", place)} for row in found[: request["Limit"]]]
        }

    def scan(self, **request: Any) -> dict[str, Any]:
        """One page of a table, in the order of its keys."""
        self._admit("Scan", request)
        after = request.get("ExclusiveStartKey", {}).get("pk", {}).get("S", "")
        rows = self.tables[request["TableName"]]
        keys = sorted(key for key in rows if key > after)
        found = keys[: request["Limit"]]
        last = {"LastEvaluatedKey": {"pk": {"S": found[-1]}}} if len(keys) > len(found) else {}
        return {"Items": [dict(rows[key]) for key in found], **last}

    def put_item(self, **request: Any) -> dict[str, Any]:
        self._write("Put", request)
        return {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        self._write("Delete", request)
        return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        return {"Attributes": dict(self._write("Update", request) or {})}

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """All of the actions or none, once for each token; whoever is refused has the reason of
        each.
        """
        ordered = self._admit("TransactWriteItems", request)
        token = request.get("ClientRequestToken", "")
        with self._lock:
            if token in self._made:
                return {}
            found = [(kind, action, self._row(action)) for kind, action in actions(request)]
            reasons = [_reason(action, old) for _, action, old in found]
            if ordered:
                reasons[0] = {"Code": ordered, "Message": REASONS[ordered]}
            if any(reason != _FINE for reason in reasons):
                raise _canceled(reasons)
            made = [(action, _made(kind, action, old)) for kind, action, old in found]
            for action, row in made:
                self._store(action, row)
            self._made |= {token} - {""}
        return {}

    def _admit(self, operation: str, request: Request) -> str:
        """Refuse a call, unless it is a transaction to be canceled: then return the reason."""
        check(request, operation)
        check_role(operation, request)
        waiting = self.failures.get(operation)
        code = waiting.popleft() if waiting else ""
        if code and not (operation == "TransactWriteItems" and code in REASONS):
            raise refused(operation, code, "a failure that was ordered")
        if not self.tables.keys() >= _tables(request):
            raise refused(operation, "ResourceNotFoundException", "no such table")
        return code

    def _write(self, kind: str, request: Request) -> Row | None:
        self._admit(f"{kind}Item", request)
        with self._lock:
            old = self._row(request)
            if not _allowed(request, old):
                raise _condition_failed(f"{kind}Item", request, old)
            new = _made(kind, request, old)
            self._store(request, new)
        return new

    def _row(self, request: Request) -> Row | None:
        return self.tables[request["TableName"]].get(key_of(request))

    def _store(self, request: Request, row: Row | None) -> None:
        rows = self.tables[request["TableName"]]
        if self.stream is not None:
            self.stream(rows.get(key_of(request)), row)
        if row is None:
            rows.pop(key_of(request), None)
        else:
            rows[key_of(request)] = row


_FINE = {"Code": "None"}


def _order(value: dict[str, str]) -> str | Decimal:
    """What a range key is sorted by."""
    return Decimal(value["N"]) if "N" in value else value["S"]


def _tables(request: Request) -> set[str]:
    if "TransactItems" in request:
        return {action["TableName"] for _, action in actions(request)}
    return set(request["RequestItems"]) if "RequestItems" in request else {request["TableName"]}


def _allowed(request: Request, old: Row | None) -> bool:
    if "ConditionExpression" not in request:
        return True
    text = named(request["ConditionExpression"], request.get("ExpressionAttributeNames", {}))
    return condition(text)(old or {}, request.get("ExpressionAttributeValues", {}))


def _made(kind: str, request: Request, old: Row | None) -> Row | None:
    """What an action makes of the row that is there."""
    if kind == "Update":
        text = named(request["UpdateExpression"], request.get("ExpressionAttributeNames", {}))
        values = request.get("ExpressionAttributeValues", {})
        return updated(text, request["Key"], old, values)
    return {"Put": dict(request.get("Item", {})), "Delete": None, "ConditionCheck": old}[kind]


def _seen(request: Request, old: Row | None) -> dict[str, Row]:
    """The row that a failed condition shows, where that was asked for."""
    asked = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return {"Item": dict(old)} if old is not None and asked else {}


def _condition_failed(operation: str, request: Request, old: Row | None) -> ClientError:
    message = REASONS["ConditionalCheckFailed"]
    error: Any = refused(operation, "ConditionalCheckFailedException", message)
    error.response |= _seen(request, old)
    return error  # type: ignore[no-any-return]


def _reason(action: Request, old: Row | None) -> dict[str, Any]:
    if _allowed(action, old):
        return _FINE
    code = "ConditionalCheckFailed"
    return {"Code": code, "Message": REASONS[code], **_seen(action, old)}


def _canceled(reasons: list[dict[str, Any]]) -> ClientError:
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = (
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    )
    error: Any = refused("TransactWriteItems", "TransactionCanceledException", message)
    error.response |= {"CancellationReasons": reasons, "Message": message}
    return error  # type: ignore[no-any-return]
