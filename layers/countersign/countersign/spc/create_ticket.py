"""Create a registration ticket, with which a page registers one credential of one person."""

import secrets
from typing import Any

from countersign.spc import tickets
from countersign.spc.context import Context, relying_party
from countersign.spc.framing import Framing
from countersign.spc.refusals import ticket_expired
from countersign.spc.ticket_record import Ticket

_ID_BYTES = 16


def create_ticket(
    context: Context, user: str, framing: Framing, identified: bool
) -> tuple[str, dict[str, Any]]:
    """Create a ticket for a user, for our own page, which this merchant's pages may frame. Return
    its id, which is no secret, and the ticket with the time at which it ends.

    Raises 500 `spc_misconfigured`.
    """
    relying_party(context)
    ticket_id = secrets.token_hex(_ID_BYTES)
    token = tickets.tokens_of(ticket_id)[0]
    ends_at = context.now() + tickets.LASTS
    ticket = Ticket(
        pk=tickets.ticket_pk(token),
        user=user,
        account_id=framing.account_id,
        installation=framing.installation,
        identified=identified,
        ends_at=ends_at,
    )
    tickets.store(context.table, ticket)
    return ticket_id, _shown(token, ends_at)


def created_ticket(context: Context, ticket_id: str) -> dict[str, Any]:
    """Return a ticket that was created under this id, while it counts. Raises 409
    `ticket_already_used` and 410 `ticket_expired`.
    """
    for token in tickets.tokens_of(ticket_id):
        ticket = tickets.find(context.table, token)
        if ticket is not None:
            tickets.check_counts(ticket, context.now())
            return _shown(token, ticket.ends_at)
    raise ticket_expired()


def _shown(token: str, ends_at: int) -> dict[str, Any]:
    return {"ticket": token, "expires_at": ends_at}
