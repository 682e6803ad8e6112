"""The AWS emulator as a run starts and stops it, without the bundle."""

import io
import json
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from local import aws
from local.emulator import Emulator, running_emulator
from local.lock import run_lock
from local.places import PROJECT, Places, python_minor

BUS = "told"
TABLE = "stored"
_PUBLISHER = """
import json, boto3

def handler(event, context):
    print("one line")
    entries = [
        {"Source": "countersign", "DetailType": "test.stored", "EventBusName": "told",
         "Detail": json.dumps({"subject": record["dynamodb"]["Keys"]["pk"]["S"]})}
        for record in event["Records"]
    ]
    boto3.client("events").put_events(Entries=entries)
"""
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["events:PutEvents", "logs:*"], "Resource": "*"}],
}


@asynccontextmanager
async def emulator(home: Path) -> AsyncIterator[Emulator]:
    """An emulator with the state that the last one in this folder has saved."""
    places = Places(PROJECT, home)
    places.make()
    with run_lock(home, 0) as lock:
        async with running_emulator(places, dict(os.environ), lock) as running:
            yield running


def deploy_publisher(port: int, pattern: dict[str, Any]) -> None:
    """Make a bus, a table, and a function that tells the bus of each change that passes a filter."""
    aws.client("events", port).create_event_bus(Name=BUS)
    table = aws.client("dynamodb", port).create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    functions = aws.client("lambda", port)
    functions.create_function(
        FunctionName="publisher",
        Runtime=runtime(),
        Role=role(port),
        Handler="app.handler",
        Code={"ZipFile": zipped("app.py", _PUBLISHER)},
        Timeout=20,
    )
    functions.create_event_source_mapping(
        EventSourceArn=table["LatestStreamArn"],
        FunctionName="publisher",
        StartingPosition="TRIM_HORIZON",
        BatchSize=1,
        FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]},
    )


def store(port: int, *pks: str) -> None:
    """Put items with these keys."""
    dynamodb = aws.client("dynamodb", port)
    for pk in pks:
        dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": pk}})


def runtime() -> str:
    """The runtime of a function: the emulator has that of its own interpreter alone."""
    return f"python{python_minor(Places(PROJECT, PROJECT).ministack_python)}"


def role(port: int) -> str:
    """A role that may write a log and tell the bus."""
    iam = aws.client("iam", port)
    role = iam.create_role(RoleName="publisher", AssumeRolePolicyDocument=json.dumps(_TRUST))
    iam.put_role_policy(RoleName="publisher", PolicyName="told", PolicyDocument=json.dumps(_POLICY))
    return str(role["Role"]["Arn"])


def zipped(name: str, source: str) -> bytes:
    """An archive with one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, source)
    return packed.getvalue()
