"""The browsers that credentials were used in: to which credential each is bound (SPC, section 4.2).

Item `browser-key#<thumbprint>`: the `credential` that the browser's key is bound to. What a
credential knows of its browsers is stored with it: see `credential_record`. What it is trusted for
in them is in `trust`.
"""

import contextlib
import hashlib
from collections.abc import Iterable

from countersign.aws.changes import Change, ConditionFailed
from countersign.aws.table import Table
from countersign.formats import base64url

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


def binding_pk(key_id: str) -> str:
    """Return where the binding of a browser's key is stored."""
    return f"browser-key#{key_id}"
