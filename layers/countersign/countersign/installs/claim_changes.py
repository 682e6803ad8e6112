"""The changes that give an account to a user, on the word of Stripe's signature."""

from countersign.aws.changes import Change
from countersign.aws.table import Table
from countersign.aws.telemetry import logger
from countersign.crypto.pseudonyms import pseudonym_of
from countersign.installs.installation import Installation, NewInstallation
from countersign.installs.store import ListedAccount, installation_changes, load_list, load_many
from countersign.problems import Problem

_LISTED = 100
"""Accounts of a user's list from which on it loses those that the user holds no more."""


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
    return installation_changes(stored, new, _unlisted(table, new))


def _unlisted(table: Table, new: NewInstallation) -> list[ListedAccount]:
    """Return what a user's list loses, the oldest first, so that it has no more than 100 accounts,
    or those that the user holds. It takes a read of 100 accounts, and more for who holds as many.
    """
    listed = [entry for entry in load_list(table, new.user) if entry.account_id != new.account_id]
    listed.sort(key=lambda entry: entry.installed_at)
    for start in range(0, len(listed) if len(listed) >= _LISTED else 0, _LISTED):
        entries = listed[start : start + _LISTED]
        known = load_many(table, [entry.account_id for entry in entries])
        held = {name for name, found in known.items() if found.stands and found.user == new.user}
        over = [entry for entry in entries if entry.account_id not in held]
        if over:
            return over[: len(listed) + 1 - _LISTED]
    return []
