"""Outputs as guides show them: shortened, and with ids and times of another day."""

import pytest

from tests.papers.shown import is_shown


@pytest.mark.parametrize(
    ("expected", "printed"),
    [('{"id":"vs_1…","at":1795972049}', '{"id":"vs_abc","at":1895972049}'),
     ('{"data":[{"id":"…",…}],\n  "next": null}', '{"data":[{"id":"a","b":{}}],"next":null}'),
     ('{…,"b":{"c":true,…}}', '{"a":1}\n{"b":{"a":1,"c":true},"z":2}'), ("[1, …]", "x [1,2,3]")],
)  # fmt: skip
def test_an_output_that_differs_only_in_what_changes_is_as_shown(
    expected: str, printed: str
) -> None:
    assert is_shown(expected, f"before {{\n{printed}\nafter")


@pytest.mark.parametrize(
    "printed",
    ['{"id":"x","status":"canceled","n":1}', '{"status":"verified","n":1}', "", "[]",
     '{"id":"x","status":"verified","n":1,"more":0}', '{"id":"x","status":"verified","n":2}'],
)  # fmt: skip
def test_an_output_with_another_word_number_or_member_is_not_as_shown(printed: str) -> None:
    assert not is_shown('{"id":"vs_…","status":"verified","n":1}', printed)
