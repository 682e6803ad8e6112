"""Stripe's lists: newest first, by cursor (docs.stripe.com/api/pagination)."""

from math import inf
from typing import Any

from local.stand_in.errors import StripeError, no_such

_DEFAULT, _MOST = 10, 100

Created = int | dict[str, int] | None
"""Stripe's filter `created`: one second, or gt, gte, lt, lte."""


def page(
    found: list[dict[str, Any]], params: dict[str, Any], *, url: str, noun: str
) -> dict[str, Any]:
    """Return one page of `found` (newest first). Raises StripeError for a bad limit or cursor."""
    limit = _limit(params)
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise StripeError(
            "You may only specify one of these parameters: starting_after, ending_before.",
            param="ending_before",
        )
    if before:
        newer = found[: _position(found, before, noun, "ending_before")]
        return _list(newer[-limit:], len(newer) > limit, url)
    start = _position(found, after, noun, "starting_after") + 1 if after else 0
    rest = found[start:]
    return _list(rest[:limit], len(rest) > limit, url)


def bounds(wanted: Created, earliest: float) -> tuple[float, float]:
    """Return the first and the last time that may pass the filter `created`, from the earliest."""
    if isinstance(wanted, int):
        return max(earliest, wanted), wanted
    limits = wanted or {}
    since = max(earliest, limits.get("gt", earliest), limits.get("gte", earliest))
    return since, min(limits.get("lt", inf), limits.get("lte", inf))


def within(moment: int, wanted: Created) -> bool:
    """Return whether a time passes the filter `created`."""
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return moment == wanted
    return wanted.get("gt", moment - 1) < moment < wanted.get("lt", moment + 1) and wanted.get(
        "gte", moment
    ) <= moment <= wanted.get("lte", moment)


def _limit(params: dict[str, Any]) -> int:
    limit = int(params.get("limit", _DEFAULT))
    if not 1 <= limit <= _MOST:
        raise StripeError(
            f"Invalid limit: must be between 1 and {_MOST}",
            code="parameter_invalid_integer",
            param="limit",
        )
    return limit


def _position(found: list[dict[str, Any]], cursor: str, noun: str, param: str) -> int:
    for position, item in enumerate(found):
        if item["id"] == cursor:
            return position
    raise no_such(noun, cursor, param, status=400)


def _list(data: list[dict[str, Any]], has_more: bool, url: str) -> dict[str, Any]:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
