"""What docs/events.md shows: an event, the code that every consumer is told to copy, the subjects."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from countersign.domain_events.catalog import CATALOG
from tests.papers.guide import PAPERS
from tests.support.event_schemas import assert_matches_schema, read_schema

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = PAPERS["docs/events.md"]


def block(language: str) -> str:
    """The first block of the page in a language."""
    return next(block.text for block in PAGE.blocks if block.language == language)


@pytest.fixture
def keep_newest(dynamodb: "DynamoDBClient") -> Iterator[Any]:
    """The page's function, with the table that it names."""
    dynamodb.create_table(
        TableName="subjects",
        KeySchema=[{"AttributeName": "subject", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "subject", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    names: dict[str, Any] = {}
    exec(block("python"), names)  # noqa: S102  what a reader would copy
    yield names["keep_newest"]
    dynamodb.delete_table(TableName="subjects")


def told(name: str, revision: int, **data: Any) -> dict[str, Any]:
    detail = {"subject": "vs_1", "revision": revision, "data": data}
    return {"source": "countersign", "detail-type": f"identity.{name}", "detail": detail}


def test_the_event_on_the_page_is_the_example_of_its_schema() -> None:
    shown = json.loads(block("json"))
    assert_matches_schema(shown)
    [example] = read_schema(shown["detail-type"], shown["detail"]["version"])["examples"]
    assert shown["detail"] == example


@pytest.mark.exhaustive  # on moto, which takes a second to import
def test_the_code_on_the_page_ends_with_the_newest_state_in_every_order(keep_newest: Any) -> None:
    events = [
        told("processing", 4, error=None),
        told("verified", 5, error=None),
        told("revoked", 10**12 + 1, error="under_supported_age"),
    ]
    for number, order in enumerate(permutations(events + events[:1])):
        for event in order:
            known = keep_newest(event | {"detail": event["detail"] | {"subject": f"vs_{number}"}})
        assert (known["told"], known["revision"]) == ("identity.revoked", 10**12 + 1)
        assert known["known"] == {"error": "under_supported_age"}


def test_each_event_has_a_subject_on_the_page() -> None:
    rows = re.findall(r"^\| (.*) \| (?:the|a) [^|]*\|$", PAGE.prose, re.MULTILINE)
    patterns = [pattern for row in rows for pattern in re.findall(r"`([a-z_*.]+)`", row)]
    for name in CATALOG:
        assert [pattern for pattern in patterns if fnmatch(name, pattern)] != [], name
    for pattern in patterns:
        if "." in pattern:
            assert any(fnmatch(name, pattern) for name in CATALOG), pattern
