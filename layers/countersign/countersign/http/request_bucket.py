"""A person's requests to Stripe, limited so that nobody spends the quota of everybody.

A bucket holds `CAPACITY` requests, and one comes back every `SECONDS_EACH`. The item
`bucket#<hash of the user>` only says when the bucket will be full again, so a request moves that
moment and nothing else (the generic cell rate algorithm, ITU-T I.371, annex A). A bucket that is
full again is as if it were not there, and expires.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from countersign.aws.changes import ConditionFailed
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.problems import Problem

CAPACITY = 30
SECONDS_EACH = 20

Calls = TypeVar("Calls")


def spend_request(table: Table, user: str, now: int) -> None:
    """Take one request from a person's bucket: one write, two while the bucket is not full.

    Raises 429 `too_many_requests` while it is empty.
    """
    pk = f"bucket#{fingerprint(user)}"
    try:
        values = {":now": now, ":full": now + SECONDS_EACH}
        is_full = "attribute_not_exists(full_at) OR full_at <= :now"
        table.update(pk, "SET full_at = :full, expires_at = :full", is_full, values)
        return
    except ConditionFailed:
        latest = now + (CAPACITY - 1) * SECONDS_EACH
    try:
        values = {":latest": latest, ":each": SECONDS_EACH}
        table.update(pk, "ADD full_at :each, expires_at :each", "full_at <= :latest", values)
    except ConditionFailed as failed:
        full_at = (failed.item or {}).get("full_at", latest + 1)
        raise too_many_requests(full_at - latest) from None


def metered(calls: Calls, spend: Callable[[], None]) -> Calls:
    """Return the same calls to Stripe, each of which spends one request before it is made."""
    return cast(Calls, _Metered(calls, spend))


class _Metered:
    def __init__(self, calls: Any, spend: Callable[[], None]) -> None:
        self._calls = calls
        self._spend = spend

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._calls, name)

        def paid(*arguments: Any, **named: Any) -> Any:
            self._spend()
            return call(*arguments, **named)

        return paid


def too_many_requests(wait: int) -> Problem:
    """Return the 429 for a person who has to wait so many seconds."""
    return Problem(
        429,
        "too_many_requests",
        "You have asked for more than this service allows one person. Try again after the seconds"
        " in Retry-After.",
        headers={"Retry-After": str(wait)},
    )
