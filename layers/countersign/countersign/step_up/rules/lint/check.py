"""`python -m countersign.step_up.rules.lint.check [FILE]`: looks through rules before a deployment.

Prints what is wrong as `FILE:LINE: reason` and exits 1; warnings alone do not stop it. Needs
nothing but Python.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from countersign.step_up.rules.book import RuleBook
from countersign.step_up.rules.faults import Fault, RuleFileError
from countersign.step_up.rules.file import PATH, load
from countersign.step_up.rules.lint.coverage import Coverage

MOST_WARNINGS = 25
"""That are printed one by one."""


def examined(path: Path) -> tuple[RuleBook, list[Fault]]:
    """The rules of a file, with what is worth a warning. Raises `RuleFileError`, also for rules
    that can never hold or are never reached.
    """
    book = load(path)
    coverage = Coverage(book.rules)
    unreachable, undecided = coverage.reach()
    if unreachable:
        raise RuleFileError(unreachable)
    return book, sorted([*undecided, *coverage.overlapping(), *coverage.held_back()])


def warn(path: Path, warnings: Sequence[Fault]) -> None:
    """Print warnings, the first ones of many."""
    for warning in warnings[:MOST_WARNINGS]:
        print(f"{path}:{warning.line}: warning: {warning.reason}", file=sys.stderr)
    if (more := len(warnings) - MOST_WARNINGS) > 0:
        print(f"{path}: and {more} more of these", file=sys.stderr)


def main(arguments: Sequence[str]) -> int:
    """What to exit with."""
    path = Path(arguments[0]) if arguments else PATH
    try:
        book, warnings = examined(path)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
        return 1
    except RuleFileError as error:
        for fault in error.faults:
            print(f"{path}:{fault.line}: {fault.reason}", file=sys.stderr)
        return 1
    warn(path, warnings)
    print(f"{path}: version {book.version}, rules: {len(book.rules)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
