"""Rules that are never reached, and rules whose order alone decides."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from countersign.step_up.rules import Rule
from countersign.step_up.rules.lint.findings import Finding
from countersign.step_up.rules.load_rules import PATH, parse_rules
from tests.support.rule_coverage import coverage, overlapping, unreachable
from tests.support.rule_texts import DEFAULT


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
