"""Begin a registration with a ticket, in a frame of a merchant's page or on our own."""

from typing import Any

from msgspec.structs import replace

from countersign.aws.changes import TransactionRefused
from countersign.spc import ceremonies, tickets
from countersign.spc.begin_registration import new_registration, shown_registration
from countersign.spc.context import Context
from countersign.spc.framing import Framing
from countersign.spc.refusals import unknown_ticket
from countersign.spc.ticket_record import Ticket


def begin_framed_registration(
    context: Context, ticket: Ticket, origin: str, framing: Framing
) -> dict[str, Any]:
    """Begin a registration on our page at `origin`, which the pages of the ticket's merchant may
    frame. Return what `begin_credential_registration` does.

    Raises as that does, and 404 `unknown_ticket`, 409 `ticket_already_used` and 410
    `ticket_expired`.
    """
    if ticket.installation != framing.installation:
        raise unknown_ticket()
    ceremony = replace(
        new_registration(context, ticket.user, origin),
        top_origins=framing.checkout_origins,
        account_id=framing.account_id,
        installation=framing.installation,
        ticket=ticket.pk,
        identified=ticket.identified,
    )
    now = ceremony.began_at
    changes = [tickets.request_change(ticket, now), ceremonies.begin_change(ceremony)]
    try:
        context.table.transact(changes)
    except TransactionRefused as refused:
        tickets.check_requested(refused, ticket, now)
        raise
    return shown_registration(context, ceremony)
