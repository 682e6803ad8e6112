"""Rebuild the sessions from Stripe's list of them, after their table was lost or restored."""

from dataclasses import dataclass

from countersign.identity.context import Context
from countersign.identity.rebind_slot import Numbered, rebind_slot
from countersign.identity.snapshot import Snapshot, is_ours, slot_of
from countersign.identity.store import store_snapshot
from countersign.identity.stripe_calls import LONGEST_PAGE, StripeSession


@dataclass(frozen=True, slots=True)
class RebuiltPage:
    """What one page came to: the sessions of this deployment, those of them that had not been
    stored as they are, and the session after which the next page begins, if there is one.
    """

    found: int
    repaired: int
    next: str | None


def rebuild_sessions(context: Context, after: str | None) -> RebuiltPage:
    """Store the sessions of one page of Stripe's list, newest first, and bind their users' slots.

    A redacted session names nobody, so it stays unknown. Raises what asking Stripe and storing
    raise: the same page can be rebuilt again.
    """
    params = {"limit": LONGEST_PAGE} | ({"starting_after": after} if after else {})
    page = context.stripe.list(params)
    listed = page.body["data"]
    ours = [each for each in listed if is_ours(each, context.settings.deployment)]
    repaired = sum(_rebuild(context, session, page.not_before) for session in ours)
    return RebuiltPage(len(ours), repaired, listed[-1]["id"] if page.body["has_more"] else None)


def _rebuild(context: Context, session: StripeSession, not_before: int | None) -> bool:
    snapshot = Snapshot.from_read(session, not_before)
    is_new = store_snapshot(context.table, snapshot).outcome == "applied"
    slot = slot_of(session)
    if snapshot.user is None or slot is None:
        return is_new
    numbered = Numbered(snapshot.id, *slot, snapshot.created)
    return rebind_slot(context.table, snapshot.user, numbered) or is_new
