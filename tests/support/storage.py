"""DynamoDB and Secrets Manager in this process (moto), refusing what AWS refuses and moto does not."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

REGION = "eu-west-1"
LONGEST_KEY = 2048
"""Bytes that a partition key may have, in a read as in a write."""

_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
}
_numbers = count(1)


@contextmanager
def aws() -> Iterator[None]:
    """AWS's services are moto's within this block; it ends with nothing left of them."""
    from moto import mock_aws

    without = {name: "" for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE") if name in os.environ}
    with patch.dict(os.environ, _ENVIRONMENT | without), mock_aws():
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
    not Unicode, and names or values that no expression uses.
    """
    _check_keys(params, operation)
    _check_text(params, operation)
    _check_expressions(params, operation)


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
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
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


def _check_text(params: dict[str, Any], operation: str) -> None:
    try:
        json.dumps(params, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise refused(operation, "SerializationException", "not Unicode") from None


def _check_expressions(params: dict[str, Any], operation: str) -> None:
    expressions = " ".join(value for name, value in params.items() if name.endswith("Expression"))
    used = set(re.findall(r"[:#]\w+", expressions))
    given = {
        name
        for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues")
        for name in params.get(kind, {})
    }
    if used != given:
        raise refused(operation, "ValidationException", f"unused or undefined: {used ^ given}")
