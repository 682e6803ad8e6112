"""The browsers that a credential was used in, each known by the key that it has bound to it (SPC,
section 4.2).

A credential's `browser_keys` has for each key's thumbprint its `status` and when it was `created`.
Item `browser-key#<thumbprint>`: the `credential` that the key is bound to.
"""

import contextlib
import hashlib
from collections.abc import Iterable

from countersign.aws.changes import Change, ConditionFailed
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.formats import base64url
from countersign.problems import Problem

TRUSTED, PENDING = "trusted", "pending"
MOST_PENDING = 5
"""Browsers of one credential that may wait for approval; the next ones are not kept."""


def thumbprint(browser_key: bytes) -> str:
    """The id of a browser's key: the SHA-256 of its COSE form, base64url."""
    return base64url.encode(hashlib.sha256(browser_key).digest())


def entry(status: str, now: int) -> Item:
    """What is kept of a browser."""
    return {"status": status, "created": now}


def browser_of(credential: Item, key_id: str) -> Item:
    """What is kept of a browser; raises 404 `browser_key_not_found`."""
    browser: Item | None = credential["browser_keys"].get(key_id)
    if browser is None:
        raise not_found()
    return browser


def is_trusted(credential: Item, key_id: str | None) -> bool:
    """Whether this is a browser that the credential's owner trusts."""
    return bool(credential["browser_keys"].get(key_id, {}).get("status") == TRUSTED)


def knows_trusted(credential: Item) -> bool:
    """Whether a credential's owner trusts any browser with it."""
    return any(is_trusted(credential, key_id) for key_id in credential["browser_keys"])


def has_room(credential: Item) -> bool:
    """Whether another browser may wait for approval."""
    waiting = [key for key in credential["browser_keys"].values() if key["status"] == PENDING]
    return len(waiting) < MOST_PENDING


def binding(credential_id: str, key_id: str) -> Change:
    """Bind a browser's key to the one credential it may go with."""
    return Change(
        binding_pk(key_id),
        "SET #credential = :id",
        "attribute_not_exists(pk) OR #credential = :id",
        {":id": credential_id},
        _CREDENTIAL,
    )


def is_anothers(table: Table, key_id: str, credential_id: str) -> bool:
    """Whether a browser's key is bound to another credential."""
    item = table.get(binding_pk(key_id))
    return item is not None and item["credential"] != credential_id


def unbind(table: Table, credential_id: str, key_ids: Iterable[str]) -> None:
    """Forget that these keys are bound to a credential, before the credential forgets them."""
    for key_id in key_ids:
        with contextlib.suppress(ConditionFailed):
            bound = {":id": credential_id}
            table.delete(binding_pk(key_id), "#credential = :id", bound, _CREDENTIAL)


def trusting(credential_pk: str, user: str, key_id: str) -> Change:
    """Trust a browser of a credential of this user's, if the credential knows it."""
    return Change(
        credential_pk,
        "SET browser_keys.#key.#status = :trusted ADD rev :one",
        "#user = :user AND attribute_exists(browser_keys.#key)",
        {":trusted": TRUSTED, ":user": user, ":one": 1},
        {"#key": key_id, "#status": "status", "#user": "user"},
    )


def trust(table: Table, credential_pk: str, user: str, key_id: str) -> Item | None:
    """Do so, and return the credential; `None` when the condition does not hold."""
    change = trusting(credential_pk, user, key_id)
    try:
        return table.update(
            change.pk, change.expression, change.condition, change.values, change.names
        )
    except ConditionFailed:
        return None


def not_found() -> Problem:
    """404: not a browser of this credential (any more)."""
    return Problem(404, "browser_key_not_found", "There is no such browser of this credential.")


def binding_pk(key_id: str) -> str:
    """Where the binding of a browser's key is."""
    return f"browser-key#{key_id}"


_CREDENTIAL = {"#credential": "credential"}
