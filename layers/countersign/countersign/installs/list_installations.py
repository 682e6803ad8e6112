"""A user's installations, newest first."""

from countersign.http.paged_list import Place, page_of
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.store import Held, held_by, load_many


def list_installations(
    context: Context, user: str, cursor: str | None, limit: int
) -> tuple[list[Installation], str | None]:
    """One page of what the user holds or held last, and the cursor of the next.

    A page may have fewer than `limit`: somebody else may hold an account by now.
    """
    page, following = page_of(held_by(context.table, user), _place, cursor, limit)
    known = load_many(context.table, [entry.account_id for entry in page])
    found = [known[entry.account_id] for entry in page if entry.account_id in known]
    return [entry for entry in found if entry.user == user], following


def _place(entry: Held) -> Place:
    return entry.installed_at, entry.account_id
