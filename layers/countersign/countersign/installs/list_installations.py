"""List a user's installations, newest first."""

from countersign.http.paged_list import Place, page_of
from countersign.installs.account_list import ListedAccount, load_list
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.store import load_many


def list_installations_of(
    context: Context, user: str, cursor: str | None, limit: int
) -> tuple[list[Installation], str | None]:
    """Return one page of the accounts that a user holds or held last, and the next page's cursor.

    A page may have fewer than `limit` entries: other users may hold some accounts by now.
    """
    page, following = page_of(load_list(context.table, user), _place, cursor, limit)
    known = load_many(context.table, [entry.account_id for entry in page])
    found = [known[entry.account_id] for entry in page if entry.account_id in known]
    return [entry for entry in found if entry.user == user], following


def _place(entry: ListedAccount) -> Place:
    return entry.installed_at, entry.account_id
