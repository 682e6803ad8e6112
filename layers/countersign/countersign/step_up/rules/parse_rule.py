"""Parse one rule, or the default. What is wrong is noted, and a usual value replaces it. Pure."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from msgspec.structs import replace

from countersign.step_up.rules.book import Capture, Method, Outcome, Rule, ThreeDSecure
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
THREE_D_SECURE: Mapping[Outcome, tuple[ThreeDSecure, ...]] = {
    "step_up": ("any", "challenge"),
    "proceed": ("automatic",),
}
"""What may be requested of 3-D Secure, by outcome; the first is the usual of a step-up."""
CAPTURES: tuple[Capture, ...] = get_args(Capture)
FOR_OUTCOMES: Mapping[str, tuple[Outcome, ...]] = {
    "methods": ("step_up",),
    "three_d_secure": ("step_up", "proceed"),
    "captures": ("step_up", "proceed"),
    "captures_after_confirmation": ("step_up",),
}
"""The members that say how a payment is made, each with the outcomes that it is for."""
_RESULT = ("outcome", *FOR_OUTCOMES)


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
    for key, outcomes in FOR_OUTCOMES.items():
        if key in members and outcome not in outcomes:
            (place / key).note(f"is for {' and '.join(outcomes)}, not for {outcome}")
    rule = Rule(
        name,
        outcome,
        when=when,
        captures=_captures(place, members, "captures"),
        captures_after_confirmation=_captures(place, members, "captures_after_confirmation"),
    )
    known = THREE_D_SECURE.get(outcome)
    if known and "three_d_secure" in members:
        how: ThreeDSecure = _choice(place, members, "three_d_secure", known, known[0])
        rule = replace(rule, three_d_secure=how)
    if outcome != "step_up":
        return rule
    methods = (
        _choices(place / "methods", members["methods"], METHODS)
        if "methods" in members
        else METHODS
    )
    return replace(rule, methods=methods)


def _choice(
    place: Place, members: dict[str, Any], key: str, known: tuple[str, ...], usual: str
) -> Any:
    return read_word(place / key, members.get(key, usual), known) or usual


def _captures(place: Place, members: dict[str, Any], key: str) -> tuple[Capture, ...]:
    return _choices(place / key, members[key], CAPTURES) if key in members else ()


def _choices(place: Place, value: Any, known: tuple[str, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        place.note("must be a list")
        return ()
    is_fit = read_list(place, value, lambda at, entry: read_word(at, entry, known) is not None)
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
