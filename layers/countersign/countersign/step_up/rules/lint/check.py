"""`python -m countersign.step_up.rules.lint.check [FILE]`: checks the rules before a deployment.

Prints what is wrong as `FILE:LINE: reason` and exits with 1. Warnings alone do not stop a build.
Needs nothing but Python.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from countersign.step_up.rules.book import RuleBook
from countersign.step_up.rules.faults import RuleFileError
from countersign.step_up.rules.lint.coverage import Coverage
from countersign.step_up.rules.lint.findings import Finding, RefusedRules, locate_faults
from countersign.step_up.rules.lint.toml_lines import Lines
from countersign.step_up.rules.load_rules import PATH, load_rules

MOST_WARNINGS = 25
"""Warnings that are printed one by one."""


def check_rules(path: Path) -> tuple[RuleBook, list[Finding]]:
    """Return the rules of a file and the warnings about them. Raises `RefusedRules`, also for rules
    that can never hold or are never reached, and `OSError` when the file cannot be read.
    """
    try:
        book = load_rules(path)
    except RuleFileError as error:
        raise locate_faults(error) from error
    lines = Lines(path.read_text("utf-8-sig"))
    coverage = Coverage(book.rules, [lines.of(("rule", n)) for n in range(len(book.rules))])
    unreachable, undecided = coverage.reach()
    if unreachable:
        raise RefusedRules(unreachable)
    return book, sorted([*undecided, *coverage.overlapping(), *coverage.held_back()])


def print_warnings(path: Path, warnings: Sequence[Finding]) -> None:
    """Print the first of the warnings, and how many more there are."""
    for warning in warnings[:MOST_WARNINGS]:
        print(f"{path}:{warning.line}: warning: {warning.reason}", file=sys.stderr)
    if (more := len(warnings) - MOST_WARNINGS) > 0:
        print(f"{path}: and {more} more of these", file=sys.stderr)


def main(arguments: Sequence[str]) -> int:
    """Return the exit code."""
    path = Path(arguments[0]) if arguments else PATH
    try:
        book, warnings = check_rules(path)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
        return 1
    except RefusedRules as refused:
        for finding in refused.findings:
            print(f"{path}:{finding.line}: {finding.reason}", file=sys.stderr)
        return 1
    print_warnings(path, warnings)
    print(f"{path}: version {book.version}, rules: {len(book.rules)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
