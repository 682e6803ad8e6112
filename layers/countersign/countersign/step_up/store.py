"""What is stored of decisions.

Item `decision#<id>`: the decision with its inputs, its card (never a PAN), when it was made
(`created`), until when it may be used (`ends_at`), and its `results`. Item
`google-pay-token#<hash of the message id>`: the `decision` that a token was used for, until the
token has expired. Item `payer#<hash of account and handle>`: since when a payer is known at a
merchant to have paid. Item `used#<hash>`: the `decision` that a payment or a ceremony belongs to.
"""

import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

from countersign.aws.changes import Change
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint

LASTS = 1800
"""Seconds that a decision may be used for its payment."""
REMEMBERED = 540 * 24 * 3600
"""Seconds that a decision is kept: card networks take disputes for so long at most."""
_MARGIN = 24 * 3600
"""Seconds that a used token is remembered beyond its own expiry."""

_BY_ACCOUNT, _BY_DAY = "ByAccount", "ByDay"
_ID = re.compile(r"dec_[A-Za-z0-9_-]{22}")


def new_item(members: Item, now: int) -> Item:
    """A decision of this moment, as it is stored."""
    decision_id = f"dec_{secrets.token_urlsafe(16)}"
    return members | {
        "pk": _key(decision_id),
        "created": now,
        "ends_at": now + LASTS,
        "expires_at": now + REMEMBERED,
        "listed": f"{now:010d}.{decision_id}",
        "day": time.strftime("%Y-%m-%d", time.gmtime(now)),
        "results": {},
    }


def creating(item: Item) -> Change:
    """The change that stores a new decision."""
    members = {name: value for name, value in item.items() if name != "pk"}
    return Change.create(item["pk"], members)


def using_token(message_id: str, decision_id: str, expires_ms: int) -> Change:
    """The change that uses a token up, which can be done once."""
    members = {"decision": decision_id, "expires_at": expires_ms // 1000 + _MARGIN}
    return Change.create(f"google-pay-token#{fingerprint(message_id)}", members)


def using_resource(resource: str, decision_id: str, now: int) -> Change:
    """The change that ties a payment or a ceremony to the one decision it may belong to."""
    return Change(
        f"used#{fingerprint(resource)}",
        "SET decision = :id, expires_at = :expires_at",
        "attribute_not_exists(pk) OR decision = :id",
        {":id": decision_id, ":expires_at": now + REMEMBERED},
    )


def adding_results(decision: Item, found: Mapping[str, Any]) -> Change:
    """The change that adds what became of a decision, unless that is of another payment or an
    older reading of it, or of another confirmation than the one that the payer gave.
    """
    sets = ", ".join(f"results.#{name} = :{name}" for name in found)
    values = {f":{name}": value for name, value in found.items()}
    names = {f"#{name}": name for name in found}
    condition = ["attribute_exists(pk)"]
    if "payment" in found:
        condition.append(
            "(attribute_not_exists(results.#payment) OR (results.#payment.#id = :id"
            " AND results.#payment.settled <= :settled))"
        )
        names["#id"] = "payment_intent"
        values[":id"] = found["payment"]["payment_intent"]
        values[":settled"] = found["payment"]["settled"]
    if "spc" in found:
        condition.append(
            "(attribute_not_exists(results.#spc) OR results.#spc.#status <> :authenticated"
            " OR results.#spc.ceremony_id = :ceremony)"
        )
        names["#status"] = "status"
        values[":authenticated"] = "authenticated"
        values[":ceremony"] = found["spc"]["ceremony_id"]
    return Change(decision["pk"], f"SET {sets}", " AND ".join(condition), values, names)


def knows_payer(table: Table, account_id: str, payer: str) -> bool:
    """Whether this payer is known to have paid at this merchant before."""
    return table.get(_payer_key(account_id, payer)) is not None


def seeing_payer(account_id: str, payer: str, now: int) -> Change:
    """The change that makes a payer known at a merchant, once a payment of theirs is."""
    expression = "SET since = if_not_exists(since, :now)"
    return Change(_payer_key(account_id, payer), expression, "", {":now": now})


def load(table: Table, decision_id: str) -> Item | None:
    """A stored decision, whosever it is."""
    return table.get(_key(decision_id)) if _ID.fullmatch(decision_id) else None


def page_of_account(
    table: Table, account_id: str, before: str | None, limit: int
) -> tuple[list[Item], str | None]:
    """The decisions for a merchant, newest first, and the cursor of the next page."""
    return _page(table, _BY_ACCOUNT, "account_id", account_id, before, limit)


def page_of_day(
    table: Table, day: str, before: str | None, limit: int
) -> tuple[list[Item], str | None]:
    """All decisions of a day (UTC, as 2026-11-22), newest first, and the next page's cursor."""
    return _page(table, _BY_DAY, "day", day, before, limit)


def _page(
    table: Table, index: str, name: str, value: str, before: str | None, limit: int
) -> tuple[list[Item], str | None]:
    places = table.newest(index, name, value, before, limit)
    stored = table.get_many(list(places))
    found = [stored[key] for key in places if key in stored]
    return found, (list(places.values())[-1] if len(places) == limit else None)


def id_of(item: Item) -> str:
    """The id of a stored decision."""
    return str(item["pk"]).removeprefix("decision#")


def view(item: Item) -> dict[str, Any]:
    """A decision as it is told; times are Unix seconds."""
    return told(item) | {"id": id_of(item), "expires_at": item["ends_at"]}


def told(members: Item) -> dict[str, Any]:
    """What a decision says, stored or not."""
    stripe = {"request_three_d_secure": members["request_three_d_secure"]}
    hidden = ("pk", "day", "listed", "ends_at", "expires_at", "request_three_d_secure")
    return {name: value for name, value in members.items() if name not in hidden} | {
        "stripe": stripe
    }


def _key(decision_id: str) -> str:
    return f"decision#{decision_id}"


def _payer_key(account_id: str, payer: str) -> str:
    return f"payer#{fingerprint(account_id, payer)}"
