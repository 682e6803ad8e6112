"""A call that the running function's role does not allow is refused in this process, as IAM refuses it."""

import pytest
from botocore.exceptions import ClientError

from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.roles import acting_as
from tools.functions import load_function

ROW = {"pk": {"S": "a"}}


def test_a_role_allows_what_the_template_says_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SPC_TABLE", "spc")
    client = QuickDynamoDB("spc", "no-functions-own")
    client.put_item(TableName="spc", Item=ROW)
    write = {"Put": {"TableName": "spc", "Item": ROW}}
    with acting_as(load_function("step_up_decision").handler):
        assert client.get_item(TableName="spc", Key=ROW)["Item"] == ROW
        client.put_item(TableName="no-functions-own", Item=ROW)
        for put in (
            lambda: client.put_item(TableName="spc", Item=ROW),
            lambda: client.transact_write_items(TransactItems=[write]),
        ):
            with pytest.raises(ClientError, match="not authorized to perform PutItem on SPC_TABLE"):
                put()
    client.put_item(TableName="spc", Item=ROW)


def test_what_is_due_is_looked_for_by_reconciliation_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEP_UP_TABLE", "step-up")
    client = QuickDynamoDB("step-up")
    request = {
        "TableName": "step-up",
        "IndexName": "Due",
        "KeyConditionExpression": "by_due = :by_due AND due_at <= :until",
        "ExpressionAttributeValues": {":by_due": {"S": "0"}, ":until": {"N": "1"}},
        "Limit": 1,
    }
    with acting_as(load_function("reconciliation").handler):
        assert client.query(**request) == {"Items": []}
        with pytest.raises(ClientError, match="not authorized to perform Query of ByDay"):
            client.query(**request | {"IndexName": "ByDay"})
    not_due = pytest.raises(ClientError, match="not authorized to perform Query of Due")
    with acting_as(load_function("step_up_decision").handler), not_due:
        client.query(**request)
