"""List payments: of a merchant, of one order, in one status, in a time; newest first."""

import time
from collections.abc import Iterator

from msgspec import Struct

from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.payments import store
from countersign.payments.payment_record import KEEP, PaymentRecord

DAY = 24 * 3600
LATEST = 9_999_999_998
"""The last second of which the next one still has ten digits: places are compared as text."""
MOST_DAYS = 31
"""Days that a page of all merchants' payments goes through: the next page goes on before them."""


class Filter(Struct, frozen=True):
    """What is listed. Times are Unix seconds, the first and the last that count. A merchant sees
    the payments of its own `installation`.
    """

    account_id: str | None = None
    status: str | None = None
    reference: str | None = None
    from_: int = 0
    to: int = LATEST
    installation: str | None = None

    def passes(self, record: PaymentRecord) -> bool:
        """Whether a payment is to be listed, as it is stored now."""
        wished = (self.account_id, self.status, self.reference)
        found = (record.order.account_id, record.status, record.order.reference)
        is_of_it = self.installation in (None, record.order.installation)
        is_wished = is_of_it and all(
            wish in (None, value) for wish, value in zip(wished, found, strict=True)
        )
        return is_wished and self.from_ <= record.created <= self.to


def list_payments(
    table: Table, wanted: Filter, before: str | None, limit: int, now: int
) -> tuple[list[PaymentRecord], str | None]:
    """Return a page of payments and the cursor of the next one. The indexes are a moment behind. A
    page of all merchants' payments may be empty although there is a next one.
    """
    found: list[PaymentRecord] = []
    place = before
    for name, attribute, value in _indexes(wanted, before, now):
        asked = limit - len(found)
        places = table.newest(name, attribute, value, place or f"{wanted.to + 1:010d}", asked)
        stored = store.load_many(table, list(places))
        found += [stored[pk] for pk in places if pk in stored and wanted.passes(stored[pk])]
        if places:
            place = list(places.values())[-1]
        if place is not None and _created(place) < wanted.from_:
            return found, None
        if len(places) == asked:
            return found, place
    return found, _before_days(wanted, before, now)


def _indexes(wanted: Filter, before: str | None, now: int) -> Iterator[tuple[str, str, str]]:
    """Return the index to be read and its value; a day's after the other for all merchants."""
    account = wanted.account_id
    if account is None:
        latest = _latest(wanted, before, now)
        for day in range(MOST_DAYS):
            at = latest - day * DAY
            if at < _earliest(wanted, now) - DAY:
                return
            yield "ByDay", "by_day", day_of(at)
    elif wanted.reference is not None:
        yield "ByReference", "by_reference", fingerprint(account, wanted.reference)
    elif wanted.status is not None:
        yield "ByStatus", "by_status", f"{account}#{wanted.status}"
    else:
        yield "ByAccount", "by_account", account


def _before_days(wanted: Filter, before: str | None, now: int) -> str | None:
    """Return the cursor before the days that were read of all merchants, if there are more."""
    if wanted.account_id is not None:
        return None
    first = _latest(wanted, before, now) - (MOST_DAYS - 1) * DAY
    begins = first - first % DAY
    # No id is before this one: what was created in that second is of the days that were read.
    return f"{begins:010d}.pay_{'-' * 22}" if begins > _earliest(wanted, now) else None


def _latest(wanted: Filter, before: str | None, now: int) -> int:
    return min(wanted.to, now if before is None else _created(before))


def _earliest(wanted: Filter, now: int) -> int:
    """Return when the first payment was created that can be listed."""
    return max(wanted.from_, now - KEEP)


def _created(place: str) -> int:
    return int(place.partition(".")[0])


def day_of(at: int) -> str:
    """Return the day of a time, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(at))
