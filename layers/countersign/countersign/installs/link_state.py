"""The `state` of an install link: whose it is, where it goes on to, and that it is used once.

Item `state#<hash>`: `user`, `return_to`, `binding` (hash of the browser's cookie; absent while the
binding is off), `expires_at`, and once it is used `used_for`, what tells the callback that used it.
Item `pending#<hash>`: the installation that a confirmation stands for (design, decision 9).
"""

from dataclasses import dataclass

from countersign.aws.changes import Change
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import (
    derive,
    fingerprint,
    is_minted,
    mint,
)
from countersign.crypto.token_keys import is_ours, token_keys
from countersign.installs.installation import Installed
from countersign.installs.refusals import invalid_confirmation, invalid_state

STATE = "install state"
BINDING = "install binding"
CONFIRMATION = "install confirmation"

LASTS = 900
"""Seconds that a link, and a confirmation, can be used."""
REMEMBERED = 24 * 3600
"""Seconds that a used one is remembered, so that a reload shows the same page."""


@dataclass(frozen=True, slots=True)
class State:
    """A stored state."""

    pk: str
    user: str
    return_to: str
    used_for: str | None

    def is_repeated_by(self, use: str) -> bool:
        """Whether this is the callback again that has used the state; raises 400 for another."""
        if self.used_for not in (None, use):
            raise invalid_state()
        return self.used_for == use


def begin(table: Table, user: str, return_to: str, binding: str | None, now: int) -> str:
    """Store a fresh state, bound to the browser that has this cookie, and return it."""
    token = mint(STATE, token_keys())
    bound = {"binding": fingerprint(binding)} if binding else {}
    item = {"user": user, "return_to": return_to, "expires_at": now + LASTS, **bound}
    table.put({"pk": _key("state", token), **item}, "attribute_not_exists(pk)")
    return token


def browser_cookie(known: list[str]) -> str:
    """The cookie that a browser has already, else a new one: one a browser, for all its tabs."""
    keys = token_keys()
    ours = (value for value in known if is_minted(value, BINDING, keys))
    return next(ours, None) or mint(BINDING, keys)


def state_key(token: str) -> str:
    """Where a state is; raises 400 `invalid_state`, without a read, for what was not made here."""
    if not is_ours(token, STATE):
        raise invalid_state()
    return _key("state", token)


def read_state(item: Item | None, cookies: list[str] | None, now: int) -> State:
    """A state that may be used by this browser now, or that has been; `cookies` are those the
    browser sent, `None` while the binding is off. Raises 400 `invalid_state`.
    """
    if item is None or item["expires_at"] <= now:
        raise invalid_state()
    if cookies is not None and item.get("binding") not in [fingerprint(value) for value in cookies]:
        raise invalid_state()
    return State(item["pk"], item["user"], item["return_to"], item.get("used_for"))


def use(state: State, used_for: str, now: int) -> Change:
    """Use the state up, if nobody else has."""
    return _spend(state.pk, used_for, now)


def confirmation_of(state: str) -> str:
    """What only the browser of the callback is told: it confirms a pending installation. The same
    for a reload, and unknown to whoever made the link.
    """
    return derive(CONFIRMATION, token_keys(), state)


def leave_pending(confirmation: str, told: Installed, now: int) -> Change:
    """Keep an installation until its user confirms it."""
    members = {
        "user": told.user,
        "account_id": told.account_id,
        "installed_by": told.installed_by,
        "installed_at": told.at,
        "expires_at": now + LASTS,
    }
    return Change.create(_key("pending", confirmation), members)


def pending_key(confirmation: str) -> str:
    """Where a pending installation is; raises 400 `invalid_confirmation` for what is not ours."""
    if not is_ours(confirmation, CONFIRMATION):
        raise invalid_confirmation()
    return _key("pending", confirmation)


def read_pending(item: Item | None, user: str, account_id: str, now: int) -> tuple[Installed, bool]:
    """A pending installation of this user and account, and whether it was confirmed before."""
    if item is None or item["expires_at"] <= now:
        raise invalid_confirmation()
    if (item["user"], item["account_id"]) != (user, account_id):
        raise invalid_confirmation()
    told = Installed(user, account_id, item["installed_by"], item["installed_at"])
    return told, "used_for" in item


def use_pending(confirmation: str, now: int) -> Change:
    """Use a confirmation up, if nobody else has."""
    return _spend(_key("pending", confirmation), "confirmed", now)


def _spend(pk: str, used_for: str, now: int) -> Change:
    return Change(
        pk,
        "SET used_for = :use, expires_at = :later",
        "attribute_exists(pk) AND attribute_not_exists(used_for) AND expires_at > :now",
        {":use": used_for, ":later": now + REMEMBERED, ":now": now},
    )


def _key(kind: str, token: str) -> str:
    return f"{kind}#{fingerprint(token)}"
