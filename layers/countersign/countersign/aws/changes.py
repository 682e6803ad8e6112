"""Writes to a table, as values that can be combined into one transaction."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from countersign.aws.items import Item


class Change(Struct, frozen=True):
    """One update in a transaction, or a condition to be checked where the expression is empty. The
    members are the arguments of `Table.update`. `table` names the table of the item where it is not
    the one that the transaction is called on.
    """

    pk: str
    expression: str
    condition: str = ""
    values: Item = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    table: str = ""

    @classmethod
    def create(cls, pk: str, members: Item) -> "Change":
        """Return the change that stores an item if there is none under this key."""
        clause, values, names = set_clause(members)
        return cls(pk, clause, "attribute_not_exists(pk)", values, names)


def set_clause(members: Item, removed: Sequence[str] = ()) -> tuple[str, Item, dict[str, str]]:
    """Return the clause that sets these attributes and removes those, with its values and names.
    It is empty when there are no attributes.
    """
    assigned = ", ".join(f"#{name} = :{name}" for name in members)
    clauses = [f"SET {assigned}"] if members else []
    if removed:
        clauses.append(f"REMOVE {', '.join(f'#{name}' for name in removed)}")
    values = {f":{name}": value for name, value in members.items()}
    return " ".join(clauses), values, {f"#{name}": name for name in (*members, *removed)}


class ConditionFailed(Exception):
    """The condition of a write did not hold. `item` is what is stored, or `None`."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition failed")
        self.item = item


class TransactionRefused(Exception):
    """A transaction changed nothing. `failed` has what is stored, or `None`, under each key whose
    condition did not hold.
    """

    def __init__(self, failed: Mapping[str, Item | None]) -> None:
        super().__init__("condition failed")
        self.failed = dict(failed)
