"""What is to be written to a table, as a value that can be put together with others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.aws.items import Item


@dataclass(frozen=True, slots=True)
class Change:
    """One update of a transaction's; the members are those of `Table.update`."""

    pk: str
    expression: str
    condition: str = ""
    values: Item = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, pk: str, members: Item) -> "Change":
        """The change that stores an item where there is none."""
        clause, values, names = assigning(members)
        return cls(pk, clause, "attribute_not_exists(pk)", values, names)


def assigning(members: Item) -> tuple[str, Item, dict[str, str]]:
    """The clause that sets these attributes, with its values and names; none for no attributes."""
    assigned = ", ".join(f"#{name} = :{name}" for name in members)
    values = {f":{name}": value for name, value in members.items()}
    return f"SET {assigned}" if members else "", values, {f"#{name}": name for name in members}


class ConditionFailed(Exception):
    """The write's condition did not hold; `item` is what is stored, `None` when nothing is."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition failed")
        self.item = item


class TransactionRefused(Exception):
    """Nothing was changed; `failed` has what is stored (`None` for nothing) under each key whose
    condition did not hold.
    """

    def __init__(self, failed: Mapping[str, Item | None]) -> None:
        super().__init__("condition failed")
        self.failed = dict(failed)
