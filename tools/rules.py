"""`python -m tools.rules [PAYMENT]`: prints the step-up rules as a table, and what a payment would
get. PAYMENT is a JSON object with the members of `countersign.step_up.rules.payment.Payment`.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from msgspec import structs
from pydantic import ConfigDict, ValidationError, create_model

from countersign.formats.currencies import CURRENCIES
from countersign.formats.money import why_impossible
from countersign.step_up.policy import NOBODY, Decision, Payer, decide
from countersign.step_up.rules import Method, Rule, RuleBook, ThreeDSecure
from countersign.step_up.rules.conditions import CONDITIONS, SCA
from countersign.step_up.rules.known_words import describe_unknown
from countersign.step_up.rules.lint.check import check_rules, print_warnings
from countersign.step_up.rules.lint.findings import RefusedRules
from countersign.step_up.rules.lint.words import describe_when
from countersign.step_up.rules.load_rules import PATH
from countersign.step_up.rules.payment import Payment

_WIDTH = 40
_MEMBERS = Payment.__struct_fields__
_FIELDS: dict[str, Any] = {
    each.name: (each.type, ... if each.required else None) for each in structs.fields(Payment)
}
_PAYMENT = create_model("Payment", __config__=ConfigDict(strict=True), **_FIELDS)
"""It says all faults at once, where msgspec would stop at the first."""
_PAYERS = {
    "has something trusted for this card": Payer(can_confirm=True, has_trusted=True),
    "can confirm it in a new browser": Payer(can_confirm=True),
    "cannot confirm it": NOBODY,
}


class NoPayment(Exception):
    """The text describes no payment; the message says why."""


def parse_payment(text: str) -> Payment:
    """Return the payment that a text describes. Raises `NoPayment`."""
    try:
        members = json.loads(text)
    except ValueError as error:
        raise NoPayment(f"PAYMENT is not JSON: {error}") from None
    if not isinstance(members, dict):
        raise NoPayment(
            'PAYMENT must be a JSON object, such as {"amount": 1999, "currency": "eur"}'
        )
    if unknown := [
        f"{name!r} {describe_unknown(name, _MEMBERS)}" for name in members if name not in _MEMBERS
    ]:
        raise NoPayment("\n".join(unknown))
    try:
        told = _PAYMENT.model_validate_json(text)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise NoPayment("\n".join(faults)) from None
    payment = Payment(**told.model_dump(exclude_unset=True))
    if faults := list(_impossible(payment)):
        raise NoPayment("\n".join(faults))
    return payment


def _impossible(payment: Payment) -> Iterator[str]:
    """Yield what no rule can be about, most likely because it is misspelled."""
    for name, condition in CONDITIONS.items():
        word = getattr(payment, name)
        words = [known for known in condition.words if known != SCA]
        if word is not None and word not in words:
            yield f"{name}: {word!r} {describe_unknown(word, words)}"
    if payment.evidence == "claimed":
        yield "evidence: what is claimed depends on what it is claimed against: try /simulate"
    if payment.currency not in CURRENCIES:
        yield f"currency: {payment.currency!r} {describe_unknown(payment.currency, CURRENCIES)}"
    elif reason := why_impossible(payment.amount, payment.currency):
        yield f"amount: {reason}"


def table(book: RuleBook) -> Iterator[str]:
    """Yield the table of rules, line by line."""
    rows = [("", "rule", ["when"], "gets")]
    for number, rule in enumerate(book.rules, 1):
        rows.append((str(number), rule.name, describe_when(rule.when), _gets(rule)))
    rows.append(("", "default", ["any other payment"], _gets(book.default)))
    rows.append(("", "default off session", ["any other, off session"], "review"))
    named = max(len(name) for _, name, _, _ in rows)
    for count, name, conditions, gets in rows:
        lines = [line for one in conditions for line in wrap(one, _WIDTH, subsequent_indent="  ")]
        for left, when, right in zip_longest([name], lines, [gets], fillvalue=""):
            mark = count if left else ""
            yield f"{mark:>3}  {left:{named}}  {when:{_WIDTH}}  {right}".rstrip()


def verdict(book: RuleBook, payment: Payment) -> Iterator[str]:
    """Yield what a payment gets, line by line: by what its payer can do, where that matters."""
    found = {who: decide(book, payment, payer) for who, payer in _PAYERS.items()}
    if len(set(found.values())) == 1:
        yield f"This payment gets {_describe(next(iter(found.values())))}"
        return
    for who, decision in found.items():
        yield f"If its payer {who}, this payment gets {_describe(decision)}"


def _describe(decision: Decision) -> str:
    how = decision.terms.request_three_d_secure
    done = _way(decision.methods, how) if decision.outcome == "step_up" else ""
    return f"{decision.outcome}{done} (rule: {decision.rule}; {', '.join(decision.reasons)})"


def _gets(rule: Rule) -> str:
    if rule.leaves_to_stripe:
        return f"{rule.outcome} (automatic)"
    return rule.outcome + (_way(rule.methods, rule.three_d_secure) if rule.methods else "")


def _way(methods: Sequence[Method], three_d_secure: ThreeDSecure) -> str:
    shown = [f"3ds ({three_d_secure})" if method == "3ds" else method for method in methods]
    return f" by {', then '.join(shown) or 'no method that this card can do'}"


def main(arguments: Sequence[str]) -> int:
    """Return the exit code."""
    try:
        book, warnings = check_rules(PATH)
        payment = parse_payment(arguments[0]) if arguments else None
    except (RefusedRules, NoPayment, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(*table(book), "", f"version {book.version}", sep="\n")
    print_warnings(PATH, warnings)
    if payment:
        print("", *verdict(book, payment), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
