"""The published schema and the parser agree on every file, but for what a schema cannot express."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from countersign.step_up.rules.conditions import NAMES
from countersign.step_up.rules.faults import RuleFileError
from countersign.step_up.rules.load_rules import PATH, parse_rules
from tests.support.rule_texts import Document, documents, toml
from tools.rule_schema import TARGET, schema, text

SCHEMA = Draft202012Validator(schema())
BEYOND_A_SCHEMA = ("is more than to", "has this name already")
WORDS = st.sampled_from((
    "eur", "kwd", "visa", "FR", "sca", "unknown", "signed", "none", "full", "05", "google_pay", "spc", "3ds", "any",
    "proceed", "step_up", "default", "rule-0", "x", "", "a[b", "two\nlines", "k" * 41, "v" * 501,
))  # fmt: skip
NUMBERS = st.sampled_from((0, 1, 9, 10, 15, 100, 150, -1, 999_999_999_999, 1_000_000_000_000, 1.5))
VALUES = st.recursive(
    WORDS | NUMBERS | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.just("not"), inner, max_size=2)
    ),
    max_leaves=4,
)
MEMBERS = st.sampled_from((
    *NAMES, "outcome", "methods", "three_d_secure", "name", "when", "not", "from", "to", "eur", "kwd", "isk", "x",
))  # fmt: skip


def parser_accepts(file: str) -> bool:
    try:
        parse_rules(file)
    except RuleFileError as refused:
        return all(
            any(word in fault.reason for word in BEYOND_A_SCHEMA) for fault in refused.faults
        )
    return True


@st.composite
def changed(draw: st.DrawFn) -> Document:
    """A file that was right, with a member set, replaced or removed somewhere."""
    document = draw(documents(most=2))
    places: list[Any] = [document]
    for place in places:
        places += [
            one
            for one in (place.values() if isinstance(place, dict) else place)
            if one and not isinstance(one, str | int)
        ]
    place = draw(st.sampled_from(places))
    if isinstance(place, list):
        place[draw(st.integers(0, len(place) - 1))] = draw(VALUES)
        return document
    key = draw(st.sampled_from(sorted(place)) | MEMBERS)
    if draw(st.booleans()):
        place[key] = draw(VALUES)
    else:
        place.pop(key, None)
    return document


def test_the_schema_is_made_from_the_words_of_the_parser() -> None:
    assert TARGET.read_text() == text()
    assert json.loads(text()) == schema()
    Draft202012Validator.check_schema(schema())


@given(documents())
def test_the_schema_accepts_a_right_file(document: Document) -> None:
    assert list(SCHEMA.iter_errors(document)) == []


@pytest.mark.exhaustive  # drawn rules
@given(st.lists(changed(), min_size=10, max_size=10))
def test_the_schema_accepts_exactly_what_the_parser_accepts(changes: list[Document]) -> None:
    for document in changes:
        file = toml(document)
        assert SCHEMA.is_valid(document) == parser_accepts(file), file


def test_the_shipped_rules_name_their_schema() -> None:
    assert PATH.read_text().splitlines()[0] == f"#:schema ./{TARGET.name}"
    assert TARGET.parent == PATH.parent
