"""The step-up table (docs/decisions.md#one-table-per-capability): decisions, and what may be used
for one of them only.

Item `decision#<id>`: see `DecisionRecord`. Item `google-pay-token#<hash of the message id>`: the
`decision` that a token was used for, kept until the token has expired. Item `payer#<hash of
account, installation and handle>`: since when a payer is known at a merchant to have paid. Item
`used#<hash>`: the `decision` that a payment or a ceremony belongs to.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from countersign.aws.changes import Change, set_clause
from countersign.aws.due_index import ATTRIBUTES
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.google_pay.payload import OpenedToken
from countersign.step_up.decision_record import KEEP, DecisionRecord, decision_key
from countersign.step_up.results import ConfirmationResult, PaymentResult, Results

_TOKEN_MARGIN = 24 * 3600
"""Seconds that a used token is remembered beyond its own expiry."""
_BY_ACCOUNT, _BY_DAY = "ByAccount", "ByDay"
_REVIEWED = (
    *("outcome", "next", "reasons", "methods", "request_three_d_secure", "after_confirmation"),
    *("captures", "captures_after_confirmation", "ends_at", "review", *ATTRIBUTES),
)
"""What the end of a review changes of a decision."""
_ID = re.compile(r"dec_[A-Za-z0-9_-]{22}")


class KnownPayer(Struct, frozen=True):
    """A payer who has paid at a merchant, since Unix seconds."""

    since: int

    @classmethod
    def from_item(cls, item: Item) -> "KnownPayer":
        """Return a stored payer."""
        return cls(item["since"])


class UsedToken(Struct, frozen=True):
    """A Google Pay token that was used for a decision; remembered until Unix seconds."""

    decision: str
    expires_at: int

    def to_item(self) -> Item:
        """Return the members that are stored."""
        return {"decision": self.decision, "expires_at": self.expires_at}


def decision_change(record: DecisionRecord) -> Change:
    """Return the change that stores a new decision."""
    item = record.to_item()
    return Change.create(item.pop("pk"), item)


def token_change(opened: OpenedToken, decision_id: str) -> Change:
    """Return the change that uses a token up, which succeeds once."""
    used = UsedToken(decision_id, opened.expires_ms // 1000 + _TOKEN_MARGIN)
    return Change.create(f"google-pay-token#{fingerprint(opened.message_id)}", used.to_item())


def resource_change(resource: str, decision_id: str, now: int) -> Change:
    """Return the change that ties a payment or a ceremony to the one decision it may belong to."""
    return Change(
        f"used#{fingerprint(resource)}",
        "SET decision = :id, expires_at = :expires_at",
        "attribute_not_exists(pk) OR decision = :id",
        {":id": decision_id, ":expires_at": now + KEEP},
    )


def payer_change(account_id: str, installation: str, payer: str, now: int) -> Change:
    """Return the change that makes a payer known at a merchant, for as long as this installation
    stands. It belongs with a payment that was made as it was decided.
    """
    expression = "SET since = if_not_exists(since, :now)"
    return Change(_payer_key(account_id, installation, payer), expression, "", {":now": now})


def results_change(record: DecisionRecord, found: Results, now: int) -> Change:
    """Return the change that adds results to a decision at this time. It fails for another payment
    than the one that is stored, for an older reading of it, and for another confirmation than the
    payer's.
    """
    item = found.to_item()
    sets = ", ".join(f"results.#{name} = :{name}" for name in item)
    values: Item = {f":{name}": value for name, value in item.items()}
    values |= {":now": now, ":one": 1}
    names = {f"#{name}": name for name in item}
    conditions = ["attribute_exists(pk)"]
    if found.payment is not None:
        conditions.append(_same_payment(found.payment, values, names))
    if found.spc is not None:
        conditions.append(_same_confirmation(found.spc, values, names))
    expression = f"SET {sets}, results_at = :now ADD rev :one"
    return Change(record.pk, expression, " AND ".join(conditions), values, names)


def _same_payment(payment: PaymentResult, values: Item, names: dict[str, str]) -> str:
    names["#id"] = "payment_intent"
    values[":id"] = payment.payment_intent
    values[":settled"] = payment.progress
    return (
        "(attribute_not_exists(results.#payment) OR (results.#payment.#id = :id"
        " AND results.#payment.settled <= :settled))"
    )


def _same_confirmation(spc: ConfirmationResult, values: Item, names: dict[str, str]) -> str:
    names["#status"] = "status"
    values[":authenticated"] = "authenticated"
    values[":ceremony"] = spc.ceremony_id
    return (
        "(attribute_not_exists(results.#spc) OR results.#spc.#status <> :authenticated"
        " OR results.#spc.ceremony_id = :ceremony)"
    )


def store_review(table: Table, record: DecisionRecord) -> DecisionRecord:
    """Store the end of a review, and return the decision with it. Raises `ConditionFailed` where it
    has ended before.
    """
    item = record.to_item()
    clause, values, names = set_clause({name: item[name] for name in _REVIEWED if name in item})
    values |= {":waits": "review", ":one": 1}
    condition = "attribute_exists(pk) AND #outcome = :waits AND attribute_not_exists(#review)"
    stored = table.update(record.pk, f"{clause} ADD rev :one", condition, values, names)
    return DecisionRecord.from_item(stored)


def load(table: Table, decision_id: str) -> DecisionRecord | None:
    """Return a stored decision, of any merchant."""
    item = table.get(decision_key(decision_id)) if _ID.fullmatch(decision_id) else None
    return DecisionRecord.from_item(item) if item else None


def load_due(table: Table, pks: Sequence[str]) -> dict[str, DecisionRecord]:
    """Return those of at most 100 decisions that are stored, by key."""
    return {pk: DecisionRecord.from_item(item) for pk, item in table.get_many(pks).items()}


def load_payer(table: Table, account_id: str, installation: str, payer: str) -> KnownPayer | None:
    """Return a payer who is known to have paid at this merchant before, in this installation."""
    item = table.get(_payer_key(account_id, installation, payer))
    return KnownPayer.from_item(item) if item else None


def page_of_account(
    table: Table, account_id: str, before: str | None, limit: int
) -> tuple[list[DecisionRecord], str | None]:
    """Return the decisions for a merchant, newest first, and the cursor of the next page."""
    return _page(table, table.newest(_BY_ACCOUNT, "by_account", account_id, before, limit), limit)


def page_of_day(
    table: Table, day: str, before: str | None, limit: int
) -> tuple[list[DecisionRecord], str | None]:
    """Return all decisions of a day (UTC, as 2026-11-22), newest first, and the next cursor."""
    return _page(table, table.newest(_BY_DAY, "by_day", day, before, limit), limit)


def _page(
    table: Table, places: dict[str, str], limit: int
) -> tuple[list[DecisionRecord], str | None]:
    stored = table.get_many(list(places))
    found = [DecisionRecord.from_item(stored[key]) for key in places if key in stored]
    return found, (list(places.values())[-1] if len(places) == limit else None)


def _payer_key(account_id: str, installation: str, payer: str) -> str:
    return f"payer#{fingerprint(account_id, installation, payer)}"
