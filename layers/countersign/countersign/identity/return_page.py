"""Our page that Stripe's page returns to, and where the visitor continues from there.

Its URL ends with a handle, a token of ours (`crypto.minted`) that says nothing of the user. Item
`return#<hash of the handle>`: `return_url`, while Stripe's page may still return to it.
"""

from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint, mint
from countersign.crypto.token_keys import is_ours, token_keys
from countersign.http.return_url import is_allowed
from countersign.identity.context import Context
from countersign.problems import Unavailable

LASTS = 4 * 24 * 3600
"""Seconds for which a page is remembered: Stripe's url works for 48 hours, and each request for
another one names the page again.
"""
_PURPOSE = "verification return"


def new_return_handle() -> str:
    """Return a handle for the page of one attempt. Raises `Unavailable`."""
    return mint(_PURPOSE, token_keys())


def return_page_url(origin: str, handle: str) -> str:
    """Return the URL of our page."""
    return f"{origin}/verify/return/{handle}"


def set_return_url(table: Table, handle: str, return_url: str, now: int) -> None:
    """Set where the visitor continues after Stripe's page, which cannot be changed at Stripe."""
    values = {":url": return_url, ":end": now + LASTS}
    table.update(_pk(handle), "SET return_url = :url, expires_at = :end", "", values)


def read_return_url(context: Context, handle: str) -> str | None:
    """Return the page that the session's caller named, if the handle is genuine and the page
    allowed, else `None`. A handle that we did not make costs no read. A failure is no error here:
    the visitor then continues to our own page.
    """
    try:
        item = context.table.get(_pk(handle)) if is_ours(handle, _PURPOSE) else None
    except Unavailable:
        return None
    if item is None or item["expires_at"] <= context.now():
        return None
    return_url = str(item["return_url"])
    return return_url if is_allowed(return_url, context.settings.allowed_return_urls) else None


def _pk(handle: str) -> str:
    return f"return#{fingerprint(handle)}"
