"""What a change of a stored item tells, and what an item tells as it is now. Pure.

A change tells one event at most, so that a subject and a revision name it
(docs/decisions.md#one-event-per-change).
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from countersign.domain_events.app_events import account_present, account_told
from countersign.domain_events.confirmation_events import (
    ceremony_present,
    ceremony_told,
    payer_present,
    payer_told,
)
from countersign.domain_events.credential_events import credential_present, credential_told
from countersign.domain_events.domain_event import DomainEvent
from countersign.domain_events.identity_events import session_present, session_told
from countersign.domain_events.payment_events import payment_present, payment_told
from countersign.domain_events.step_up_events import decision_present, decision_told
from countersign.formats.records import Item

TableName = Literal["identity", "installs", "spc", "step_up", "payments"]


class Rule(Struct, frozen=True):
    """What one kind of item tells. `change` gets it before and after a change, and the time of the
    change; `present` as it is.
    """

    change: Callable[[Item | None, Item | None, int], DomainEvent | None]
    present: Callable[[Item], DomainEvent | None]


RULES: dict[TableName, dict[str, Rule]] = {
    "identity": {"session": Rule(session_told, session_present)},
    "installs": {"account": Rule(account_told, account_present)},
    "spc": {
        "credential": Rule(credential_told, credential_present),
        "ceremony": Rule(ceremony_told, ceremony_present),
        "payer": Rule(payer_told, payer_present),
    },
    "step_up": {"decision": Rule(decision_told, decision_present)},
    "payments": {"payment": Rule(payment_told, payment_present)},
}
"""The kinds of items that tell anything, by their table and the prefix of their key."""


def told(table: TableName, before: Item | None, after: Item | None, at: int) -> DomainEvent | None:
    """Return what a change of an item at a time (Unix seconds) tells, if anything. The items are
    plain ones of the deployment's own mode; `None` stands for an item that is not there.
    """
    rule = _rule(table, after or before)
    return rule.change(before, after, at) if rule else None


def present(table: TableName, item: Item) -> DomainEvent | None:
    """Return what an item tells as it is now, if anything."""
    rule = _rule(table, item)
    return rule.present(item) if rule else None


def _rule(table: TableName, item: Item | None) -> Rule | None:
    kind, mark, _ = str((item or {}).get("pk", "")).partition("#")
    return RULES[table].get(kind) if mark else None
