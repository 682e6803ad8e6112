"""What is found in a file of rules, each finding with its line. Pure.

Only the build and the report of a broken file need lines: the functions import this when they have
a fault to report, and not to read good rules.
"""

from collections.abc import Iterable

from msgspec import Struct

from countersign.step_up.rules.faults import FILE, RuleFault, RuleFileError
from countersign.step_up.rules.lint.toml_lines import Lines


class Finding(Struct, frozen=True, order=True):
    """One thing to put right, or to look at, and the line that it is about."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"{FILE}:{self.line}: {self.reason}"


class RefusedRules(Exception):
    """The rules must not be deployed; `findings` are the reasons, in the order of lines."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        super().__init__("\n".join(map(str, self.findings)))


def locate_faults(error: RuleFileError) -> RefusedRules:
    """Return the faults of a file, each with its line."""
    lines = Lines("" if any(fault.line for fault in error.faults) else error.text)
    return RefusedRules(_locate(fault, lines) for fault in error.faults)


def _locate(fault: RuleFault, lines: Lines) -> Finding:
    earlier = f" (line {lines.of(fault.earlier)})" if fault.earlier else ""
    return Finding(fault.line or lines.of(fault.path), fault.reason + earlier)
