"""Registration tickets: each lets whoever holds it register one credential of one person.

A ticket is handed to the page in which our own is framed, so it stands for one registration and for
nothing else of that person's. Junk costs no read (docs/decisions.md#tokens-that-cost-no-read). A
ticket is derived from an id: a repeated request gets the same one, although it is not stored.
"""

from countersign.aws.changes import Change, TransactionRefused
from countersign.aws.table import Table
from countersign.crypto.minted import derive, fingerprint
from countersign.crypto.token_keys import is_ours, token_keys
from countersign.http.idempotency import KEEP
from countersign.spc.refusals import ticket_already_used, ticket_expired, unknown_ticket
from countersign.spc.ticket_record import Ticket

LASTS = 300
"""Seconds within which a registration can be begun with a ticket."""
MOST_REQUESTS = 10
"""Registrations that can be begun with a ticket; one of them can be finished."""
PURPOSE = "spc registration ticket"


def tokens_of(ticket_id: str) -> tuple[str, ...]:
    """Return the ticket with this id under each of our keys, the present one first."""
    return tuple(derive(PURPOSE, [key], ticket_id) for key in token_keys())


def ticket_pk(token: str) -> str:
    """Return where a ticket is stored."""
    return f"ticket#{fingerprint(token)}"


def store(table: Table, ticket: Ticket) -> None:
    """Store a new ticket, for as long as an `Idempotency-Key` can ask for it again."""
    kept_until = ticket.ends_at - LASTS + KEEP
    table.put(ticket.to_item() | {"expires_at": kept_until}, "attribute_not_exists(pk)")


def known_pk(token: str) -> str:
    """Return where a ticket of ours is stored; raises 404 `unknown_ticket`, without a read, for
    anything that this deployment did not make.
    """
    if not is_ours(token, PURPOSE):
        raise unknown_ticket()
    return ticket_pk(token)


def find(table: Table, token: str) -> Ticket | None:
    """Return a stored ticket, whatever became of it."""
    item = table.get(ticket_pk(token))
    return Ticket.from_item(item) if item is not None else None


def load(table: Table, token: str, now: int) -> Ticket:
    """Return a ticket that counts. Raises 404 `unknown_ticket`, 409 `ticket_already_used` and 410
    `ticket_expired`.
    """
    known_pk(token)
    ticket = find(table, token)
    if ticket is None:
        raise unknown_ticket()
    check_counts(ticket, now)
    return ticket


def check_counts(ticket: Ticket, now: int) -> None:
    """Check that a registration can be begun with a ticket. Raises 409 `ticket_already_used` and
    410 `ticket_expired`.
    """
    if ticket.spent or ticket.requests >= MOST_REQUESTS:
        raise ticket_already_used()
    if ticket.ends_at <= now:
        raise ticket_expired()


def request_change(ticket: Ticket, now: int) -> Change:
    """Return the change that counts a registration which is begun with a ticket, if it counts."""
    condition = "spent = :no AND requests < :most AND ends_at > :now"
    values = {":one": 1, ":no": False, ":most": MOST_REQUESTS, ":now": now}
    return Change(ticket.pk, "ADD requests :one", condition, values)


def spend_change(pk: str) -> Change:
    """Return the change that spends a ticket if nobody has. It belongs into the transaction that
    stores the credential. The five minutes bound what is begun, so they are not asked for here.
    """
    return Change(pk, "SET spent = :yes", "spent = :no", {":yes": True, ":no": False})


def check_requested(refused: TransactionRefused, ticket: Ticket, now: int) -> None:
    """Raise as `check_counts` does where a transaction was refused since its ticket did not count
    at that time.
    """
    if ticket.pk in refused.failed:
        stored = refused.failed[ticket.pk]
        if stored is None:
            raise unknown_ticket()
        check_counts(Ticket.from_item(stored), now)
        raise ticket_already_used()
