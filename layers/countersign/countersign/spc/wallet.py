"""What is stored of a payer: credentials and the browsers they were used in.

Item `wallet#<hash of the user>`: `user_handle`, which every credential of the user carries, and
`credentials`, their ids. Item `credential#<id>`: `user`, `user_handle`, `public_key`, `algorithm`,
`sign_count`, `backup_eligible`, `backed_up`, `created`, `last_used`, and `browser_keys`, for each
key's thumbprint its `status` and when it was `created`. Item `browser-key#<thumbprint>`: the
`credential` that the key is bound to.
"""

import contextlib
import hashlib
import re
import secrets
from typing import Any

from countersign import base64url
from countersign.minted import fingerprint
from countersign.spc.credential import Credential
from countersign.table import Change, ConditionFailed, Item, Table

TRUSTED, PENDING = "trusted", "pending"
MOST_PENDING = 5
"""Browsers of one credential that may wait for approval; the next ones are not kept."""
MOST_CREDENTIALS = 20
"""Credentials of one user."""
_HANDLE = 32
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
    items = table.get_many([_credential_key(entry) for entry in credential_ids(table, user)])
    found = [item for item in items.values() if item["user"] == user]
    return sorted(found, key=lambda item: (item["created"], item["pk"]), reverse=True)


def load_credential(table: Table, credential_id: str) -> Item | None:
    """A stored credential, whosever it is."""
    return table.get(_credential_key(credential_id))


def load_own(table: Table, user: str, credential_id: str) -> Item | None:
    """A credential of this user's, if that is what the id stands for."""
    if not _ID.fullmatch(credential_id):
        return None
    item = load_credential(table, credential_id)
    return item if item is not None and item["user"] == user else None


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


def adding(user: str, credential: Item, browser_key: bytes | None, now: int) -> list[Change]:
    """The changes that store a new credential, with the browser that it was made in as trusted: its
    owner was signed in there. None of it happens if the credential or the key is known already.
    """
    credential_id = id_of(credential)
    keys = {thumbprint(browser_key): _entry(TRUSTED, now)} if browser_key else {}
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
    return changes + ([binding(credential_id, browser_key)] if browser_key else [])


def binding(credential_id: str, browser_key: bytes) -> Change:
    """Bind a browser's key to the one credential it may go with."""
    return Change(
        browser_key_pk(browser_key),
        "SET #credential = :id",
        "attribute_not_exists(pk) OR #credential = :id",
        {":id": credential_id},
        {"#credential": "credential"},
    )


def is_anothers(table: Table, browser_key: bytes, credential_id: str) -> bool:
    """Whether a browser's key is bound to another credential."""
    item = table.get(browser_key_pk(browser_key))
    return item is not None and item["credential"] != credential_id


def used(item: Item, sign_count: int, backed_up: bool, seen: bytes | None, now: int) -> Change:
    """The change of a credential after a genuine answer: on the condition that its counter is what
    the answer was checked against, and with a new browser's key as pending (`seen`).
    """
    sets = "SET sign_count = :count, backed_up = :backed_up, last_used = :now"
    condition = "#user = :user AND sign_count = :checked"
    values: Item = {":count": sign_count, ":backed_up": backed_up, ":now": now, ":one": 1}
    values |= {":user": item["user"], ":checked": item["sign_count"]}
    names = {"#user": "user"}
    if seen is not None:
        sets += ", browser_keys.#key = :entry"
        condition += " AND attribute_not_exists(browser_keys.#key)"
        values[":entry"] = _entry(PENDING, now)
        names["#key"] = thumbprint(seen)
    return Change(item["pk"], f"{sets} ADD rev :one", condition, values, names)


def trust(table: Table, item: Item, key_id: str) -> Item | None:
    """Trust a browser of a credential; `None` when it is not one of its."""
    try:
        return table.update(
            item["pk"],
            "SET browser_keys.#key.#status = :trusted ADD rev :one",
            "#user = :user AND attribute_exists(browser_keys.#key)",
            {":trusted": TRUSTED, ":user": item["user"], ":one": 1},
            {"#key": key_id, "#status": "status", "#user": "user"},
        )
    except ConditionFailed:
        return None


def remove(table: Table, user: str, credential_id: str) -> None:
    """Take a credential off the user's list and forget its key, in this order: its owner can finish
    what was cut short. A browser may still offer it; it is unknown from then on.
    """
    with contextlib.suppress(ConditionFailed):
        table.update(
            _wallet_key(user),
            "DELETE credentials :id",
            "attribute_exists(pk)",
            {":id": {credential_id}},
        )
        table.delete(_credential_key(credential_id), "#user = :user", {":user": user}, _USER)


def thumbprint(browser_key: bytes) -> str:
    """The id of a browser bound key: the SHA-256 of its COSE form, base64url."""
    return base64url.encode(hashlib.sha256(browser_key).digest())


def browser_key_pk(browser_key: bytes) -> str:
    """Where the binding of a browser's key is."""
    return f"browser-key#{thumbprint(browser_key)}"


_USER = {"#user": "user"}


def _entry(status: str, now: int) -> dict[str, Any]:
    return {"status": status, "created": now}


def _wallet_key(user: str) -> str:
    return f"wallet#{fingerprint(user)}"


def _credential_key(credential_id: str) -> str:
    return f"credential#{credential_id}"
