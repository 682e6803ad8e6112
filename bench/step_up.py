"""One decision by 10 rules and by 500: how much longer the longer list takes."""

from collections.abc import Callable
from functools import partial

from bench.timing import compare, report
from countersign.step_up.policy import decide
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.load_rules import parse_rules
from countersign.step_up.rules.payment import Payment

FEW, MANY = 10, 500
FLAT = 1.15
"""How many times as long fifty times as many rules may take at most."""
COUNTRIES = ("US", "CA", "BR", "JP", "AU", "IN", "SG", "MX", "ZA", "KR")
PAYMENT = Payment(amount=1099, currency="eur", issuer_country="CH", acquirer_country="CH")
"""A payment that satisfies none of the rules."""


def main() -> None:
    """Print both, for a payment of the first rule, of the last, and of none."""
    books = {f"{size} rules": _book(size) for size in (FEW, MANY)}
    for fits in ("first", "last", "none"):
        contestants: dict[str, Callable[[], object]] = {}
        for name, book in books.items():
            payment, rule = _case(book, fits)
            assert decide(book, payment).rule == rule
            contestants[name] = partial(decide, book, payment)
        title = f"One decision, evidence at hand, rule that fits: {fits}"
        few, many = contestants
        report(title, compare(contestants), few, {many: FLAT})


def _case(book: RuleBook, fits: str) -> tuple[Payment, str]:
    """Return a payment, and the rule that it is to be decided by."""
    if fits == "none":
        return PAYMENT, "default"
    number = 0 if fits == "first" else len(book.rules) - 1
    country = COUNTRIES[number % len(COUNTRIES)]
    amount = (number + 1) * 100 + 50
    payment = Payment(amount=amount, currency="usd", issuer_country=country, funding="credit")
    return payment, book.rules[number].name


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
