"""The line of each key of a TOML document, whatever its values look like."""

import tomllib

import pytest

from countersign.step_up.rules.faults import Path
from countersign.step_up.rules.lint.toml_lines import Lines

DOCUMENT = '''# [[rule]] in a comment
title = "[[rule]]"
text = """
[[rule]] in a text
a = 1 \\""" still in it
"""" # of four quotes the first is part of the text " [
other = \'\'\'
[[rule]] \\
\'\'\'  # the end

[default]
outcome = "step_up" # = [
list = [ # with a comment ]
  "a", "]",
  { b = ["}"] },
]
after = 1

[[rule]]
name = "a"
when.amount.eur = { to = 1 }
[ [ 'rule' ] ]  # no header that is an array
'''


def test_keys_are_found_beside_texts_comments_and_lists_of_several_lines() -> None:
    lines = Lines(DOCUMENT.rpartition("[ [")[0])
    places: dict[Path, int] = {
        ("title",): 2, ("text",): 3, ("other",): 7, ("default",): 11, ("default", "outcome"): 12,
        ("default", "list"): 13, ("default", "after"): 17, ("rule", 0): 19, ("rule", 0, "name"): 20,
        ("rule", 0, "when"): 21, ("rule", 0, "when", "amount"): 21, ("rule", 0, "when", "amount", "eur"): 21,
    }  # fmt: skip
    assert {path: lines.of(path) for path in places} == places


@pytest.mark.parametrize("text", [
    'a = [\n"x", # ,\n[1,\n1979-05-27 07:32:00,\n3], """\n,""", { k = [\n[] ], "l.m".n = 1 }, ]\n',
    'a=[\r\n"x" ,\r\n[ 1.5,\r\n+1 ,\r\n{}],\'\'\'\r\n]\'\'\',{k=[\r\n[]],"l.m" . "n"=1}]\r\n',
])  # fmt: skip
def test_entries_of_lists_have_lines_of_their_own_however_deep_they_stand(text: str) -> None:
    tomllib.loads(text)
    lines = Lines(text)
    places: dict[Path, int] = {
        ("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, 0): 3, ("a", 1, 1): 4, ("a", 1, 2): 5, ("a", 2): 5,
        ("a", 3): 6, ("a", 3, "k"): 6, ("a", 3, "k", 0): 7, ("a", 3, "l.m"): 7, ("a", 3, "l.m", "n"): 7,
    }  # fmt: skip
    assert {path: lines.of(path) for path in places} == places


@pytest.mark.parametrize(("path", "line"), [
    (("rule", 0, "when", "amount", "eur", "to"), 21), (("rule", 0, "nothing"), 19), (("nothing",), 1), ((), 1),
])  # fmt: skip
def test_what_has_no_line_of_its_own_is_where_it_stands_in(path: Path, line: int) -> None:
    assert Lines(DOCUMENT.rpartition("[ [")[0]).of(path) == line


@pytest.mark.parametrize("text", [
    "[[rule]]\n[rule.when]\neci = 1\n\n[[rule]]\n[rule.when]\neci = 2\n",
    "[[ rule ]]\n[ rule . when ]\neci = 1\n\n[[\"rule\"]]\n['rule'.\"when\"]\n\"e\\u0063i\" = 2\n",
    "[[rule]]\r\n[rule.when]\r\neci = 1\r\n\r\n[[rule]]\r\n[rule.when]\r\neci = 2\r\n",
    "[[rule]]\nwhen.x = 0\nwhen.eci = 1\n\n[[rule]]\nwhen.x = 0\nwhen . 'eci' = 2",
])  # fmt: skip
def test_each_rule_has_lines_of_its_own_however_it_is_written(text: str) -> None:
    lines = Lines(text)
    assert [lines.of(("rule", number, "when", "eci")) for number in (0, 1)] == [3, 7]
    assert [lines.of(("rule", number)) for number in (0, 1)] == [1, 5]
