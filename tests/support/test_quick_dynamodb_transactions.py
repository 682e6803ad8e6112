"""The quick DynamoDB's transactions: as moto's when they come one after another, whole when they meet,
and refused and canceled as DynamoDB's own.
"""

import re
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.storage import all_items, create_table
from tests.support.threads import at_once

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

VALUES: dict[str, Any] = {
    ":one": {"N": "1"}, ":two": {"N": "2"}, ":x": {"S": "x"}, ":xs": {"SS": ["x", "y"]},
    ":yes": {"BOOL": True},
}  # fmt: skip
NAMES = {"#n": "n", "#state": "state"}
CONDITIONS = [
    "attribute_exists(pk)",
    "attribute_not_exists(#state)",
    "#n = :one",
    "#n <> :one",
    "#state <> :x",
    "yes = :yes AND #n < :two",
    "NOT #n = :two",
    "NOT attribute_exists(pk) OR #n >= :one",
    "#state = :x OR attribute_exists(yes) AND #n > :one",
    "(#state = :x OR attribute_exists(yes)) AND #n > :one",
    "NOT (attribute_exists(yes) OR #state = :x)",
    "NOT (NOT attribute_exists(xs)) AND NOT #n > :two",
    "xs = :xs",
]
UPDATES = [
    "SET #n = :one",
    "SET #state = :x, yes = :yes REMOVE xs",
    "SET #n = if_not_exists(#n, :two)",
    "SET #state = if_not_exists(#n, :x)",
    "REMOVE #state, #n SET yes = :yes",
    "ADD #n :two, xs :xs SET #state = :x",
    "SET began = if_not_exists(began, :one), #state = :x ADD #n :one REMOVE yes",
]
ROWS: list[dict[str, Any]] = [
    {},
    {"n": {"N": "1"}, "yes": {"BOOL": True}},
    {"state": {"S": "x"}, "n": {"N": "2"}, "xs": {"SS": ["y", "x"]}},
]


def used(expressions: str) -> dict[str, Any]:
    """The placeholders that these expressions use, and no more."""
    placeholders = set(re.findall(r"[:#]\w+", expressions))
    values = {name: VALUES[name] for name in placeholders & VALUES.keys()}
    names = {name: NAMES[name] for name in placeholders & NAMES.keys()}
    members = {"ExpressionAttributeValues": values, "ExpressionAttributeNames": names}
    return {member: found for member, found in members.items() if found}


@st.composite
def actions(draw: st.DrawFn, pk: str) -> tuple[str, dict[str, Any]]:
    """An action on one item, of any kind, with a condition or without."""
    kind = draw(st.sampled_from(["Put", "Update", "Delete", "ConditionCheck"]))
    action: dict[str, Any] = {"Key": {"pk": {"S": pk}}}
    if kind == "Put":
        action = {"Item": {"pk": {"S": pk}, **draw(st.sampled_from(ROWS))}}
    if kind == "Update":
        action["UpdateExpression"] = draw(st.sampled_from(UPDATES))
    if kind == "ConditionCheck" or draw(st.booleans()):
        action["ConditionExpression"] = draw(st.sampled_from(CONDITIONS))
    if draw(st.booleans()):
        action["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    texts = [text for name, text in action.items() if name.endswith("Expression")]
    return kind, action | used(" ".join(texts))


transactions = st.lists(st.sampled_from("abcd"), min_size=1, unique=True).flatmap(
    lambda pks: st.tuples(*(actions(pk) for pk in pks))
)
writes = st.sampled_from("abcd").flatmap(actions).filter(lambda write: write[0] != "ConditionCheck")


def plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: TypeDeserializer().deserialize(value) for name, value in row.items()}


def answer(call: Callable[[], Any]) -> Any:
    """What a call ends in: the code, the message of a cancellation, and every item that is shown."""
    try:
        call()
    except ClientError as error:
        response: Any = error.response
        reasons = response.get("CancellationReasons", [])
        seen = [{**reason, "Item": plain(reason.get("Item", {}))} for reason in reasons]
        message = response["Error"]["Message"] if reasons else ""
        return response["Error"]["Code"], message, seen, plain(response.get("Item", {}))
    return "done"


def transact(client: Any, table: str, wanted: Any) -> Any:
    items = [{kind: {**action, "TableName": table}} for kind, action in wanted]
    return answer(lambda: client.transact_write_items(TransactItems=items))


