"""Confirm an installation that was left pending, while INSTALL_BINDING is off."""

from countersign.aws.changes import Change
from countersign.installs.access import require_holder
from countersign.installs.claim_changes import claim_changes
from countersign.installs.context import Context
from countersign.installs.installation import Installation, is_account_id
from countersign.installs.one_time import use_up_change
from countersign.installs.pending_installation import (
    PendingInstallation,
    check_pending,
    pending_key,
)
from countersign.installs.refusals import invalid_confirmation
from countersign.installs.store import change_account_once


def confirm_pending(
    context: Context, user: str, account_id: str, confirmation: str
) -> Installation:
    """Store a pending installation, on the word of the user who created its link.

    Raises 400 `invalid_confirmation`, 404 once another user has the account, 409
    `account_held_by_another_user` and `not_installed`, and `Unavailable`.
    """
    if not is_account_id(account_id):
        raise invalid_confirmation()
    pk = pending_key(confirmation)

    def decide(found: PendingInstallation | None, account: Installation) -> list[Change]:
        pending = check_pending(found, user, account_id, context.now())
        if pending.used_for is not None:
            return []
        changes = claim_changes(context.table, account, pending.new)
        return [use_up_change(pk, "confirmed", context.now()), *changes]

    change_account_once(context.table, account_id, pk, PendingInstallation.from_item, decide)
    return require_holder(context, user, account_id)
