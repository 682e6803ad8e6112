"""Parse one rule, or the default. What is wrong is noted, and a usual value replaces it. Pure."""

import re
from typing import Any, get_args

from countersign.step_up.rules.book import Method, Outcome, Rule, ThreeDSecure
from countersign.step_up.rules.conditions import CONDITIONS, FLAGS, METADATA, NAMES, When, Words
from countersign.step_up.rules.faults import Place
from countersign.step_up.rules.values import (
    read_amounts,
    read_condition,
    read_flag,
    read_list,
    read_metadata,
    read_table,
    read_word,
)

DEFAULT = "default"
"""The name of what payments get that satisfy no rule."""
NAME = re.compile(r"[a-z0-9-]{1,64}")
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
METHODS: tuple[Method, ...] = get_args(Method)
THREE_D_SECURE: tuple[ThreeDSecure, ...] = get_args(ThreeDSecure)
_STEP_UP = ("methods", "three_d_secure")
"""The members that say how to step up."""
_RESULT = ("outcome", *_STEP_UP)


def parse_rule(place: Place, value: Any) -> Rule:
    """Return a rule; it has no name when that is missing."""
    members = read_table(place, value, ("name", *_RESULT, "when"), ("name", "outcome", "when"))
    name = _name(place / "name", members["name"]) if "name" in members else ""
    when = _when(place / "when", members["when"]) if "when" in members else When()
    off_session = when.words.get("off_session", ())
    if members.get("outcome") == "step_up" and True in off_session:
        (place / "when" / "off_session").note(
            "nobody is there to step up: the outcome must be proceed, decline or review"
        )
    return _result(place, members, name, when)


def parse_default(place: Place, value: Any) -> Rule:
    """Return what payments get that satisfy no rule."""
    members = read_table(place, value, _RESULT, ("outcome",))
    return _result(place, members, DEFAULT, When())


def _name(place: Place, value: Any) -> str:
    if not (isinstance(value, str) and NAME.fullmatch(value)):
        place.note("must be 1 to 64 of a-z, 0-9 and -")
        return ""
    if value == DEFAULT:
        place.note(f"{DEFAULT!r} is what no rule says")
    return value


def _result(place: Place, members: dict[str, Any], name: str, when: When) -> Rule:
    outcome: Outcome = _choice(place, members, "outcome", OUTCOMES, "step_up")
    how: ThreeDSecure = _choice(place, members, "three_d_secure", THREE_D_SECURE, "challenge")
    methods = _methods(place / "methods", members["methods"]) if "methods" in members else METHODS
    if outcome == "step_up":
        return Rule(name, outcome, methods, how, when)
    for key in _STEP_UP:
        if key in members:
            (place / key).note(f"is for the outcome step_up, not for {outcome}")
    return Rule(name, outcome, when=when)


def _choice(
    place: Place, members: dict[str, Any], key: str, known: tuple[str, ...], usual: str
) -> Any:
    return read_word(place / key, members.get(key, usual), known) or usual


def _methods(place: Place, value: Any) -> tuple[Method, ...]:
    if not isinstance(value, list):
        place.note("must be a list")
        return ()
    is_fit = read_list(place, value, lambda at, entry: read_word(at, entry, METHODS) is not None)
    return tuple(value) if is_fit else ()


def _when(place: Place, value: Any) -> When:
    """Return the conditions; a rule that does not mention off-session payments excludes them."""
    members = read_table(place, value, NAMES)
    if isinstance(value, dict) and not value:
        place.note("must have a condition; what all others get stands under [default]")
    words: dict[str, Words | None] = {"off_session": Words(frozenset({False}))}
    for name, said in members.items():
        if name in CONDITIONS:
            words[name] = read_condition(place / name, said, name)
        elif name in FLAGS:
            words[name] = read_flag(place / name, said)
        elif name == "metadata":
            for key, texts in read_metadata(place / name, said).items():
                words[METADATA + key] = texts
    limits = read_amounts(place / "amount", members["amount"]) if "amount" in members else None
    return When({name: found for name, found in words.items() if found}, limits)
