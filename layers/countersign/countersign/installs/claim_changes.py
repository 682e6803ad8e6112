"""The changes that give an account to a user, on the word of Stripe's signature."""

from countersign.aws.changes import Change
from countersign.aws.table import Table
from countersign.aws.telemetry import logger
from countersign.crypto.pseudonyms import pseudonym_of
from countersign.installs.account_list import listing_change
from countersign.installs.installation import Installation, NewInstallation
from countersign.installs.store import account_change
from countersign.problems import Problem


def claim_changes(table: Table, stored: Installation, new: NewInstallation) -> list[Change]:
    """Return the changes that give an account to a user; none when the callback is not newer than
    what is stored. A refused claim leaves an audit record in the log, with the user's pseudonym.

    Raises 409 `account_held_by_another_user` and `not_installed`.
    """
    try:
        if not stored.is_replaced_by(new):
            return []
    except Problem as problem:
        claim = {"account": new.account_id, "user": pseudonym_of(new.user), "code": problem.code}
        logger.warning("an account was refused to a user", extra=claim)
        raise
    return [account_change(stored, new), listing_change(table, new)]
