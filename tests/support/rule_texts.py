"""Made-up files of step-up rules: as documents, as TOML, and the payments that they are about."""

import json
from typing import Any

from hypothesis import strategies as st

from countersign.formats.money import largest_amount, smallest_amount
from countersign.step_up.rules.conditions import CONDITIONS, FLAGS, When, value_of
from countersign.step_up.rules.parse_rule import CAPTURES
from countersign.step_up.rules.payment import Payment

Document = dict[str, Any]
DEFAULT = '[default]\noutcome = "step_up"\n'
CURRENCIES = ("eur", "usd", "kwd", "isk", "jpy")
KEYS = ("group", "shop")
TEXTS = ("a", "b", "c")
WORDS = {
    "acquirer_country": ("FR", "US", "GB", "sca", "unknown"),
    "issuer_country": ("FR", "US", "GB", "sca", "unknown"),
    "eci": ("05", "07", "none"),
}
"""A few words of the conditions that know very many."""


def toml(document: Document) -> str:
    """The document as a file. Anything but a table or a list of tables is written as a value."""
    default, rules = document.get("default"), document.get("rule")
    is_usual = isinstance(rules, list) and rules and all(isinstance(rule, dict) for rule in rules)
    tables = {"default": isinstance(default, dict), "rule": is_usual}
    lines = [
        f"{_text(key)} = {_value(value)}" for key, value in document.items() if not tables.get(key)
    ]
    if isinstance(default, dict):
        lines += ["[default]", *_members(default)]
    for rule in rules if is_usual else ():
        lines += [
            "",
            "[[rule]]",
            *_members({key: value for key, value in rule.items() if key != "when"}),
        ]
        if isinstance(rule.get("when"), dict):
            lines += ["[rule.when]", *_members(rule["when"])]
        elif "when" in rule:
            lines += [f"when = {_value(rule['when'])}"]
    return "\n".join(lines) + "\n"


def _members(table: Document) -> list[str]:
    return [f"{_text(key)} = {_value(value)}" for key, value in table.items()]


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_members(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _words(name: str) -> tuple[str, ...]:
    return WORDS.get(name, CONDITIONS[name].words)


def _listed(words: tuple[str, ...]) -> st.SearchStrategy[Any]:
    some = st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True)
    return some | some.map(lambda listed: {"not": listed})


@st.composite
def _range(draw: st.DrawFn, currency: str) -> Document:
    step = smallest_amount(currency)
    ends = st.integers(1, 5).map(lambda units: units * step) | st.just(largest_amount(currency))
    first, last = sorted((draw(ends), draw(ends)))
    return draw(st.sampled_from(({"from": first, "to": last}, {"from": first}, {"to": last}, {})))


_AMOUNT = st.sampled_from(CURRENCIES).flatmap(lambda one: st.fixed_dictionaries({one: _range(one)}))
_METADATA = st.dictionaries(st.sampled_from(KEYS), _listed(TEXTS), min_size=1)
_CONDITIONS = {
    **{name: _listed(_words(name)) for name in CONDITIONS},
    **{name: st.booleans() for name in FLAGS},
    "amount": st.tuples(_AMOUNT, _AMOUNT).map(lambda two: two[0] | two[1]),
    "metadata": _METADATA,
}


@st.composite
def whens(draw: st.DrawFn) -> Document:
    """One to four conditions."""
    names = draw(
        st.lists(st.sampled_from(sorted(_CONDITIONS)), min_size=1, max_size=4, unique=True)
    )
    return {name: draw(_CONDITIONS[name]) for name in names}


@st.composite
def results(draw: st.DrawFn, outcomes: tuple[str, ...]) -> Document:
    """An outcome, and for a step-up or a payment that proceeds perhaps how."""
    result: Document = {"outcome": draw(st.sampled_from(outcomes))}
    captures = st.lists(st.sampled_from(CAPTURES), min_size=1, max_size=3, unique=True)
    how: dict[str, st.SearchStrategy[Any]] = {}
    if result["outcome"] == "step_up":
        methods = st.lists(st.sampled_from(("spc", "3ds")), min_size=1, unique=True)
        how = {"methods": methods, "three_d_secure": st.sampled_from(("any", "challenge"))}
        how |= {"captures": captures, "captures_after_confirmation": captures}
    elif result["outcome"] == "proceed":
        how = {"captures": captures, "three_d_secure": st.just("automatic")}
    return result | draw(st.fixed_dictionaries({}, optional=how))


@st.composite
def documents(draw: st.DrawFn, most: int = 5) -> Document:
    """A right file."""
    rules = []
    for number in range(draw(st.integers(0, most))):
        when = draw(whens())
        outcomes = ("proceed", "decline", "review") + (
            () if when.get("off_session") else ("step_up",)
        )
        rules.append({"name": f"rule-{number}", **draw(results(outcomes)), "when": when})
    document: Document = {"default": draw(results(("proceed", "step_up", "decline", "review")))}
    return document | ({"rule": rules} if rules else {})


@st.composite
def payments(draw: st.DrawFn) -> Payment:
    """A payment that these files may be about."""
    currency = draw(st.sampled_from((*CURRENCIES, "sek")))
    told = {
        name: draw(st.sampled_from((*_words(name), "other")))
        for name in ("acquirer_country", "issuer_country", "network", "funding", "wallet", "eci")
    }
    return Payment(
        amount=draw(st.integers(1, 6)) * smallest_amount(currency),
        currency=currency,
        evidence=draw(st.sampled_from(("signed", "gateway", "claimed", "none"))),
        auth_method=draw(st.sampled_from((None, "PAN_ONLY", "CRYPTOGRAM_3DS"))),
        assurance=draw(st.sampled_from((None, "full", "partial"))),
        first_seen=draw(st.booleans()),
        off_session=draw(st.booleans()),
        metadata=draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from((*TEXTS, "d")))),
        **{
            name: None if word in ("none", "unknown", "sca") else word
            for name, word in told.items()
        },
    )


def holds(when: When, payment: Payment) -> bool:
    """Whether a payment satisfies every condition, one by one."""
    if when.amounts is not None:
        first, last = when.amounts.get(payment.currency, (1, 0))
        if not first <= payment.amount <= last:
            return False
    return all(value_of(name)(payment) in words for name, words in when.words.items())
