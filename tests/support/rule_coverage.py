"""What the check of rules finds, as the tests ask it."""

from countersign.step_up.rules import Rule
from countersign.step_up.rules.lint.coverage import Coverage
from countersign.step_up.rules.lint.findings import Finding


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
