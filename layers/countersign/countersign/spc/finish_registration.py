"""Registering a payment credential: WebAuthn Level 3, section 7.1, and SPC, section 8.

What is stored comes from the signed authenticator data alone.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.aws.changes import TransactionRefused
from countersign.aws.items import Item
from countersign.formats import base64url
from countersign.http.idempotency import IdempotencyKey, known, remembering
from countersign.problems import Problem
from countersign.spc import browsers, ceremonies, credentials
from countersign.spc.begin_registration import too_many
from countersign.spc.context import Context, relying_party
from countersign.spc.protocol.cose import algorithm_of
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import RegistrationResponse
from countersign.spc.protocol.verify_registration import (
    RegistrationTerms,
    VerifiedRegistration,
    verify_registration,
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A stored credential: `created` in Unix seconds, `browser_bound` whether its browser is known
    from now on.
    """

    credential_id: str
    created: int
    backed_up: bool
    browser_bound: bool


def begun(context: Context, user: str, ceremony_id: str) -> Item:
    """A registration that this user has begun; raises `unknown_ceremony` for any other."""
    item = ceremonies.load(context.table, "registration", ceremony_id)
    if item["user"] != user:
        raise Refused("unknown_ceremony")
    return item


def register(
    context: Context,
    item: Item,
    response: RegistrationResponse,
    checkout_origins: Collection[str],
    key: IdempotencyKey | None = None,
) -> Registered:
    """Verify an answer, and store its credential together with the key that stands for it. Of the
    origins that might frame the page when it was begun, only those count that are checkout origins
    still.

    Raises `Refused`, and 409 `credential_exists` for a credential that is registered already.
    """
    now = context.now()
    ceremonies.waiting(item, now)
    verified = verify_registration(response, _terms(context, item, checkout_origins))
    stored = _stored(item, verified, now)
    key_id = browsers.thumbprint(verified.browser_key) if verified.browser_key else None
    made = Registered(response.credential_id, now, stored["backed_up"], key_id is not None)
    changes = [
        ceremonies.finish(item, {"status": "authenticated", **asdict(made)}, now),
        *credentials.adding(item["user"], stored, key_id, now),
        *([remembering(key, ceremonies.id_of(item))] if key else []),
    ]
    try:
        context.table.transact(changes)
    except TransactionRefused as refused:
        ceremonies.check_finished(refused, item, now)
        raise _not_stored(refused, stored["pk"], key_id) from None
    return made


def registered(context: Context, key: IdempotencyKey | None) -> Registered | None:
    """What was told of the registration that a key stands for; `None` where it stands for none.

    Raises 409 `idempotency_key_reused` for another body, and 404 `credential_not_found` once the
    credential is removed.
    """
    ceremony_id = known(context.table, key) if key else None
    if ceremony_id is None:
        return None
    item = ceremonies.kept(context.table, "registration", ceremony_id)
    if credentials.load_own(context.table, item["user"], item["credential_id"]) is None:
        raise credentials.not_found()
    return Registered(**{field.name: item[field.name] for field in fields(Registered)})


def _terms(context: Context, item: Item, checkout_origins: Collection[str]) -> RegistrationTerms:
    return RegistrationTerms(
        challenges=ceremonies.challenges(ceremonies.id_of(item)),
        rp_id=relying_party(context)[0],
        origin=item["origin"],
        top_origins=set(item["top_origins"]).intersection(checkout_origins),
    )


def _stored(item: Item, verified: VerifiedRegistration, now: int) -> Item:
    """The credential as it is kept, its public key as SubjectPublicKeyInfo, which loads fastest."""
    der = verified.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "pk": credentials.credential_pk(verified.credential_id),
        "user": item["user"],
        "user_handle": item["user_handle"],
        "public_key": base64url.encode(der),
        "algorithm": algorithm_of(verified.public_key),
        "sign_count": verified.sign_count,
        "backup_eligible": verified.backup_eligible,
        "backed_up": verified.backed_up,
        "created": now,
        "last_used": None,
    }


def _not_stored(refused: TransactionRefused, credential_pk: str, key_id: str | None) -> Problem:
    """Why nothing was stored under a ceremony that could have been finished."""
    if credential_pk in refused.failed:
        return Problem(409, "credential_exists", "This credential is registered already.")
    if key_id and browsers.binding_pk(key_id) in refused.failed:
        return Refused("invalid_browser_bound_key")
    return too_many()
