"""What is stored of a payer: their credentials. See `browsers` for where they were used.

Item `wallet#<hash of the user>`: `user_handle`, which every credential of the user carries, and
`credentials`, their ids. Item `credential#<id>`: `user`, `user_handle`, `public_key`, `algorithm`,
`sign_count`, `backup_eligible`, `backed_up`, `created`, `last_used`, `browser_keys`, and `rev`, one
more with every change.
"""

import contextlib
import re
import secrets

from countersign.aws.changes import Change, ConditionFailed
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.formats import base64url
from countersign.problems import Problem, Unavailable
from countersign.spc import browsers
from countersign.spc.protocol.credential import Credential

MOST_CREDENTIALS = 20
"""Credentials of one user."""
_HANDLE = 32
_TRIES = 3
_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")
"""A credential id of at most 1023 bytes in base64url."""


def user_handle(table: Table, user: str) -> str:
    """The opaque handle of a user (WebAuthn Level 3, section 14.6.1), made at first use. Merchants
    see it in every answer, so it tells nothing.
    """
    item = table.get(_wallet_key(user))
    if item is None:
        handle = base64url.encode(secrets.token_bytes(_HANDLE))
        try:
            condition = "attribute_not_exists(pk)"
            table.put({"pk": _wallet_key(user), "user_handle": handle}, condition)
        except ConditionFailed as failed:
            item = failed.item
        else:
            return handle
    return str((item or {})["user_handle"])


def credential_ids(table: Table, user: str) -> list[str]:
    """The ids of a user's credentials."""
    item = table.get(_wallet_key(user)) or {}
    return sorted(item.get("credentials", ()))


def credentials_of(table: Table, user: str) -> list[Item]:
    """A user's stored credentials, newest first."""
    items = table.get_many([credential_pk(entry) for entry in credential_ids(table, user)])
    found = [item for item in items.values() if item["user"] == user]
    return sorted(found, key=lambda item: (item["created"], item["pk"]), reverse=True)


def load_credential(table: Table, credential_id: str) -> Item | None:
    """A stored credential, whosever it is."""
    return table.get(credential_pk(credential_id))


def load_own(table: Table, user: str, credential_id: str) -> Item | None:
    """A credential of this user's, if that is what the id stands for."""
    if not _ID.fullmatch(credential_id):
        return None
    item = load_credential(table, credential_id)
    return item if item is not None and item["user"] == user else None


def not_found() -> Problem:
    """404: not a credential of this user's (any more)."""
    return Problem(404, "credential_not_found", "There is no such credential of yours.")


def view(item: Item) -> Item:
    """A credential as its owner sees it; times are Unix seconds."""
    keys = sorted(item["browser_keys"].items(), key=lambda entry: entry[1]["created"], reverse=True)
    return {
        "credential_id": id_of(item),
        "created": item["created"],
        "last_used": item["last_used"],
        "backed_up": item["backed_up"],
        "browser_keys": [{"id": key, **entry} for key, entry in keys],
    }


def id_of(item: Item) -> str:
    """The credential id of a stored item."""
    return str(item["pk"]).removeprefix("credential#")


def as_credential(item: Item) -> Credential:
    """What checking an answer needs of a stored credential."""
    return Credential(
        id=id_of(item),
        user_handle=item["user_handle"],
        public_key=base64url.decode(item["public_key"]),
        algorithm=item["algorithm"],
        sign_count=item["sign_count"],
        backup_eligible=item["backup_eligible"],
    )


def adding(user: str, credential: Item, key_id: str | None, now: int) -> list[Change]:
    """The changes that store a new credential, with the browser that it was made in as trusted: its
    owner was signed in there. None of it happens if the credential or the key is known already.
    """
    credential_id = id_of(credential)
    keys = {key_id: browsers.entry(browsers.TRUSTED, now)} if key_id else {}
    members = {name: value for name, value in credential.items() if name != "pk"}
    members |= {"browser_keys": keys, "rev": 1}
    changes = [
        Change.create(credential["pk"], members),
        Change(
            _wallet_key(user),
            "ADD credentials :id",
            "attribute_exists(user_handle)"
            " AND (attribute_not_exists(credentials) OR size(credentials) < :most)",
            {":id": {credential_id}, ":most": MOST_CREDENTIALS},
        ),
    ]
    return changes + ([browsers.binding(credential_id, key_id)] if key_id else [])


def used(
    item: Item, sign_count: int, backed_up: bool, now: int, browser: tuple[str, Item] | None = None
) -> Change:
    """The change of a credential after a genuine answer: on the condition that it is as it was when
    the answer was checked, and with this entry of a browser, new or other than before.
    """
    sets = "SET sign_count = :count, backed_up = :backed_up, last_used = :now"
    values: Item = {":count": sign_count, ":backed_up": backed_up, ":now": now, ":one": 1}
    values |= {":user": item["user"], ":rev": item["rev"]}
    names = dict(_USER)
    if browser is not None:
        sets += ", browser_keys.#key = :entry"
        names["#key"], values[":entry"] = browser
    return Change(item["pk"], f"{sets} ADD rev :one", _UNCHANGED, values, names)


def remove(table: Table, user: str, credential_id: str) -> None:
    """Take a credential off the user's list, forget its browsers' keys and then its own, in this
    order: its owner can finish what was cut short. A browser may still offer it; it is unknown from
    then on.
    """
    with contextlib.suppress(ConditionFailed):
        listed = {":id": {credential_id}}
        table.update(_wallet_key(user), "DELETE credentials :id", "attribute_exists(pk)", listed)
    for _ in range(_TRIES):
        item = load_own(table, user, credential_id)
        if item is None:
            return
        browsers.unbind(table, credential_id, item["browser_keys"])
        with contextlib.suppress(ConditionFailed):
            values = {":user": user, ":rev": item["rev"]}
            table.delete(item["pk"], _UNCHANGED, values, _USER)
            return
    raise Unavailable("storage")


def remove_browser(table: Table, user: str, credential_id: str, key_id: str) -> bool:
    """Forget a browser of a credential of this user's, in the same order; whether there was one. It
    is new again when the credential is next used in it.
    """
    for _ in range(_TRIES):
        item = load_own(table, user, credential_id)
        if item is None or key_id not in item["browser_keys"]:
            return False
        browsers.unbind(table, credential_id, [key_id])
        with contextlib.suppress(ConditionFailed):
            table.update(
                item["pk"],
                "REMOVE browser_keys.#key ADD rev :one",
                _UNCHANGED,
                {":user": user, ":rev": item["rev"], ":one": 1},
                {"#key": key_id, **_USER},
            )
            return True
    raise Unavailable("storage")


def credential_pk(credential_id: str) -> str:
    """Where a credential is."""
    return f"credential#{credential_id}"


_USER = {"#user": "user"}
_UNCHANGED = "#user = :user AND rev = :rev"


def _wallet_key(user: str) -> str:
    return f"wallet#{fingerprint(user)}"
