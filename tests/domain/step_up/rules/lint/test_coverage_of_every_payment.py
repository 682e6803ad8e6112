"""Rules that are never reached, and rules whose order alone decides, compared with every payment."""

from functools import cache
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.step_up.policy import decide
from countersign.step_up.rules import Rule, RuleBook
from countersign.step_up.rules.lint.possible_payments import KINDS, LEFT_TO_STRIPE, PROCEEDING
from countersign.step_up.rules.load_rules import parse_rules
from countersign.step_up.rules.payment import Payment
from tests.support.rule_coverage import coverage, lines, overlapping, unreachable
from tests.support.rule_texts import Document, documents, holds, payments, toml
from tests.support.step_up_rules import book as book_of_one
from tests.support.weighed_payments import ABOUT_EVIDENCE, INDICATORS, WALLETS, shapes

pytestmark = pytest.mark.exhaustive

Case = tuple[tuple[Rule, ...], list[Payment]]

# Three small worlds, in which every payment can be tried: one of what the merchant says, one of
# the evidence, with the payments that any evidence gives, and one of where they are.
FUNDINGS = (None, "credit", "debit", "prepaid")
COUNTRIES = ("FR", "US", "BR")
AMOUNTS = [
    *((units, "eur") for units in range(1, 6)),
    (10, "kwd"),
    (20, "kwd"),
    (30, "kwd"),
    (1, "usd"),
]
GROUPS = ({}, {"group": "a"}, {"group": "b"}, {"group": "c"})
WORLD = [
    Payment(*priced, funding=funding, issuer_country=country, off_session=off, metadata=group)
    for funding, country, priced, group, off in product(
        FUNDINGS, COUNTRIES, AMOUNTS, GROUPS, (False, True)
    )
]


def shaped(shape: tuple[Any, ...]) -> Payment:
    """A payment with these members about the evidence."""
    return Payment(100, "eur", **dict(zip(ABOUT_EVIDENCE, shape, strict=True)))


@cache
def weighed() -> list[Payment]:
    return [
        replace(shaped(shape), issuer_country=issuer, acquirer_country=acquirer)
        for shape, issuer, acquirer in product(shapes(), COUNTRIES, COUNTRIES)
    ]


PLACES = (None, "FR", "DE", "US", "IN", "JP", "BR")
"""Of each region one that the rules name and one that they do not, and both of no region."""
PLACED = [
    Payment(100, "eur", issuer_country=issuer, acquirer_country=acquirer, funding=funding)
    for issuer, acquirer, funding in product(PLACES, PLACES, FUNDINGS)
]


def lists(*words: str, most: int = 3) -> st.SearchStrategy[Any]:
    some = st.lists(st.sampled_from(words), min_size=1, max_size=most, unique=True)
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
ON_EVIDENCE = {
    "evidence": lists("signed", "wallet", "gateway", "claimed", "none"),
    "auth_method": lists("PAN_ONLY", "CRYPTOGRAM_3DS", "unknown", most=2),
    "assurance": lists("full", "partial", "unknown", most=2),
    "wallet": lists("google_pay", "apple_pay", "none"),
    "eci": lists("05", "none"),
    "issuer_country": lists("FR", "US"),
    "acquirer_country": lists("FR", "US"),
    "off_session": st.booleans(),
}
ON_PLACES = {
    "issuer_country": lists("FR", "US", "IN"),
    "acquirer_country": lists("FR", "US", "unknown"),
    "authentication_expected": st.booleans(),
    "funding": lists("credit", "debit", "prepaid", "unknown"),
}


@st.composite
def small_rules(draw: st.DrawFn, conditions: dict[str, st.SearchStrategy[Any]]) -> tuple[Rule, ...]:
    whens = st.lists(st.sampled_from(sorted(conditions)), min_size=1, max_size=3, unique=True)
    rules = [
        {
            "name": f"r{number}",
            "outcome": draw(st.sampled_from(("proceed", "decline"))),
            "when": {name: draw(conditions[name]) for name in draw(whens)},
        }
        for number in range(draw(st.integers(1, 7)))
    ]
    return parse_rules(toml({"default": {"outcome": "step_up"}, "rule": rules})).rules


