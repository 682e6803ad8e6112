"""The changes that give an account to a user, on the word of Stripe's signature."""

from countersign.aws.changes import Change
from countersign.aws.telemetry import logger
from countersign.crypto.minted import fingerprint
from countersign.installs.installation import Installation, NewInstallation
from countersign.installs.store import installation_changes
from countersign.problems import Problem


def claim_changes(stored: Installation, new: NewInstallation) -> list[Change]:
    """Return the changes that give an account to a user; none when the callback is not newer than
    what is stored. A refused claim leaves an audit record in the log, in which the user is a hash.

    Raises 409 `account_held_by_another_user` and `not_installed`.
    """
    try:
        return installation_changes(stored, new)
    except Problem as problem:
        claim = {"account": new.account_id, "user": fingerprint(new.user), "code": problem.code}
        logger.warning("an account was refused to a user", extra=claim)
        raise
