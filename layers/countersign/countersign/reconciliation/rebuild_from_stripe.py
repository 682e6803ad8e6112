"""Rebuild from Stripe what Stripe knows, after a table was lost or restored: the sessions, the
slots of their users, and on which accounts the app is installed.

All else is in a backup alone: who holds an account and its settings, payers' handles, credentials
and trust, decisions (docs/operations.md#restore).
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from countersign.aws.telemetry import logger
from countersign.formats.records import to_members
from countersign.identity.rebuild_sessions import rebuild_sessions
from countersign.installs.rebuild_installs import rebuild_installs
from countersign.reconciliation.context import Context
from countersign.reconciliation.rooms import RoomsOf, process_rooms
from countersign.reconciliation.run import OutOfTime, Run
from countersign.stripe_api.rebuilt_page import RebuiltPage

LONGEST = 45.0
"""Seconds after which no other page is begun: an operator's command waits for a minute."""

Part = Literal["sessions", "installs"]


class Cursor(Struct, frozen=True):
    """Where a rebuild goes on: in which of Stripe's lists, and after which of its objects."""

    part: Part = "sessions"
    after: str | None = None


class Rebuilt(Struct, frozen=True):
    """What a rebuild came to: objects of this deployment at Stripe, those that had not been stored
    so, and where the next one goes on; `None` when all is rebuilt.
    """

    found: int
    repaired: int
    next: Cursor | None

    def view(self) -> dict[str, Any]:
        """Return what the operator sees; `next` is the payload's `rebuild` for the rest."""
        return to_members(self)


def rebuild_from_stripe(
    context: Context, cursor: Cursor, rooms_of: RoomsOf = process_rooms
) -> Rebuilt:
    """Rebuild from a cursor on, until all is rebuilt or the command's time is used up. It needs
    no lease: every write has the conditions of the others. Raises `Unavailable` once Stripe or
    storage stays down, and it can be begun again at any cursor.
    """
    run = Run(context, fence=0)
    rooms = rooms_of(run.pace)
    parts: dict[Part, Callable[[str | None], RebuiltPage]] = {
        "sessions": lambda after: rebuild_sessions(rooms.identity, after),
        "installs": lambda after: rebuild_installs(rooms.step_up.installs, after),
    }
    done, until = Rebuilt(0, 0, cursor), context.monotonic() + LONGEST
    try:
        while done.next is not None and context.monotonic() < until:
            at = done.next
            page = run.patiently(partial(parts[at.part], at.after))
            following = _following(context, at, page.next)
            done = Rebuilt(done.found + page.found, done.repaired + page.repaired, following)
            logger.info("rebuilt a page", extra=to_members(at) | {"repaired": page.repaired})
    except OutOfTime:
        return done
    return done


def _following(context: Context, at: Cursor, after: str | None) -> Cursor | None:
    if after is not None:
        return replace(at, after=after)
    has_installs = at.part == "sessions" and context.settings.stripe_app_id
    return Cursor("installs") if has_installs else None
