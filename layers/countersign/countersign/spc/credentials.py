"""The wallet: a user's payment credentials. See `browsers` for where they were used.

Item `wallet#<hash of the user>`: `user_handle`, which every credential of the user carries, and
`credentials`, their ids. Item `credential#<id>`: see `credential_record`. Item `trust#<id>#…`: see
`trust_record`.
"""

import contextlib
import re
import secrets
from collections.abc import Iterable

from countersign.aws.changes import Change, ConditionFailed
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.formats import base64url
from countersign.problems import Unavailable
from countersign.spc import browsers
from countersign.spc.credential_record import (
    Browser,
    CredentialRecord,
    SuspendedFor,
    TrustGiven,
    credential_pk,
)
from countersign.spc.protocol.credential import MOST_COUNTED
from countersign.spc.trust_record import trust_pk

MOST_CREDENTIALS = 20
"""Credentials of one user."""
_HANDLE_BYTES = 32
_TRIES = 3
_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")
"""A credential id of at most 1023 bytes in base64url."""
_USER = {"#user": "user"}
_UNCHANGED = "#user = :user AND rev = :rev"


def user_handle(table: Table, user: str) -> str:
    """Return the opaque handle of a user (WebAuthn Level 3, section 14.6.1), made at first use.
    Merchants see it in every response, so it reveals nothing about the user.
    """
    item = table.get(_wallet_pk(user))
    if item is None:
        handle = base64url.encode(secrets.token_bytes(_HANDLE_BYTES))
        try:
            condition = "attribute_not_exists(pk)"
            table.put({"pk": _wallet_pk(user), "user_handle": handle}, condition)
        except ConditionFailed as failed:
            item = failed.item
        else:
            return handle
    return str((item or {})["user_handle"])


def credential_ids(table: Table, user: str) -> list[str]:
    """Return the ids of a user's credentials, sorted."""
    item = table.get(_wallet_pk(user)) or {}
    return sorted(item.get("credentials", ()))


def credentials_of(table: Table, user: str) -> list[CredentialRecord]:
    """Return a user's credentials, newest first."""
    items = table.get_many([credential_pk(entry) for entry in credential_ids(table, user)])
    found = [
        credential
        for item in items.values()
        if (credential := CredentialRecord.from_item(item)).user == user
    ]
    return sorted(found, key=lambda credential: (credential.created, credential.id), reverse=True)


def usable_of(table: Table, user: str) -> list[CredentialRecord]:
    """Return a user's credentials that can still answer, sorted by id."""
    found = [each for each in credentials_of(table, user) if not each.is_suspended]
    return sorted(found, key=lambda credential: credential.id)


def load_credential(table: Table, credential_id: str) -> CredentialRecord | None:
    """Return a stored credential, whosever it is."""
    item = table.get(credential_pk(credential_id))
    return CredentialRecord.from_item(item) if item is not None else None


def load_own(table: Table, user: str, credential_id: str) -> CredentialRecord | None:
    """Return a credential of this user; `None` where the id stands for no such credential."""
    if not _ID.fullmatch(credential_id):
        return None
    credential = load_credential(table, credential_id)
    return credential if credential is not None and credential.user == user else None


def add_changes(credential: CredentialRecord, key_id: str | None) -> list[Change]:
    """Return the changes that store a new credential, bound to the browser with this key, which it
    knows. None of it happens if the credential or the browser's key is known already, or if the
    wallet is full.
    """
    members = credential.to_item()
    changes = [
        Change.create(members.pop("pk"), members),
        Change(
            _wallet_pk(credential.user),
            "ADD credentials :id",
            "attribute_exists(user_handle)"
            " AND (attribute_not_exists(credentials) OR size(credentials) < :most)",
            {":id": {credential.id}, ":most": MOST_CREDENTIALS},
        ),
    ]
    return changes + ([browsers.bind_change(credential.id, key_id)] if key_id else [])