CASES: st.SearchStrategy[Case] = st.one_of(
    st.tuples(small_rules(CONDITIONS), st.just(WORLD)),
    st.tuples(small_rules(ON_EVIDENCE), st.deferred(lambda: st.just(weighed()))),
    st.tuples(small_rules(ON_PLACES), st.just(PLACED)),
)


@given(CASES)
def test_a_rule_is_unreachable_exactly_when_no_payment_reaches_it(case: Case) -> None:
    rules, world = case
    book = RuleBook(rules, rules[0], "")
    reached = {rule.name for payment in world if (rule := book.first_match(payment))}
    assert lines(unreachable(rules)) == [
        number for number, rule in enumerate(rules) if rule.name not in reached
    ]


@given(CASES)
def test_two_rules_overlap_exactly_when_payments_say_so(case: Case) -> None:
    rules, world = case
    about = {
        rule.name: frozenset(n for n, one in enumerate(world) if holds(rule.when, one))
        for rule in rules
    }
    expected = []
    for (number, first), (later, second) in combinations(enumerate(rules), 2):
        one, other = about[first.name], about[second.name]
        left = (one & other).difference(*(about[rule.name] for rule in rules[:number]))
        if first.outcome != second.outcome and left and not one <= other and not other <= one:
            expected.append(later)
    assert lines(overlapping(rules)) == expected


@given(small_rules(ON_EVIDENCE))
def test_a_rule_is_held_back_exactly_when_none_of_its_payments_proceeds(
    rules: tuple[Rule, ...],
) -> None:
    book = RuleBook(rules, Rule("default", "step_up"), "")
    decisions = [decide(book, replace(payment, saved=True)) for payment in weighed()]
    proceeding = {found.rule for found in decisions if found.outcome == "proceed"}
    assert lines(coverage(rules).held_back()) == [
        number
        for number, rule in enumerate(rules)
        if rule.outcome == "proceed" and rule.name not in proceeding
    ]


def test_the_kinds_of_payments_are_exactly_those_that_any_evidence_gives() -> None:
    """Of all combinations of what stands in a payment, those that the weighing makes."""
    methods, flags = (None, "PAN_ONLY", "CRYPTOGRAM_3DS"), (None, "partial", "full")
    evidence = ("signed", "wallet", "gateway", "claimed", "none")
    combinations_ = list(product(evidence, methods, flags, WALLETS, INDICATORS, (False, True)))
    assert set(combinations_) >= set(shapes())
    for shape in combinations_:
        assert any(holds(kind, shaped(shape)) for kind in KINDS[0]) == (shape in shapes()), shape


def test_what_may_proceed_is_exactly_what_the_floor_lets_through() -> None:
    places = (None, "FR", "GB", "US", "IN", "UK")
    for payment, issuer, acquirer in product(map(shaped, shapes()), places, places):
        placed = replace(payment, issuer_country=issuer, acquirer_country=acquirer)
        saved = replace(placed, saved=True)
        for how, proceeding in (("any", PROCEEDING), ("automatic", LEFT_TO_STRIPE)):
            found = decide(book_of_one("proceed", how=how), saved)
            may = any(holds(when, placed) for when in proceeding)
            assert (found.outcome == "proceed") == may, placed


def test_every_pair_of_places_is_of_some_kind() -> None:
    places = (None, "FR", "GB", "IN", "JP", "US", "UK")
    for issuer, acquirer in product(places, places):
        payment = Payment(100, "eur", issuer_country=issuer, acquirer_country=acquirer)
        assert any(holds(kind, payment) for kind in KINDS[1]), payment


@st.composite
def possible_payments(draw: st.DrawFn) -> Payment:
    shape = dict(zip(ABOUT_EVIDENCE, draw(st.sampled_from(shapes())), strict=True))
    return replace(draw(payments()), **shape)


@given(documents(most=6), st.lists(possible_payments(), min_size=8, max_size=8))
def test_no_rule_that_a_payment_reaches_is_called_unreachable(
    document: Document, some: list[Payment]
) -> None:
    book = parse_rules(toml(document))
    reached = {book.rules.index(rule) for one in some if (rule := book.first_match(one))}
    assert reached.isdisjoint(lines(unreachable(book.rules)))
