"""How values are stored: each under DynamoDB's name for its type, as boto3 stores it."""

from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.items import StoredForm

FORM = StoredForm(livemode=False)
_SIMPLE = (
    st.none() | st.booleans() | st.integers(-(10**37), 10**37) | st.text() | st.binary(min_size=1)
)
VALUES = st.recursive(
    _SIMPLE | st.sets(st.text(min_size=1), min_size=1),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(VALUES)
def test_a_value_is_stored_as_boto3_stores_it(value: Any) -> None:
    assert _sorted(FORM.typed({"value": value})["value"]) == _sorted(
        TypeSerializer().serialize(value)
    )


@given(VALUES)
def test_a_value_is_read_as_it_was_stored(value: Any) -> None:
    assert FORM.plain(FORM.typed({"value": value})) == {"value": value}


@pytest.mark.parametrize("value", [1.5, set(), {1, 2}, object(), [1.5]])
def test_what_is_never_stored_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        FORM.typed({"value": value})


def test_a_type_that_is_never_stored_is_not_read() -> None:
    with pytest.raises(TypeError):
        FORM.plain({"value": {"NS": ["1"]}})


def _sorted(typed: Any) -> Any:
    """The same value with sets in one order."""
    if isinstance(typed, list):
        return [_sorted(member) for member in typed]
    if isinstance(typed, dict):
        return {
            kind: sorted(value) if kind == "SS" else _sorted(value) for kind, value in typed.items()
        }
    return typed
