"""What is shown of a record of a table's stream, and what never is."""

import json
from typing import Any

import pytest

from local.events.changes import entry_of


def record(
    name: str, pk: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> dict[str, Any]:
    images = {"OldImage": before, "NewImage": after}
    change = {"Keys": {"pk": {"S": pk}}, "SequenceNumber": "7", "ApproximateCreationDateTime": 9}
    given = {
        name: {"pk": {"S": pk}, **image} for name, image in images.items() if image is not None
    }
    return {"eventName": name, "dynamodb": change | given}


def shown(*arguments: Any) -> dict[str, Any]:
    entry = entry_of("SpcTable", record(*arguments))
    assert entry is not None
    return entry.body


def test_a_new_item_is_shown_with_its_kind_id_revision_and_state() -> None:
    after = {"rev": {"N": "1"}, "kind": {"S": "payment"}, "status": {"S": "pending"}}
    assert shown("INSERT", "ceremony#c1", None, after) == {
        "key": "7",
        "at": 9,
        "table": "SpcTable",
        "kind": "ceremony",
        "subject": "c1",
        "done": "created",
        "revision": 1,
        "state": "payment pending",
        "changed": [],
    }


def test_a_change_names_the_attributes_that_are_others_now_and_shows_no_value() -> None:
    before = {"rev": {"N": "3"}, "status": {"S": "requires_input"}, "user": {"S": "secret"}}
    after = {"rev": {"N": "4"}, "status": {"S": "verified"}, "email": {"S": "a@example.com"}}
    body = shown("MODIFY", "live#session#vs_1", before, after)
    assert (body["subject"], body["revision"], body["state"]) == ("vs_1", 4, "verified")
    assert body["changed"] == ["email", "status", "user"]
    assert "secret" not in json.dumps(body)
    assert "example.com" not in json.dumps(body)


def test_what_was_removed_is_shown_as_it_was() -> None:
    body = shown("REMOVE", "credential#k", {"rev": {"N": "2"}, "public_key": {"S": "p"}}, None)
    assert (body["done"], body["kind"], body["revision"]) == ("removed", "credential", 2)
    assert body["changed"] == []


@pytest.mark.parametrize("pk", ["slot#hash", "ticket#hash", "return#hash", "idempotency#hash"])
def test_bookkeeping_whose_key_may_be_a_secret_is_not_shown(pk: str) -> None:
    assert entry_of("SpcTable", record("INSERT", pk, None, {})) is None
