"""What is wrong with a file of rules, each with its line. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from countersign.step_up.rules.toml_lines import Lines, Path

FILE = "rules.toml"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to put right, or to look at, and the line that it is about."""

    line: int
    reason: str


class RuleFileError(ValueError):
    """The file can not be used; `faults` are all that is wrong with it, in the order of lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(f"{FILE}:{fault.line}: {fault.reason}" for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file something stands: `place / "when"` is the member of that name. What is
    wrong there is noted in `faults`, which all places of a file share.
    """

    lines: Lines
    faults: list[Fault]
    path: Path = ()

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self.lines, self.faults, (*self.path, step))

    @property
    def line(self) -> int:
        """The line where it begins."""
        return self.lines.of(self.path)

    def fault(self, reason: str) -> None:
        """Note what is wrong here, after the name of the member as it stands under its header;
        an entry of a list has none of its own."""
        names = self.path[2:] if self.path[:1] == ("rule",) else self.path
        name = ".".join(name for name in names if isinstance(name, str))
        self.faults.append(Fault(self.line, f"{name}: {reason}" if name else reason))
