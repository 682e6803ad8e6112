"""What a caller asks for when it opens a session, and the slot that says so."""

from typing import Any

from msgspec import Struct

from countersign.identity.context import Context
from countersign.identity.return_page import return_page_url
from countersign.identity.slots import DAY, Slot, slot_key


class SessionRequest(Struct, frozen=True):
    """A request to open the session of a user.

    `origin` is where our own pages are, `return_handle` a new one for the page there that Stripe's
    page returns to (`return_page`). `return_url` is where the visitor continues from it: empty for
    our own page, `None` for no change. `details` are the e-mail and phone that
    Stripe's page begins with; they are sent in an update and never stored.
    """

    user: str
    origin: str
    return_handle: str
    return_url: str | None = ""
    details: dict[str, str] | None = None


def requested_slot(context: Context, request: SessionRequest) -> Slot:
    """Return the slot as this request would have it. Stripe takes a `return_url` only when it
    creates a session, so it is set for both flows, and to our page.
    """
    return_url = return_page_url(request.origin, request.return_handle)
    return Slot(
        pk=slot_key(request.user),
        create_params=_checks(context) | {"return_url": return_url},
        claimed_at=context.now(),
        return_handle=request.return_handle,
        day=context.now() // DAY,
        opened=1,
    )


def _checks(context: Context) -> dict[str, Any]:
    """Return what Stripe is to check: the deployment's choice, never the caller's."""
    if context.settings.verification_flow:
        return {"verification_flow": context.settings.verification_flow}
    options = context.settings.verification_options
    return {"type": "document"} | ({"options": options} if options else {})
