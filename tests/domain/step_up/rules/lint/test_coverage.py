"""Rules that are never reached, and rules whose order alone decides, compared with every payment."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.step_up.policy import decide
from countersign.step_up.rules import Rule, RuleBook
from countersign.step_up.rules.lint.coverage import Coverage
from countersign.step_up.rules.lint.findings import Finding
from countersign.step_up.rules.lint.possible_payments import KINDS, LEFT_TO_STRIPE, PROCEEDING
from countersign.step_up.rules.load_rules import PATH, parse_rules
from countersign.step_up.rules.payment import Payment
from tests.support.rule_texts import DEFAULT, Document, documents, holds, payments, toml
from tests.support.step_up_rules import book as book_of_one
from tests.support.weighed_payments import ABOUT_EVIDENCE, INDICATORS, SHAPES, WALLETS

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


WEIGHED = [
    replace(shaped(shape), issuer_country=issuer, acquirer_country=acquirer)
    for shape, issuer, acquirer in product(SHAPES, COUNTRIES, COUNTRIES)
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
    st.tuples(small_rules(ON_EVIDENCE), st.just(WEIGHED)),
    st.tuples(small_rules(ON_PLACES), st.just(PLACED)),
)


def coverage(rules: tuple[Rule, ...], **limits: int) -> Coverage:
    """The coverage of rules that stand on lines 0, 1, …"""
    return Coverage(rules, range(len(rules)), **limits)


def unreachable(rules: tuple[Rule, ...]) -> list[Finding]:
    found, undecided = coverage(rules).reach()
    assert undecided == []
    return found


def overlapping(rules: tuple[Rule, ...]) -> list[Finding]:
    return coverage(rules).overlapping()


def lines(found: list[Finding]) -> list[int]:
    return [finding.line for finding in found]


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
    decisions = [decide(book, replace(payment, saved=True)) for payment in WEIGHED]
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
    shapes = list(product(evidence, methods, flags, WALLETS, INDICATORS, (False, True)))
    assert set(shapes) >= set(SHAPES)
    for shape in shapes:
        assert any(holds(kind, shaped(shape)) for kind in KINDS[0]) == (shape in SHAPES), shape


def test_what_may_proceed_is_exactly_what_the_floor_lets_through() -> None:
    places = (None, "FR", "GB", "US", "IN", "UK")
    for payment, issuer, acquirer in product(map(shaped, SHAPES), places, places):
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
    shape = dict(zip(ABOUT_EVIDENCE, draw(st.sampled_from(SHAPES)), strict=True))
    return replace(draw(payments()), **shape)


@given(documents(most=6), st.lists(possible_payments(), min_size=8, max_size=8))
def test_no_rule_that_a_payment_reaches_is_called_unreachable(
    document: Document, some: list[Payment]
) -> None:
    book = parse_rules(toml(document))
    reached = {book.rules.index(rule) for one in some if (rule := book.first_match(one))}
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
    return parse_rules(DEFAULT + "".join(rules)).rules


@pytest.mark.parametrize("whens", [
    ('network = { not = ["visa"] }', 'network = ["jcb"]\nfirst_seen = true'),
    ('evidence = ["signed", "gateway"]', 'evidence = ["claimed", "none", "wallet"]', 'network = ["visa"]'),
    ("amount = { eur = { to = 99 } }", "amount = { eur = { from = 100 } }", "amount = { eur = {} }"),
    ("amount = { kwd = { to = 990 } }", "amount = { kwd = { from = 1000 } }", "amount = { kwd = {} }"),
    ('issuer_country = ["sca"]', 'issuer_country = ["FR", "GB"]'),
    ("off_session = true", 'off_session = true\nnetwork = ["visa"]'),
])  # fmt: skip
def test_the_last_rule_is_never_reached(whens: tuple[str, ...]) -> None:
    rules = rules_of(*whens)
    last = len(rules) - 1
    covering = " and ".join(f"'r{number}' (line {number})" for number in range(last))
    told = f"rule 'r{last}' is never reached: before it, {covering} take all of it"
    assert unreachable(rules) == [Finding(last, told)]


@pytest.mark.parametrize(("when", "conflict"), [
    ('evidence = ["gateway"]\nassurance = ["full"]', "evidence gateway with assurance full"),
    ('auth_method = ["PAN_ONLY"]\nnetwork = ["visa"]\nwallet = ["apple_pay"]', "auth_method PAN_ONLY with wallet apple_pay"),
    ('evidence = ["claimed", "signed"]\noff_session = true', "off_session true with evidence claimed or signed"),
    ('evidence = { not = ["signed", "wallet"] }\neci = ["05", "07"]', "evidence not signed or wallet with eci 05 or 07"),
    ('authentication_expected = false\nissuer_country = ["JP"]\nacquirer_country = ["JP", "unknown"]',
     "authentication_expected false with issuer_country JP with acquirer_country JP or unknown"),
    ('evidence = ["signed"]\nwallet = { not = ["google_pay"] }', "evidence signed with wallet not google_pay"),
    ('assurance = ["partial"]\nevidence = ["signed", "claimed"]\nwallet = ["link"]', "evidence claimed or signed with wallet link"),
    ('evidence = ["claimed", "none"]\nauth_method = ["CRYPTOGRAM_3DS"]', "evidence claimed or none with auth_method CRYPTOGRAM_3DS"),
    ('eci = ["05"]\noff_session = true\nmetadata = { kind = ["x"] }', "off_session true with eci 05"),
    ('off_session = true\nevidence = ["none"]\nwallet = ["google_pay"]',
     "off_session true with evidence none with wallet google_pay"),
])  # fmt: skip
def test_a_rule_that_can_never_hold_is_reported_with_the_conditions_in_conflict(
    when: str, conflict: str
) -> None:
    rules = rules_of("first_seen = true", when, 'network = ["visa"]')
    told = f"rule 'r1' can never hold: no payment has {conflict}"
    assert unreachable(rules) == [Finding(1, told)]


@pytest.mark.parametrize("whens", [
    ('evidence = ["gateway"]\nwallet = ["google_pay"]',),
    ('authentication_expected = true\nevidence = ["gateway"]',),
    ('issuer_country = ["sca", "unknown"]\nacquirer_country = ["FR"]\nevidence = ["none"]',),
    ('evidence = ["signed"]\nauth_method = ["CRYPTOGRAM_3DS"]\nassurance = ["full"]', 'evidence = ["signed"]'),
    ('issuer_country = { not = ["sca"] }', 'acquirer_country = ["FR"]\nevidence = ["gateway", "none"]'),
])  # fmt: skip
def test_a_rule_that_says_proceed_where_the_floor_never_does_is_reported(
    whens: tuple[str, ...],
) -> None:
    rules = rules_of(*whens, outcomes="p" * len(whens))
    last = len(rules) - 1
    (finding,) = coverage(rules).held_back()
    assert finding.line == last
    assert finding.reason.startswith(f"rule 'r{last}' never lets a payment proceed: all that")


@pytest.mark.parametrize("when", [
    'evidence = ["signed"]', 'acquirer_country = { not = ["sca"] }', "off_session = true",
    'evidence = ["gateway"]\nissuer_country = { not = ["FR"] }',
])  # fmt: skip
def test_a_rule_that_lets_some_payment_proceed_causes_no_warning(when: str) -> None:
    assert coverage(rules_of(when, outcomes="p")).held_back() == []


def test_the_examples_in_the_shipped_rules_can_be_taken_as_they_are() -> None:
    text = PATH.read_text()
    start = text.index("# [[rule]]")
    examples = text[start:].replace("# ", "").replace("#\n", "\n")
    found = coverage(parse_rules(text[:start] + examples).rules)
    assert (found.reach(), found.held_back()) == (([], []), [])


@pytest.mark.parametrize("whens", [
    ('issuer_country = { not = ["sca"] }', 'issuer_country = { not = ["FR"] }'),
    ("amount = { kwd = { to = 990 } }", "amount = { kwd = { from = 1010 } }", "amount = { kwd = {} }"),
    ("amount = { eur = {} }", "amount = { usd = {} }", "first_seen = true"),
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
    (finding,) = unreachable(rules_of(*whens))
    assert "before it, 'r1' (line 1) take all of it" in finding.reason


def test_an_overlap_says_what_a_payment_in_both_looks_like() -> None:
    rules = rules_of(
        'network = ["visa", "jcb"]\namount = { eur = { from = 1000 }, usd = {} }',
        'network = { not = ["visa"] }\namount = { eur = { to = 3000 } }\nissuer_country = ["sca", "US"]',
        outcomes="pd",
    )
    (finding,) = overlapping(rules)
    assert finding.line == 1
    assert finding.reason == (
        "rule 'r1' (decline) overlaps 'r0' (line 0) (proceed), which gets what both are about because it comes "
        "first: network jcb, issuer_country US or sca, amount 10.00 to 30.00 EUR"
    )


@pytest.mark.parametrize(("whens", "outcomes"), [
    (('network = ["visa"]', 'funding = ["debit"]'), "pp"),
    (('network = ["visa"]\nfunding = ["debit"]', 'funding = ["debit"]'), "pd"),
    (('evidence = ["gateway"]', 'assurance = ["full"]'), "pd"),
    (('network = ["visa"]\nfunding = ["debit"]', 'network = ["visa"]', 'funding = ["debit"]'), "ppd"),
])  # fmt: skip
def test_rules_do_not_overlap_where_their_order_alone_does_not_decide(
    whens: tuple[str, ...], outcomes: str
) -> None:
    assert overlapping(rules_of(*whens, outcomes=outcomes)) == []


def test_two_ways_to_step_up_are_different() -> None:
    text = "".join(
        f'[[rule]]\nname = "{name}"\noutcome = "step_up"\n{how}\n[rule.when]\n{when}\n'
        for name, how, when in (
            ("a", 'methods = ["3ds"]', 'network = ["visa"]'),
            ("b", 'methods = ["spc"]', 'funding = ["debit"]'),
            ("c", 'methods = ["spc"]\nthree_d_secure = "challenge"', "first_seen = true"),
        )
    )
    assert len(overlapping(parse_rules(DEFAULT + text).rules)) == 3


def test_work_is_bounded_and_what_is_left_open_is_reported() -> None:
    def clauses() -> Iterator[str]:
        keys = [f"k{number}" for number in range(12)]
        for three in list(combinations(keys, 3))[::2]:
            members = ", ".join(f'{key} = ["{number}"]' for number, key in enumerate(three))
            yield f"metadata = {{ {members} }}"

    rules = rules_of(*clauses(), 'network = ["visa"]')
    assert coverage(rules).reach() == ([], [])
    unreachable_rules, undecided = coverage(rules, most_steps=2).reach()
    assert unreachable_rules == []
    last = len(rules) - 1
    told = f"rule 'r{last}' overlaps too many to tell whether it is ever reached"
    assert undecided[-1] == Finding(last, told)
