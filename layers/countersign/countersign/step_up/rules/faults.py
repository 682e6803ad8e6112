"""What is wrong with a file of rules, each fault with the key that it is about. Pure.

The line of a key is looked up only when a fault is reported (`rules/lint/findings`): `tomllib` does
not keep lines, and a function that reads good rules needs none.
"""

from collections.abc import Iterable

from msgspec import Struct

FILE = "rules.toml"

Path = tuple[str | int, ...]
"""Keys from the top of the document, with the number of the rule (from 0) after `rule`, and that of
an entry after the key of its list.
"""


class RuleFault(Struct, frozen=True):
    """One thing to put right. `earlier` is another place that it is about. `line` is known only of
    a file that could not be parsed, which has no keys yet.
    """

    reason: str
    path: Path = ()
    earlier: Path | None = None
    line: int | None = None


class RuleFileError(ValueError):
    """The file cannot be used. `faults` are all that is wrong with it, in the order in which they
    were found, and `text` is what was read.
    """

    def __init__(self, faults: Iterable[RuleFault], text: str = "") -> None:
        self.faults = tuple(dict.fromkeys(faults))
        self.text = text
        super().__init__("\n".join(f"{FILE}: {fault.reason}" for fault in self.faults))


class Place(Struct, frozen=True):
    """A place in the file: `place / "when"` is the member of that name. What is wrong there is
    noted in `faults`, which all places of a file share.
    """

    faults: list[RuleFault]
    path: Path = ()

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self.faults, (*self.path, step))

    def note(self, reason: str, earlier: Path | None = None) -> None:
        """Note what is wrong here, after the name of the member as it stands under its header; an
        entry of a list has no name of its own.
        """
        names = self.path[2:] if self.path[:1] == ("rule",) else self.path
        name = ".".join(name for name in names if isinstance(name, str))
        named = f"{name}: {reason}" if name else reason
        self.faults.append(RuleFault(named, self.path, earlier))
