"""Reads the file of rules (TOML). All that is wrong with it is told at once, each with its line.

Its shape is published beside it, as `rules.schema.json`.
"""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from countersign.step_up.rules.book import Rule, RuleBook
from countersign.step_up.rules.faults import Fault, Place, RuleFileError
from countersign.step_up.rules.parse_rule import DEFAULT, read_default, read_rule
from countersign.step_up.rules.toml_lines import Lines
from countersign.step_up.rules.values import table

PATH = Path(__file__).with_name("rules.toml")
_AT_LINE = re.compile(r"\(at line (\d+)")


def load(path: Path = PATH) -> RuleBook:
    """The rules of a file, by default those deployed with this code. Raises `RuleFileError`, and
    `OSError` when it can not be read.
    """
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RuleFileError([Fault(line, "is not UTF-8")]) from None
    return read(text)


def read(text: str) -> RuleBook:
    """The rules that a file says. Raises `RuleFileError` with everything that is wrong."""
    document = _parsed(text)
    top = Place(Lines(text), [])
    members = table(top, document, (DEFAULT, "rule"), (DEFAULT,))
    default = read_default(top / DEFAULT, members.get(DEFAULT, {"outcome": "step_up"}))
    rules = _rules(top / "rule", members.get("rule", []))
    if top.faults:
        raise RuleFileError(top.faults)
    return RuleBook(rules, default, hashlib.sha256(text.encode()).hexdigest()[:16])


def _parsed(text: str) -> dict[str, Any]:
    try:
        text.encode()
        return tomllib.loads(text)
    except RecursionError:
        raise RuleFileError([Fault(1, "is nested too deeply")]) from None
    except ValueError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at else text.rstrip().count("\n") + 1
        raise RuleFileError([Fault(line, f"is not TOML: {error}")]) from None


def _rules(place: Place, value: Any) -> tuple[Rule, ...]:
    if not isinstance(value, list) or len(value) != place.lines.rules:
        place.fault("each rule must stand under a header [[rule]] of its own")
        return ()
    rules = tuple(read_rule(place / number, entry) for number, entry in enumerate(value))
    first: dict[str, Rule] = {}
    for number, rule in enumerate(rules):
        if rule.name and first.setdefault(rule.name, rule) is not rule:
            line = first[rule.name].line
            (place / number / "name").fault(f"the rule on line {line} has this name already")
    return rules
