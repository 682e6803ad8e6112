"""The functions and the streams of a deployed stack, by their names in the template."""

import json
from typing import Any

from local.lock import read_run
from local.stack_resources import resource_id
from tests.support.poller import read_stream
from tests.support.service import Service, client
from tests.support.stream_records import Record


def resource_of(service: Service, name: str) -> str:
    """What AWS calls a resource of the template."""
    return resource_id(read_run(service.home)["emulator_port"], name)


def invoke(service: Service, function: str, payload: dict[str, Any]) -> Any:
    """What a function returns to an operator's command."""
    name = resource_of(service, function)
    answer = client(service, "lambda").invoke(FunctionName=name, Payload=json.dumps(payload))
    body = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, body
    return body


def changes_of(service: Service, table: str) -> list[Record]:
    """The records of a table's stream, as Lambda hands them over."""
    name = resource_of(service, table)
    described = client(service, "dynamodb").describe_table(TableName=name)["Table"]
    return read_stream(client(service, "dynamodbstreams"), described["LatestStreamArn"])