def write(client: Any, table: str, kind: str, action: dict[str, Any]) -> Any:
    """The same action as a call of its own."""
    call = getattr(client, f"{kind.lower()}_item")
    return answer(lambda: call(TableName=table, **action))


@given(st.lists(transactions | writes, max_size=8))
def test_they_answer_and_store_as_motos_do(dynamodb: "DynamoDBClient", commands: list[Any]) -> None:
    name, quick = create_table(dynamodb), QuickDynamoDB()
    for command in commands:
        if isinstance(command[0], str):
            assert write(quick, "quick", *command) == write(dynamodb, name, *command)
        else:
            assert transact(quick, "quick", command) == transact(dynamodb, name, command)
        stored = {pk: plain(row) for pk, row in quick.rows.items()}
        assert stored == all_items(dynamodb, name)


KEY = {"pk": {"S": "a"}}
DELETE: dict[str, Any] = {"Delete": {"Key": KEY}}
BAD: dict[str, list[Any]] = {
    "nothing": [],
    "too much": [{"Delete": {"Key": {"pk": {"S": f"k{number}"}}}} for number in range(101)],
    "an item twice": [DELETE, {"Put": {"Item": {**KEY, "n": {"N": "1"}}}}],
    "an item checked and changed": [
        DELETE,
        {"ConditionCheck": {"Key": KEY, "ConditionExpression": "attribute_exists(pk)"}},
    ],
    "an empty action": [{}],
    "two kinds in one": [{**DELETE, "Put": {"Item": {"pk": {"S": "b"}}}}],
    "a kind that is none": [{"Get": {"Key": KEY}}],
    "a check of nothing": [{"ConditionCheck": {"Key": KEY}}],
    "an update of nothing": [{"Update": {"Key": KEY}}],
    "a member of UpdateItem alone": [{"Delete": {"Key": KEY, "ReturnValues": "ALL_OLD"}}],
    "an empty key": [{"Delete": {"Key": {"pk": {"S": ""}}}}],
    "a long key": [{"Put": {"Item": {"pk": {"S": "é" * 1025}}}}],
    "a name unused": [{"Delete": {"Key": KEY, "ExpressionAttributeNames": {"#n": "n"}}}],
    "no values at all": [{"Delete": {"Key": KEY, "ExpressionAttributeValues": {}}}],
    "a reserved word": [
        {"Update": {"Key": KEY, "UpdateExpression": "REMOVE kept, status"}},
    ],
    "a reserved word in a condition": [
        {"Delete": {"Key": KEY, "ConditionExpression": "attribute_exists(Owner)"}},
    ],
    "a value undefined": [{"Delete": {"Key": KEY, "ConditionExpression": "n = :n"}}],
    "half a character": [{"Put": {"Item": {"pk": {"S": "\ud800"}}}}],
}


@pytest.mark.parametrize("reason", BAD)
def test_a_transaction_that_is_none_is_refused_by_both(
    dynamodb: "DynamoDBClient", reason: str
) -> None:
    name, quick = create_table(dynamodb), QuickDynamoDB()
    for client, table in ((quick, "quick"), (dynamodb, name)):
        items = [
            {kind: {**action, "TableName": table} for kind, action in item.items()}
            for item in [{"Put": {"Item": {"pk": {"S": "first"}}}}, *BAD[reason]]
        ]
        wanted: Any = items if BAD[reason] else []
        refusal = answer(lambda: client.transact_write_items(TransactItems=wanted))  # noqa: B023
        assert refusal[0] in ("ValidationException", "SerializationException"), refusal
    assert (quick.rows, all_items(dynamodb, name)) == ({}, {})


def test_a_hundred_items_fit_one_transaction() -> None:
    quick = QuickDynamoDB()
    puts = [("Put", {"Item": {"pk": {"S": f"k{number}"}}}) for number in range(100)]
    assert transact(quick, "quick", puts) == "done"
    assert len(quick.rows) == 100


def test_tables_are_separate_and_can_be_written_together() -> None:
    quick = QuickDynamoDB("one", "two")
    put: dict[str, Any] = {"Item": KEY, "ConditionExpression": "attribute_not_exists(pk)"}
    both = [{"Put": {**put, "TableName": table}} for table in ("one", "two")]
    assert answer(lambda: quick.transact_write_items(TransactItems=both)) == "done"
    assert quick.tables == {"one": {"a": KEY}, "two": {"a": KEY}}
    quick.delete_item(TableName="two", Key=KEY)
    refusal = answer(lambda: quick.transact_write_items(TransactItems=both))
    assert [reason["Code"] for reason in refusal[2]] == ["ConditionalCheckFailed", "None"]
    assert quick.tables["two"] == {}
    both[1]["Put"]["TableName"] = "three"
    assert answer(lambda: quick.transact_write_items(TransactItems=both))[0] == (
        "ResourceNotFoundException"
    )