def use_change(
    credential: CredentialRecord,
    sign_count: int,
    backed_up: bool,
    now: int,
    browser: tuple[str, Browser] | None = None,
    given: TrustGiven | None = None,
) -> Change:
    """Return the change of a credential after a genuine response, on the condition that it is as it
    was when the response was verified; with an entry of a browser that is new or has changed, and
    with the trust that this one was given. The highest count is kept, whichever response comes
    last.
    """
    sets = "SET sign_count = :count, #counted = :counted, backed_up = :backed_up, last_used = :now"
    counted = sorted({*credential.counted, *([sign_count] if sign_count else [])})
    values: Item = {
        ":count": max(sign_count, credential.sign_count),
        ":counted": counted[-MOST_COUNTED:],
        **{":backed_up": backed_up, ":now": now, ":one": 1},
        **{":user": credential.user, ":rev": credential.rev},
    }
    names = {"#counted": "counted", **_USER}
    if browser is not None:  # from then on the credential's own word is not enough alone
        sets += ", browser_keys.#key = :entry, #has = :false"
        names |= {"#key": browser[0], "#has": "has_trust"}
        values |= {":entry": browser[1].to_item(), ":false": False}
    if given is not None:
        sets += ", trust_given = :given"
        values[":given"] = given.to_item()
    return Change(credential.pk, f"{sets} ADD rev :one", _UNCHANGED, values, names)


def suspend(table: Table, credential: CredentialRecord, reason: SuspendedFor, now: int) -> None:
    """Suspend a credential that can never answer again, once and permanently: its owner registers
    another.
    """
    with contextlib.suppress(ConditionFailed):  # suspended or removed a moment sooner
        table.update(
            credential.pk,
            "SET suspended_at = :now, suspended_for = :reason ADD rev :one",
            "#user = :user AND created = :created AND attribute_not_exists(suspended_at)",
            {
                **{":now": now, ":reason": reason, ":one": 1},
                **{":user": credential.user, ":created": credential.created},
            },
            _USER,
        )


def trust_change(
    credential: CredentialRecord, key_id: str | None, given: TrustGiven | None
) -> Change:
    """Return the change that marks a credential, or a browser of it, as one that has a record of
    what it is trusted for, on the condition that the credential is as it was read. `given` is what
    it was not trusted with before.
    """
    values: Item = {":true": True, ":one": 1, ":user": credential.user, ":rev": credential.rev}
    names = {"#has": "has_trust", **_USER}
    place = "#has"
    if key_id is not None:
        names["#key"], place = key_id, "browser_keys.#key.#has"
    sets = f"SET {place} = :true"
    if given is not None:
        sets += ", trust_given = :given"
        values[":given"] = given.to_item()
    return Change(credential.pk, f"{sets} ADD rev :one", _UNCHANGED, values, names)


def remove(table: Table, user: str, credential_id: str) -> None:
    """Take a credential off the user's list, forget its browsers' keys, what it is trusted for and
    then the credential, in this order: its owner can finish what was cut short. A browser may still
    offer it; it is unknown from then on.
    """
    with contextlib.suppress(ConditionFailed):
        listed = {":id": {credential_id}}
        table.update(_wallet_pk(user), "DELETE credentials :id", "attribute_exists(pk)", listed)
    for _ in range(_TRIES):
        credential = load_own(table, user, credential_id)
        if credential is None:
            return
        browsers.unbind(table, credential_id, credential.browsers)
        _forget_trust(table, credential_id, [None, *credential.browsers])
        with contextlib.suppress(ConditionFailed):
            values = {":user": user, ":rev": credential.rev}
            table.delete(credential.pk, _UNCHANGED, values, _USER)
            return
    raise Unavailable("storage")


def remove_browser(table: Table, user: str, credential_id: str, key_id: str) -> bool:
    """Forget a browser of this user's credential, in the same order, and return whether there was
    one. It is new again when the credential is next used in it.
    """
    for _ in range(_TRIES):
        credential = load_own(table, user, credential_id)
        if credential is None or key_id not in credential.browsers:
            return False
        browsers.unbind(table, credential_id, [key_id])
        _forget_trust(table, credential_id, [key_id])
        with contextlib.suppress(ConditionFailed):
            table.update(
                credential.pk,
                "REMOVE browser_keys.#key ADD rev :one",
                _UNCHANGED,
                {":user": user, ":rev": credential.rev, ":one": 1},
                {"#key": key_id, **_USER},
            )
            return True
    raise Unavailable("storage")


def _forget_trust(table: Table, credential_id: str, keys: Iterable[str | None]) -> None:
    """Forget what a credential is trusted for in these browsers."""
    for key_id in keys:
        with contextlib.suppress(ConditionFailed):
            of_it, names = {":id": credential_id}, {"#credential": "credential"}
            table.delete(trust_pk(credential_id, key_id), "#credential = :id", of_it, names)


def _wallet_pk(user: str) -> str:
    return f"wallet#{fingerprint(user)}"
