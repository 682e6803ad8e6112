"""The browsers that credentials were used in: to which credential each is bound, and which of them
the owner trusts (SPC, section 4.2).

Item `browser-key#<thumbprint>`: the `credential` that the browser's key is bound to. What a
credential knows of its browsers is stored with it: see `credential_record`.
"""

import contextlib
import hashlib
from collections.abc import Iterable

from countersign.aws.changes import Change, ConditionFailed
from countersign.aws.table import Table
from countersign.formats import base64url
from countersign.spc.credential_record import CredentialRecord

_CREDENTIAL = {"#credential": "credential"}


def thumbprint(browser_key: bytes) -> str:
    """Return the id of a browser's key: the SHA-256 of its COSE form in base64url."""
    return base64url.encode(hashlib.sha256(browser_key).digest())


def bind_change(credential_id: str, key_id: str) -> Change:
    """Return the change that binds a browser's key to the one credential that it may go with."""
    return Change(
        binding_pk(key_id),
        "SET #credential = :id",
        "attribute_not_exists(pk) OR #credential = :id",
        {":id": credential_id},
        _CREDENTIAL,
    )


def is_anothers(table: Table, key_id: str, credential_id: str) -> bool:
    """Return whether a browser's key is bound to another credential."""
    item = table.get(binding_pk(key_id))
    return item is not None and item["credential"] != credential_id


def unbind(table: Table, credential_id: str, key_ids: Iterable[str]) -> None:
    """Forget that these keys are bound to a credential, before the credential forgets them."""
    for key_id in key_ids:
        with contextlib.suppress(ConditionFailed):
            bound = {":id": credential_id}
            table.delete(binding_pk(key_id), "#credential = :id", bound, _CREDENTIAL)


def trust_change(credential_pk: str, user: str, key_id: str) -> Change:
    """Return the change that trusts a browser of this user's credential, if the credential knows
    the browser.
    """
    return Change(
        credential_pk,
        "SET browser_keys.#key.#status = :trusted ADD rev :one",
        "#user = :user AND attribute_exists(browser_keys.#key)",
        {":trusted": "trusted", ":user": user, ":one": 1},
        {"#key": key_id, "#status": "status", "#user": "user"},
    )


def trust(table: Table, credential_pk: str, user: str, key_id: str) -> CredentialRecord | None:
    """Trust a browser and return its credential; `None` where this user's credential does not know
    the browser.
    """
    change = trust_change(credential_pk, user, key_id)
    try:
        return CredentialRecord.from_item(
            table.update(
                change.pk, change.expression, change.condition, change.values, change.names
            )
        )
    except ConditionFailed:
        return None


def binding_pk(key_id: str) -> str:
    """Return where the binding of a browser's key is stored."""
    return f"browser-key#{key_id}"
