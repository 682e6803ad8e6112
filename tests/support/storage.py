"""DynamoDB and Secrets Manager in this process (moto), refusing what AWS refuses and moto does not."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from botocore.session import Session as BotocoreSession
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

REGION = "eu-west-1"
LONGEST_KEY = 2048
"""Bytes that a partition key may have, in a read as in a write."""
MOST_ACTIONS = 100
"""Items that one transaction may name."""

_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
}
_numbers = count(1)

_PLACEHOLDERS = {"ExpressionAttributeNames", "ExpressionAttributeValues"}
_GRAMMAR = frozenset(
    {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN", "SIZE"}
)
_OPTIONS = {"ConditionExpression", "ReturnValuesOnConditionCheckFailure"} | _PLACEHOLDERS
_ACTIONS = {
    "Put": {"TableName", "Item"},
    "Update": {"TableName", "Key", "UpdateExpression"},
    "Delete": {"TableName", "Key"},
    "ConditionCheck": {"TableName", "Key", "ConditionExpression"},
}
"""What each action of a transaction must have; what it may have are the options."""


@contextmanager
def aws() -> Iterator[None]:
    """AWS's services are moto's within this block; it ends with nothing left of them."""
    import boto3
    from moto import mock_aws

    with without_account(), mock_aws():
        boto3.setup_default_session(botocore_session=_session())
        yield


@contextmanager
def without_account() -> Iterator[None]:
    """Whoever has credentials of AWS, or a profile, no client finds them within this block."""
    without = {name: "" for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE") if name in os.environ}
    with patch.dict(os.environ, _ENVIRONMENT | without):
        yield


def dynamodb() -> "DynamoDBClient":
    """A client without retries' pauses, strict about keys."""
    import boto3
    from botocore.config import Config

    client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    be_strict(client)
    return client


def be_strict(client: Any) -> None:
    """Have a client of moto's refuse what `check` refuses."""

    def before(params: dict[str, Any], model: Any, **_: Any) -> None:
        check(params, model.name)

    client.meta.events.register("provide-client-params.dynamodb", before)


def check(params: dict[str, Any], operation: str) -> None:
    """Refuse what DynamoDB refuses of every operation: keys that are empty or too long, text that is
    not Unicode, names or values that no expression uses, and reserved words; and a transaction that
    is none.
    """
    _check_text(params, operation)
    requests = [params]
    if operation == "TransactWriteItems":
        _check_transaction(params, operation)
        requests = [action for _, action in actions(params)]
    for request in requests:
        _check_keys(request, operation)
        _check_expressions(request, operation)


def actions(transaction: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The actions of a transaction that `check` has let pass: each's kind, and what it asks for."""
    return [next(iter(item.items())) for item in transaction["TransactItems"]]


def key_of(request: dict[str, Any]) -> str:
    """The key of the one item that a call or an action is about."""
    return str(request["Key" if "Key" in request else "Item"]["pk"]["S"])


def refused(operation: str, code: str, message: str) -> ClientError:
    """What boto3 raises for an answer of DynamoDB's with this code."""
    error: Any = {"Error": {"Code": code, "Message": message}}
    return ClientError(error, operation)


def create_table(client: "DynamoDBClient") -> str:
    """A new, empty table as `template.yaml` makes it; returns its name."""
    name = f"identity-{next(_numbers)}"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "by_due", "AttributeType": "S"},
            {"AttributeName": "due_at", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "Due",
                "KeySchema": [
                    {"AttributeName": "by_due", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def all_items(client: "DynamoDBClient", name: str) -> dict[str, dict[str, Any]]:
    """Everything that is stored, by key."""
    plain = TypeDeserializer().deserialize
    pages = client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
    items = [item for page in pages for item in page["Items"]]
    found = [{member: plain(value) for member, value in item.items()} for item in items]
    return {item["pk"]: item for item in found}


def put_secret(name: str, **values: str) -> str:
    """A secret of Secrets Manager with these members; returns its ARN. Called again, it is rolled."""
    client, text = _secrets_manager(), json.dumps(values)
    try:
        return client.create_secret(Name=name, SecretString=text)["ARN"]
    except client.exceptions.ResourceExistsException:
        return client.put_secret_value(SecretId=name, SecretString=text)["ARN"]


def _session() -> "BotocoreSession":
    """A fresh session; the descriptions of AWS's services are read from disk only once."""
    from botocore.session import get_session

    session = get_session()
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader() -> "Loader":
    from botocore.loaders import create_loader

    return create_loader()


@cache
def _secrets_manager() -> "SecretsManagerClient":
    import boto3

    return boto3.client("secretsmanager")


def _check_keys(params: dict[str, Any], operation: str) -> None:
    keys = [params.get("Key", {}), params.get("Item", {})]
    for request in params.get("RequestItems", {}).values():
        keys += request["Keys"]
    for key in keys:
        pk = key.get("pk", {}).get("S", "any")
        if not 0 < len(pk.encode("utf-8", "replace")) <= LONGEST_KEY:
            raise refused(operation, "ValidationException", "Size of hashkey")


def _check_transaction(params: dict[str, Any], operation: str) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""
    items = params["TransactItems"]
    if not 0 < len(items) <= MOST_ACTIONS:
        raise refused(operation, "ValidationException", f"{len(items)} actions in a transaction")
    if any(len(item) != 1 or not item.keys() <= _ACTIONS.keys() for item in items):
        raise refused(operation, "ValidationException", "one of Check, Put, Update or Delete")
    for kind, action in actions(params):
        if not _ACTIONS[kind] <= action.keys() <= _ACTIONS[kind] | _OPTIONS:
            raise refused(operation, "ValidationException", f"{kind} of {sorted(action)}")
    targets = {(action["TableName"], key_of(action)) for _, action in actions(params)}
    if len(targets) < len(items):
        raise refused(operation, "ValidationException", "multiple operations on one item")


def _check_text(params: dict[str, Any], operation: str) -> None:
    try:
        json.dumps(params, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise refused(operation, "SerializationException", "not Unicode") from None


def _check_expressions(params: dict[str, Any], operation: str) -> None:
    expressions = " ".join(value for name, value in params.items() if name.endswith("Expression"))
    used = set(re.findall(r"[:#]\w+", expressions))
    given = {name for kind in _PLACEHOLDERS for name in params.get(kind, {})}
    if used != given:
        raise refused(operation, "ValidationException", f"unused or undefined: {used ^ given}")
    if any(params.get(kind) == {} for kind in _PLACEHOLDERS):
        raise refused(operation, "ValidationException", "placeholders must not be empty")
    words = {word.upper() for word in re.findall(r"(?<![:#\w])[A-Za-z]\w*", expressions)}
    if reserved := (words - _GRAMMAR) & _reserved_words():
        raise refused(operation, "ValidationException", f"reserved keyword: {reserved}")


@cache
def _reserved_words() -> frozenset[str]:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html"""
    moto = find_spec("moto")  # not imported: that takes a second
    assert moto is not None
    assert moto.origin is not None
    words = Path(moto.origin).parent / "dynamodb/parsing/reserved_keywords.txt"
    return frozenset(words.read_text().split())
