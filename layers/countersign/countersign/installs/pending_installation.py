"""An installation that waits for its user's confirmation, while INSTALL_BINDING is off.

Without the binding, an attacker could have a victim install the app through the attacker's link.
So the browser of the callback gets a confirmation, and the user who created the link must send it
(docs/decisions.md#one-holder-per-account).

Item `pending#<hash of the confirmation>`: `user`, `account_id`, `installed_by`, `installed_at`,
`expires_at`, and `used_for` once it is confirmed.
"""

from msgspec import Struct

from countersign.aws.changes import Change
from countersign.aws.items import Item
from countersign.crypto.minted import derive
from countersign.crypto.token_keys import is_ours, token_keys
from countersign.installs.installation import NewInstallation
from countersign.installs.one_time import LASTS, token_key
from countersign.installs.refusals import invalid_confirmation

CONFIRMATION = "install confirmation"


class PendingInstallation(Struct, frozen=True):
    """A stored pending installation."""

    new: NewInstallation
    expires_at: int
    used_for: str | None = None

    @classmethod
    def from_item(cls, item: Item) -> "PendingInstallation":
        """Return the record of a stored one."""
        new = NewInstallation(
            item["user"], item["account_id"], item["installed_by"], item["installed_at"]
        )
        return cls(new, item["expires_at"], item.get("used_for"))

    def to_item(self) -> Item:
        """Return the item of one that is not confirmed yet, without its key."""
        account = {"account_id": self.new.account_id, "expires_at": self.expires_at}
        return self.new.to_item() | account


def confirmation_of(state: str) -> str:
    """Return the confirmation that belongs to a state. Only the browser of the callback gets it.
    It is the same for a reload, and whoever created the link cannot guess it.
    """
    return derive(CONFIRMATION, token_keys(), state)


def pending_change(confirmation: str, new: NewInstallation, now: int) -> Change:
    """Return the change that keeps an installation until its user confirms it."""
    pending = PendingInstallation(new, now + LASTS)
    return Change.create(token_key("pending", confirmation), pending.to_item())


def pending_key(confirmation: str) -> str:
    """Return the key of a pending installation. Raises 400 `invalid_confirmation`, without a read,
    for a confirmation that this deployment did not make.
    """
    if not is_ours(confirmation, CONFIRMATION):
        raise invalid_confirmation()
    return token_key("pending", confirmation)


def check_pending(
    pending: PendingInstallation | None, user: str, account_id: str, now: int
) -> PendingInstallation:
    """Return a pending installation of this user and account that may be confirmed, or was. Raises
    400 `invalid_confirmation`.
    """
    if pending is None or pending.expires_at <= now:
        raise invalid_confirmation()
    if (pending.new.user, pending.new.account_id) != (user, account_id):
        raise invalid_confirmation()
    return pending
