"""Rebuild the sessions from Stripe's list of them, after their table was lost or restored."""

from countersign.identity.context import Context
from countersign.identity.rebind_slot import Numbered, rebind_slot
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot, is_ours, slot_of
from countersign.identity.store import load_many, store_snapshot
from countersign.identity.stripe_calls import LONGEST_PAGE, StripeSession
from countersign.stripe_api.rebuilt_page import RebuiltPage


def rebuild_sessions(context: Context, after: str | None) -> RebuiltPage:
    """Store the sessions of one page of Stripe's list, newest first, and bind their users' slots.

    A redacted session names nobody, so it stays unknown. Raises what asking Stripe and storing
    raise: the same page can be rebuilt again.
    """
    params = {"limit": LONGEST_PAGE} | ({"starting_after": after} if after else {})
    page = context.stripe.list(params)
    deployment = context.settings.deployment
    ours = [each for each in page.body["data"] if is_ours(each, deployment)]
    stored = load_many(context.table, [each["id"] for each in ours])
    repaired = sum(
        _rebuild(context, each, page.not_before, stored.get(each["id"])) for each in ours
    )
    return RebuiltPage.of(page.body, len(ours), repaired)


def _rebuild(
    context: Context, session: StripeSession, not_before: int | None, before: Session | None
) -> bool:
    snapshot = Snapshot.from_read(session, not_before)
    after = store_snapshot(context.table, snapshot).session
    is_new = before is None or after.known != before.known
    slot = slot_of(session)
    if snapshot.user is None or slot is None:
        return is_new
    numbered = Numbered(snapshot.id, *slot, snapshot.created)
    return rebind_slot(context.table, snapshot.user, numbered) or is_new
