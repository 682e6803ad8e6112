"""The `state` of an install link: who created it, in which browser, and that it is used once.

Item `state#<hash>`: `user`, `return_to`, `binding` (hash of the browser's cookie; absent while
INSTALL_BINDING is off), `expires_at`, and once it is used `used_for`, which identifies the callback
that used it.
"""

from msgspec import Struct

from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint, is_minted, mint
from countersign.crypto.token_keys import is_ours, token_keys
from countersign.installs.one_time import LASTS, token_key
from countersign.installs.refusals import invalid_state

STATE = "install state"
BINDING = "install binding"


class LinkState(Struct, frozen=True):
    """A stored state. `return_to` is empty for our own page."""

    pk: str
    user: str
    return_to: str
    expires_at: int
    binding: str | None = None
    used_for: str | None = None

    @classmethod
    def from_item(cls, item: Item) -> "LinkState":
        """Return the record of a stored state."""
        return cls(
            pk=item["pk"],
            user=item["user"],
            return_to=item["return_to"],
            expires_at=item["expires_at"],
            binding=item.get("binding"),
            used_for=item.get("used_for"),
        )

    def to_item(self) -> Item:
        """Return the item of a state that nobody has used yet."""
        item = {
            "pk": self.pk,
            "user": self.user,
            "return_to": self.return_to,
            "expires_at": self.expires_at,
        }
        return item | ({"binding": self.binding} if self.binding else {})

    def is_repeated_by(self, use: str) -> bool:
        """Return whether the callback that used this state has come again. Raises 400
        `invalid_state` for any other callback.
        """
        if self.used_for not in (None, use):
            raise invalid_state()
        return self.used_for == use


def store_state(table: Table, user: str, return_to: str, cookie: str | None, now: int) -> str:
    """Store a new state for the browser that has this cookie, and return its token."""
    token = mint(STATE, token_keys())
    binding = fingerprint(cookie) if cookie else None
    state = LinkState(token_key("state", token), user, return_to, now + LASTS, binding)
    table.put(state.to_item(), "attribute_not_exists(pk)")
    return token


def browser_cookie(known: list[str]) -> str:
    """Return the browser's cookie, or a new one. One browser has one, for all its tabs."""
    keys = token_keys()
    ours = (value for value in known if is_minted(value, BINDING, keys))
    return next(ours, None) or mint(BINDING, keys)


def state_key(token: str) -> str:
    """Return the key of a state. Raises 400 `invalid_state`, without a read, for a token that this
    deployment did not make.
    """
    if not is_ours(token, STATE):
        raise invalid_state()
    return token_key("state", token)


def load_state(table: Table, token: str) -> LinkState | None:
    """Return the state of a token. Raises 400 `invalid_state` as `state_key` does."""
    item = table.get(state_key(token))
    return LinkState.from_item(item) if item else None


def check_state(state: LinkState | None, cookies: list[str] | None, now: int) -> LinkState:
    """Return a state that this browser may use, or has used. `cookies` are those that the browser
    sent, `None` while INSTALL_BINDING is off. Raises 400 `invalid_state`.
    """
    if state is None or state.expires_at <= now:
        raise invalid_state()
    if cookies is not None and state.binding not in [fingerprint(value) for value in cookies]:
        raise invalid_state()
    return state
