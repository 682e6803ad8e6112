"""Read the file of rules (TOML), and report everything that is wrong with it at once.

Its shape is published beside it, as `rules.schema.json`. docs/decisions.md#rules-are-a-checked-file
gives the reasons.
"""

import hashlib
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from countersign.step_up.rules.book import Rule, RuleBook
from countersign.step_up.rules.faults import Place, RuleFault, RuleFileError
from countersign.step_up.rules.parse_rule import DEFAULT, parse_default, parse_rule
from countersign.step_up.rules.values import read_table

PATH = Path(__file__).with_name("rules.toml")
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
_AT_LINE = re.compile(r"\(at line (\d+)")


def load_rules(path: Path = PATH) -> RuleBook:
    """Return the rules of a file, by default those deployed with this code. Raises `RuleFileError`,
    and `OSError` when the file cannot be read. A byte order mark, which some editors write, is
    ignored.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RuleFileError([RuleFault("is not UTF-8", line=line)]) from None
    return parse_rules(text)


def parse_rules(text: str) -> RuleBook:
    """Return the rules of a file's text. Raises `RuleFileError` with everything that is wrong."""
    document = _parse_toml(text)
    top = Place([])
    members = read_table(top, document, (DEFAULT, "rule"), (DEFAULT,))
    default = parse_default(top / DEFAULT, members.get(DEFAULT, {"outcome": "step_up"}))
    rules = _parse_all(top / "rule", members.get("rule", []), text)
    if top.faults:
        raise RuleFileError(top.faults, text)
    return RuleBook(rules, default, hashlib.sha256(text.encode()).hexdigest()[:16])


def _parse_toml(text: str) -> dict[str, Any]:
    try:
        text.encode()
        return tomllib.loads(text)
    except RecursionError:
        raise RuleFileError([RuleFault("is nested too deeply", line=1)], text) from None
    except ValueError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at else text.rstrip().count("\n") + 1
        raise RuleFileError([RuleFault(f"is not TOML: {error}", line=line)], text) from None


def _parse_all(place: Place, value: Any, text: str) -> tuple[Rule, ...]:
    if not isinstance(value, list) or (value and not _has_headers(text)):
        place.note("each rule must stand under a header [[rule]] of its own")
        return ()
    rules = tuple(parse_rule(place / number, entry) for number, entry in enumerate(value))
    first: dict[str, int] = {}
    for number, rule in enumerate(rules):
        if rule.name and (earlier := first.setdefault(rule.name, number)) != number:
            name = place / number / "name"
            name.note("another rule has this name already", (place / earlier).path)
    return rules


def _has_headers(text: str) -> bool:
    """Whether the rules of a good document stand under headers, and not in a list, which can only
    be among the members before the first header.
    """
    for header in _HEADER.finditer(text):
        # A line within a value may look like a header, but what comes before it is not TOML.
        with suppress(tomllib.TOMLDecodeError):
            return "rule" not in tomllib.loads(text[: header.start()])
    return False
