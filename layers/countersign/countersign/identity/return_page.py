"""Our page that Stripe's page returns to, and where the visitor continues from there."""

import hmac
import re

from countersign.http.return_url import is_allowed
from countersign.identity import slots
from countersign.identity.context import Context
from countersign.problems import Unavailable

_SLOT = "slot#"
_HANDLE = re.compile(r"([0-9a-f]{64})([A-Za-z0-9_-]{22})")


def return_page_url(origin: str, pk: str, token: str) -> str:
    """Return the page's URL, whose last part is a handle of the slot. The token in it keeps others
    from asking where a user continues.
    """
    return f"{origin}/verify/return/{pk.removeprefix(_SLOT)}{token}"


def read_return_url(context: Context, handle: str) -> str | None:
    """Return the page that the session's caller named, if the handle is genuine and the page
    allowed, else `None`. A failure is no error here: the visitor then continues to our own page.
    """
    parts = _HANDLE.fullmatch(handle)
    if parts is None:
        return None
    try:
        slot = slots.load(context.table, _SLOT + parts[1])
    except Unavailable:
        return None
    if slot is None or not hmac.compare_digest(slot.return_token, parts[2]):
        return None
    allowed = is_allowed(slot.return_url, context.settings.allowed_return_urls)
    return slot.return_url if allowed else None
