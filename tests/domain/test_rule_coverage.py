"""Rules that are never reached and rules whose order alone decides, compared with trying every payment."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.step_up.payment import Payment
from countersign.step_up.rules import Rule, RuleBook
from countersign.step_up.rules.coverage import Coverage
from countersign.step_up.rules.faults import Fault
from countersign.step_up.rules.file import read
from tests.support.rule_texts import DEFAULT, Document, documents, holds, payments, toml

# A small world, in which every payment can be tried.
FUNDINGS = (None, "credit", "debit", "prepaid")
COUNTRIES = ("FR", "US", "JP")
AMOUNTS = [("eur", units) for units in range(1, 6)] + [
    ("kwd", 10),
    ("kwd", 20),
    ("kwd", 30),
    ("usd", 1),
]
GROUPS = ({}, {"group": "a"}, {"group": "b"}, {"group": "c"})
WORLD = [
    Payment(
        amount,
        currency,
        funding=funding,
        issuer_country=country,
        off_session=off_session,
        metadata=group,
    )
    for funding, country, (currency, amount), group, off_session in product(
        FUNDINGS, COUNTRIES, AMOUNTS, GROUPS, (False, True)
    )
]


def lists(*words: str) -> st.SearchStrategy[Any]:
    some = st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True)
    return some | some.map(lambda listed: {"not": listed})


def limits(step: int, most: int) -> st.SearchStrategy[Document]:
    ends = st.tuples(*[st.integers(1, most).map(lambda units: units * step)] * 2).map(sorted)
    return st.one_of(
        ends.map(lambda two: {"from": two[0], "to": two[1]}),
        ends.map(lambda two: {"from": two[0]}),
        ends.map(lambda two: {"to": two[1]}),
    )


CONDITIONS = {
    "funding": lists("credit", "debit", "prepaid", "unknown"),
    "issuer_country": lists("FR", "US"),
    "amount": st.fixed_dictionaries({"eur": limits(1, 4)}, optional={"kwd": limits(10, 2)}),
    "metadata": st.fixed_dictionaries({"group": lists("a", "b")}),
    "off_session": st.booleans(),
}


@st.composite
def small_rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    whens = st.lists(st.sampled_from(sorted(CONDITIONS)), min_size=1, max_size=3, unique=True)
    rules = [
        {
            "name": f"r{number}",
            "outcome": draw(st.sampled_from(("proceed", "decline"))),
            "when": {name: draw(CONDITIONS[name]) for name in draw(whens)},
        }
        for number in range(draw(st.integers(1, 7)))
    ]
    return read(toml({"default": {"outcome": "step_up"}, "rule": rules})).rules


def unreachable(rules: tuple[Rule, ...]) -> list[Fault]:
    found, undecided = Coverage(rules).reach()
    assert undecided == []
    return found


def overlapping(rules: tuple[Rule, ...]) -> list[Fault]:
    return Coverage(rules).overlapping()


def lines(found: list[Any]) -> list[int]:
    return [fault.line for fault in found]


@given(small_rules())
def test_a_rule_is_unreachable_exactly_when_no_payment_reaches_it(rules: tuple[Rule, ...]) -> None:
    book = RuleBook(rules, rules[0], "")
    reached = {rule.name for payment in WORLD if (rule := book.first_match(payment))}
    assert lines(unreachable(rules)) == [rule.line for rule in rules if rule.name not in reached]


@given(small_rules())
def test_two_rules_overlap_exactly_when_payments_say_so(rules: tuple[Rule, ...]) -> None:
    about = {
        rule.name: frozenset(n for n, one in enumerate(WORLD) if holds(rule.when, one))
        for rule in rules
    }
    expected = []
    for (number, first), (_, second) in combinations(enumerate(rules), 2):
        one, other = about[first.name], about[second.name]
        left = (one & other).difference(*(about[rule.name] for rule in rules[:number]))
        if first.outcome != second.outcome and left and not one <= other and not other <= one:
            expected.append(second.line)
    assert lines(overlapping(rules)) == expected


@given(documents(most=6), st.lists(payments(), min_size=8, max_size=8))
def test_no_rule_that_a_payment_reaches_is_called_unreachable(
    document: Document, some: list[Payment]
) -> None:
    book = read(toml(document))
    reached = {rule.line for payment in some if (rule := book.first_match(payment))}
    assert reached.isdisjoint(lines(unreachable(book.rules)))


def rules_of(*whens: str, outcomes: str = "") -> tuple[Rule, ...]:
    """Rules `r0`, `r1`, … with these conditions; `outcomes` has a letter for each."""
    named = {"p": "proceed", "d": "decline", "s": "step_up"}
    rules = (
        f'[[rule]]\nname = "r{number}"\noutcome = "{named[outcome]}"\n[rule.when]\n{when}\n'
        for number, (when, outcome) in enumerate(
            zip(whens, outcomes or "d" * len(whens), strict=True)
        )
    )
    return read(DEFAULT + "".join(rules)).rules


@pytest.mark.parametrize("whens", [
    ('network = ["visa", "jcb"]', 'network = ["jcb"]'),
    ('network = { not = ["visa"] }', 'network = ["jcb"]\nfirst_seen = true'),
    ('evidence = ["signed", "gateway"]', 'evidence = ["claimed", "none"]', 'network = ["visa"]'),
    ("first_seen = true", "first_seen = false", 'network = ["visa"]'),
    ("amount = { eur = { to = 99 } }", "amount = { eur = { from = 100 } }", "amount = { eur = {} }"),
    ("amount = { kwd = { to = 990 } }", "amount = { kwd = { from = 1000 } }", "amount = { kwd = {} }"),
    ('issuer_country = ["sca"]', 'issuer_country = ["FR", "GB"]'),
    ('metadata = { a = ["x"] }', 'metadata = { a = { not = ["x"] } }', "first_seen = true"),
    ("off_session = true", 'off_session = true\nnetwork = ["visa"]'),
])  # fmt: skip
def test_the_last_rule_is_never_reached(whens: tuple[str, ...]) -> None:
    rules = rules_of(*whens)
    (fault,) = unreachable(rules)
    assert fault.line == rules[-1].line
    covering = " and ".join(f"'{rule.name}' (line {rule.line})" for rule in rules[:-1])
    assert (
        fault.reason
        == f"rule '{rules[-1].name}' is never reached: before it, {covering} take all of it"
    )


@pytest.mark.parametrize("whens", [
    ('network = ["visa"]', 'network = { not = ["visa"] }'),
    ('network = ["visa"]', "off_session = true"),
    ('issuer_country = { not = ["sca"] }', 'issuer_country = { not = ["FR"] }'),
    ("amount = { kwd = { to = 990 } }", "amount = { kwd = { from = 1010 } }", "amount = { kwd = {} }"),
    ("amount = { eur = {} }", "amount = { usd = {} }", "first_seen = true"),
    ('wallet = ["google_pay", "none"]', 'wallet = { not = ["google_pay"] }'),
])  # fmt: skip
def test_every_rule_may_be_reached(whens: tuple[str, ...]) -> None:
    assert unreachable(rules_of(*whens)) == []


def test_only_the_rules_that_are_needed_are_named() -> None:
    whens = (
        "first_seen = true",
        'network = ["visa"]',
        'funding = ["credit"]',
        'network = ["visa"]\neci = ["05"]',
    )
    (fault,) = unreachable(rules_of(*whens))
    assert "before it, 'r1' (line 8) take all of it" in fault.reason


def test_an_overlap_says_what_a_payment_in_both_looks_like() -> None:
    rules = rules_of(
        'network = ["visa", "jcb"]\namount = { eur = { from = 1000 }, usd = {} }',
        'network = { not = ["visa"] }\namount = { eur = { to = 3000 } }\nissuer_country = ["sca", "CH"]',
        outcomes="pd",
    )
    (fault,) = overlapping(rules)
    assert fault.line == 9
    assert fault.reason == (
        "rule 'r1' (decline) overlaps 'r0' (line 3) (proceed), which gets what both are about because it comes "
        "first: network jcb, issuer_country CH or sca, amount 10.00 to 30.00 EUR"
    )


@pytest.mark.parametrize(("whens", "outcomes"), [
    (('network = ["visa"]', 'funding = ["debit"]'), "pp"),
    (('network = ["visa"]\nfunding = ["debit"]', 'funding = ["debit"]'), "pd"),
    (('network = ["visa"]', 'network = ["jcb"]'), "pd"),
    (('network = ["visa"]\nfunding = ["debit"]', 'network = ["visa"]', 'funding = ["debit"]'), "ppd"),
])  # fmt: skip
def test_it_is_no_overlap_when_order_alone_does_not_decide(
    whens: tuple[str, ...], outcomes: str
) -> None:
    assert overlapping(rules_of(*whens, outcomes=outcomes)) == []


def test_two_ways_to_step_up_are_different() -> None:
    text = "".join(
        f'[[rule]]\nname = "{name}"\noutcome = "step_up"\n{how}\n[rule.when]\n{when}\n'
        for name, how, when in (
            ("a", 'methods = ["3ds"]', 'network = ["visa"]'),
            ("b", 'methods = ["spc"]', 'funding = ["debit"]'),
            ("c", 'methods = ["spc"]\nthree_d_secure = "any"', "first_seen = true"),
        )
    )
    assert len(overlapping(read(DEFAULT + text).rules)) == 3


def test_work_is_bounded_and_what_is_not_decided_is_said() -> None:
    def clauses() -> Iterator[str]:
        keys = [f"k{number}" for number in range(12)]
        for three in list(combinations(keys, 3))[::2]:
            members = ", ".join(f'{key} = ["{number}"]' for number, key in enumerate(three))
            yield f"metadata = {{ {members} }}"

    rules = rules_of(*clauses(), 'network = ["visa"]')
    assert Coverage(rules).reach() == ([], [])
    unreachable_rules, undecided = Coverage(rules, most_steps=2).reach()
    assert unreachable_rules == []
    assert undecided[-1].line == rules[-1].line
    assert (
        undecided[-1].reason
        == f"rule '{rules[-1].name}' overlaps too many to tell whether it is ever reached"
    )
