"""One decision by 10 rules and by 500: how much longer the longer list takes."""

import statistics
from collections.abc import Callable
from functools import partial

from bench.timing import compare, report
from countersign.step_up.policy import decide
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.load_rules import parse_rules
from countersign.step_up.rules.payment import Payment

FEW, MANY = 10, 500
COUNTRIES = ("US", "CA", "BR", "JP", "AU", "IN", "SG", "MX", "ZA", "KR")
PAYMENT = Payment(amount=1099, currency="eur", issuer_country="CH", acquirer_country="CH")
"""A payment that satisfies none of the rules, so that all are tried."""


def main() -> None:
    """Print both, for a payment of the last rule and for a payment of no rule."""
    few, many = _book(FEW), _book(MANY)
    contestants: dict[str, Callable[[], object]] = {}
    for book in (few, many):
        last = Payment(
            amount=len(book.rules) * 100 + 50,
            currency="usd",
            issuer_country=COUNTRIES[-1],
            funding="credit",
        )
        found = decide(book, last)
        assert found.rule == book.rules[-1].name
        assert decide(book, PAYMENT).rule == "default"
        of_last = partial(decide, book, last)
        of_none = partial(decide, book, PAYMENT)
        contestants |= {
            f"{len(book.rules)} rules, the last one fits": of_last,
            f"{len(book.rules)} rules, none fits": of_none,
        }
    times = compare(contestants)
    report("One decision, evidence at hand", times, f"{FEW} rules, none fits")
    medians = [statistics.median(times[f"{size} rules, none fits"]) for size in (FEW, MANY)]
    print(f"  {MANY // FEW} times as many rules take {medians[1] / medians[0]:.2f} times as long")


def _book(size: int) -> RuleBook:
    rules = "\n".join(_rule(number) for number in range(size))
    return parse_rules(f'[default]\noutcome = "step_up"\n{rules}')


def _rule(number: int) -> str:
    least = (number + 1) * 100
    return f"""
[[rule]]
name = "rule-{number}"
outcome = "review"
[rule.when]
amount = {{ usd = {{ from = {least}, to = {least + 99} }} }}
issuer_country = ["{COUNTRIES[number % len(COUNTRIES)]}"]
funding = {{ not = ["prepaid"] }}
"""


if __name__ == "__main__":
    main()
