"""A table that is served to another process answers as the table itself."""

import json
from http.client import HTTPConnection

import pytest

from bench.growth.served_table import served_tables
from countersign.aws.changes import ConditionFailed
from countersign.aws.network import NETWORK
from countersign.aws.table import Table
from tests.support.storage import without_account


def test_what_the_sdk_writes_over_http_is_in_the_table() -> None:
    import boto3

    with without_account(), served_tables("identity") as (tables, url):
        table = Table("identity", boto3.client("dynamodb", endpoint_url=url, config=NETWORK))
        table.put({"pk": "a", "raw": b"\x00\xff"}, "attribute_not_exists(pk)")
        assert table.get("a") == {"pk": "a", "raw": b"\x00\xff"}
        with pytest.raises(ConditionFailed):
            table.put({"pk": "a"}, "attribute_not_exists(pk)")
        assert tables.rows.keys() == {"a"}


def test_a_connection_carries_many_requests() -> None:
    key = json.dumps({"TableName": "identity", "Key": {"pk": {"S": "none"}}})
    with served_tables("identity") as (_, url):
        connection = HTTPConnection(url.removeprefix("http://"))
        sockets = set()
        for _ in range(3):
            connection.request("POST", "/", key, {"X-Amz-Target": "DynamoDB_20120810.GetItem"})
            response = connection.getresponse()
            assert (response.status, json.loads(response.read())) == (200, {})
            sockets.add(connection.sock)
        connection.close()
    assert len(sockets) == 1
    assert None not in sockets
