"""`python -m tools.rule_schema`: writes `rules.schema.json`, by which an editor checks the rules.

It is made from the words by which the rules are parsed. What a schema cannot express, only the
parser finds: two rules of one name, a range that ends before it begins. `--check` fails when the
file is not what would be written.
"""

import json
import re
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from countersign.formats.currencies import CURRENCIES
from countersign.formats.money import LARGEST, smallest_amount
from countersign.step_up.rules import Outcome
from countersign.step_up.rules.conditions import CONDITIONS, FLAGS
from countersign.step_up.rules.load_rules import PATH
from countersign.step_up.rules.parse_rule import (
    CAPTURES,
    FOR_OUTCOMES,
    METHODS,
    NAME,
    OUTCOMES,
    THREE_D_SECURE,
)
from countersign.step_up.rules.values import KEY, LONGEST_VALUE

TARGET = PATH.with_name("rules.schema.json")
ROOT = Path(__file__).parent.parent
Schema = dict[str, Any]


def schema() -> Schema:
    """Return the JSON Schema (2020-12) of a file of rules."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The rules of Countersign's step-up",
        **_table(
            {
                "default": {**_table(_result(), ["outcome"]), "allOf": _by_outcome()},
                "rule": {"type": "array", "items": _rule()},
            },
            ["default"],
        ),
        "$defs": {
            **{_kind(name): {"enum": list(one.words)} for name, one in CONDITIONS.items()},
            **{f"range_in_{step}": _range(step) for step in _STEPS},
        },
    }


def text() -> str:
    """Return the schema as it is written: each list of words on one line."""
    spread = json.dumps(schema(), indent=2)
    return (
        re.sub(r"\[[^\[\]{}]+\]", lambda found: re.sub(r"\s*\n\s*", " ", found[0]), spread) + "\n"
    )


_STEPS = sorted({smallest_amount(currency) for currency in CURRENCIES})


def _members_of(outcome: Outcome) -> Schema:
    """Return the schema that keeps from an outcome the members that are not for it."""
    foreign = {name: False for name, outcomes in FOR_OUTCOMES.items() if outcome not in outcomes}
    known = THREE_D_SECURE.get(outcome)
    own = {"three_d_secure": {"enum": list(known)}} if known else {}
    return {
        "if": {"properties": {"outcome": {"const": outcome}}},
        "then": {"properties": foreign | own},
    }


def _by_outcome() -> list[Schema]:
    return [_members_of(outcome) for outcome in OUTCOMES]


def _result() -> Schema:
    return {
        "outcome": {"enum": list(OUTCOMES)},
        "methods": _list({"enum": list(METHODS)}),
        "three_d_secure": {"enum": list(dict.fromkeys(chain(*THREE_D_SECURE.values())))},
        "captures": _list({"enum": list(CAPTURES)}),
        "captures_after_confirmation": _list({"enum": list(CAPTURES)}),
    }


def _rule() -> Schema:
    name = {"type": "string", "pattern": f"^{NAME.pattern}$", "not": {"const": "default"}}
    off_session = {"properties": {"off_session": {"const": True}}, "required": ["off_session"]}
    return {
        **_table(
            {"name": name, **_result(), "when": _when()},
            ["name", "outcome", "when"],
        ),
        "allOf": [
            *_by_outcome(),
            {
                "if": {"properties": {"when": {"type": "object", **off_session}}},
                "then": {"properties": {"outcome": {"not": {"const": "step_up"}}}},
            },
        ],
    }


def _when() -> Schema:
    listed = {
        name: _listed(
            {"$ref": f"#/$defs/{_kind(name)}"}, len(one.words) - 1 if one.closed else None
        )
        for name, one in CONDITIONS.items()
    }
    flags = {name: {"type": "boolean"} for name in FLAGS}
    text = {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE}
    metadata = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{KEY.pattern}$"},
        "additionalProperties": _listed(text),
    }
    members = {**listed, **flags, "amount": _amount(), "metadata": metadata}
    return {**_table(members, []), "minProperties": 1}


def _amount() -> Schema:
    of = {
        currency: {"$ref": f"#/$defs/range_in_{smallest_amount(currency)}"}
        for currency in CURRENCIES
    }
    usual = of["eur"]
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"enum": sorted(CURRENCIES)},
        "properties": {currency: of[currency] for currency in sorted(of) if of[currency] != usual},
        "additionalProperties": usual,
    }


def _range(step: int) -> Schema:
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST, "multipleOf": step}
    return _table({"from": limit, "to": limit}, [])


def _kind(condition: str) -> str:
    """Return what a condition lists: issuers and acquirers both have countries."""
    return "country" if condition.endswith("_country") else condition


def _listed(entry: Schema, most_excluded: int | None = None) -> Schema:
    """Return the schema of a list of words, or of excluded words, which must not be all."""
    limit = {"maxItems": most_excluded} if most_excluded else {}
    return {"oneOf": [_list(entry), _table({"not": _list(entry) | limit}, ["not"])]}


def _list(entry: Schema) -> Schema:
    return {"type": "array", "items": entry, "minItems": 1, "uniqueItems": True}


def _table(members: Schema, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": members,
        "required": required,
        "additionalProperties": False,
    }


def main(arguments: Sequence[str]) -> int:
    """Return the exit code."""
    if "--check" not in arguments:
        TARGET.write_text(text())
        print(f"wrote {TARGET.relative_to(ROOT)}")
    elif TARGET.read_text() != text():
        print(f"{TARGET.relative_to(ROOT)} is out of date: run `make openapi`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
