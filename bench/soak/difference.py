"""How what is known of subjects differs from the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Truth = TypeVar("Truth")


@dataclass
class Difference:
    """Subjects that are not there at all (`lost`), and that are there otherwise than in the ledger
    (`wrong`), each with the reason; of `compared` ones.
    """

    compared: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def note(self, subject: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Compare one subject, member by member."""
        differing = [
            f"{name} is {found.get(name)!r}, not {value!r}"
            for name, value in expected.items()
            if found.get(name) != value
        ]
        if differing:
            self.wrong.append(f"{subject}: {', '.join(differing)}")

    def __add__(self, other: "Difference") -> "Difference":
        return Difference(
            self.compared + other.compared, self.lost + other.lost, self.wrong + other.wrong
        )

    def lines(self, most: int) -> list[str]:
        """Return the first of both, as lines."""
        return [f"lost {subject}" for subject in self.lost[:most]] + self.wrong[:most]


def compare(
    truths: Mapping[str, Truth],
    known: Mapping[str, Mapping[str, Any]],
    expected: Callable[[Truth], Mapping[str, Any]],
    is_owed: Callable[[Truth], bool] = lambda _: True,
) -> Difference:
    """Compare every subject of the ledger with what is known of it. Of one that nothing is owed of,
    nothing need be known.
    """
    found = Difference(len(truths))
    for subject, truth in truths.items():
        if subject in known:
            found.note(subject, expected(truth), known[subject])
        elif is_owed(truth):
            found.lost.append(subject)
    return found
