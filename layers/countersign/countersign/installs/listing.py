"""A user's installations, newest first."""

from countersign.installs.desk import Desk
from countersign.installs.installation import Installation
from countersign.installs.store import Held, held_by, load_many


def list_installations(
    desk: Desk, user: str, cursor: str | None, limit: int
) -> tuple[list[Installation], str | None]:
    """One page of what the user holds or held last, and the cursor of the next.

    A page may have fewer than `limit`: somebody else may hold an account by now.
    """
    held = held_by(desk.table, user)
    if cursor is not None:
        held = [entry for entry in held if _place(entry) < _read(cursor)]
    page = held[:limit]
    known = load_many(desk.table, [entry.account_id for entry in page])
    found = [known[entry.account_id] for entry in page if entry.account_id in known]
    following = f"{page[-1].installed_at}.{page[-1].account_id}" if len(held) > limit else None
    return [entry for entry in found if entry.user == user], following


def _place(entry: Held) -> tuple[int, str]:
    return entry.installed_at, entry.account_id


def _read(cursor: str) -> tuple[int, str]:
    installed_at, _, account_id = cursor.partition(".")
    return int(installed_at), account_id