PUTS = [("Put", {"Item": {"pk": {"S": pk}}}) for pk in ("a", "b")]


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_cancellation_that_was_ordered_comes_once_and_writes_nothing(reason: str) -> None:
    quick = QuickDynamoDB()
    quick.failures["TransactWriteItems"] = deque([reason])
    code, message, reasons, _ = transact(quick, "quick", PUTS)
    assert code == "TransactionCanceledException"
    assert message.endswith(f"[{reason}, None]")
    assert [found["Code"] for found in reasons] == [reason, "None"]
    assert quick.rows == {}
    assert transact(quick, "quick", PUTS) == "done"


def test_a_conflict_may_come_together_with_a_condition_that_failed() -> None:
    quick = QuickDynamoDB()
    quick.failures["TransactWriteItems"] = deque(["TransactionConflict"])
    check = ("ConditionCheck", {"Key": KEY, "ConditionExpression": "attribute_exists(pk)"})
    _, _, reasons, _ = transact(quick, "quick", [PUTS[1], check])
    assert [found["Code"] for found in reasons] == ["TransactionConflict", "ConditionalCheckFailed"]


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "TransactionInProgressException", "InternalServerError"]
)
def test_a_failure_of_the_whole_call_has_no_reasons(code: str) -> None:
    quick = QuickDynamoDB()
    quick.failures["TransactWriteItems"] = deque([code])
    assert transact(quick, "quick", PUTS) == (code, "", [], {})
    assert quick.rows == {}
    assert transact(quick, "quick", PUTS) == "done"


def test_a_call_on_one_item_is_never_canceled_as_a_transaction_is() -> None:
    quick = QuickDynamoDB()
    quick.failures["PutItem"] = deque(["TransactionConflictException", "TransactionConflict"])
    assert write(quick, "quick", *PUTS[0])[0] == "TransactionConflictException"
    assert write(quick, "quick", *PUTS[0]) == ("TransactionConflict", "", [], {})


THREADS = 8
ROUNDS = range(25)


def test_of_many_at_once_that_use_one_item_up_one_is_done_and_nothing_else_is_left() -> None:
    for _ in ROUNDS:
        quick = QuickDynamoDB()
        quick.put_item(TableName="quick", Item={"pk": {"S": "state"}})
        results = at_once([partial(_use_up, quick, number) for number in range(THREADS)])
        (winner,) = [number for number, result in enumerate(results) if result == "done"]
        codes = {result[0] for result in results if result != "done"}
        assert codes == {"TransactionCanceledException"}
        assert quick.rows == {
            "state": {"pk": {"S": "state"}, "used_by": {"N": str(winner)}},
            f"install{winner}": {"pk": {"S": f"install{winner}"}},
        }


def _use_up(quick: QuickDynamoDB, number: int) -> Any:
    update = {
        "Key": {"pk": {"S": "state"}},
        "UpdateExpression": "SET used_by = :me",
        "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(used_by)",
        "ExpressionAttributeValues": {":me": {"N": str(number)}},
    }
    put = {"Item": {"pk": {"S": f"install{number}"}}}
    return transact(quick, "quick", [("Put", put), ("Update", update)])


def test_transactions_and_single_writes_at_once_lose_nothing_of_each_other() -> None:
    half = THREADS // 2
    for _ in ROUNDS:
        quick = QuickDynamoDB()
        both = [("Update", _adding("a", 1)), ("Update", _adding("b", -1))]
        move = partial(transact, quick, "quick", both)
        single = partial(write, quick, "quick", "Update", _adding("a", 100))
        assert at_once([move, single] * half) == ["done"] * THREADS
        counts = {pk: plain(row)["n"] for pk, row in quick.rows.items()}
        assert counts == {"a": 101 * half, "b": -half}


def _adding(pk: str, number: int) -> dict[str, Any]:
    return {
        "Key": {"pk": {"S": pk}},
        "UpdateExpression": "ADD n :n",
        "ExpressionAttributeValues": {":n": {"N": str(number)}},
    }
