"""Registering a payment credential: WebAuthn Level 3, section 7.1, and SPC, section 8.

A well-kept library verifies the registration. Ours is what it leaves out: who framed the page, and
the browser bound key. What is stored comes from the signed authenticator data alone.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.aws.changes import TransactionRefused
from countersign.aws.items import Item
from countersign.crypto.public_key import PublicKey
from countersign.formats import base64url
from countersign.http.idempotency import IdempotencyKey, known, remembering
from countersign.problems import Problem
from countersign.spc import browsers, ceremonies, credentials
from countersign.spc.begin_registration import too_many
from countersign.spc.context import Context, relying_party
from countersign.spc.protocol.attestation import attested_key
from countersign.spc.protocol.browser_key import check_browser_key
from countersign.spc.protocol.client_data import ClientData, check_caller
from countersign.spc.protocol.cose import algorithm_of
from countersign.spc.protocol.credential import ES256, RS256
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import RegistrationResponse

if TYPE_CHECKING:
    from webauthn.registration.verify_registration_response import VerifiedRegistration

TYPE = "webauthn.create"


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
    _check_client_data(response.client_data, item, checkout_origins)
    public_key = _attested_key(response)
    verified = _verified(context, item, response)
    browser_key = check_browser_key(response)
    stored = _stored(item, verified, public_key, now)
    key_id = browsers.thumbprint(browser_key) if browser_key else None
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


def _check_client_data(data: ClientData, item: Item, checkout_origins: Collection[str]) -> None:
    """WebAuthn Level 3, section 7.1, steps 7 to 11, with the framing that the library skips."""
    if data.type != TYPE:
        raise Refused("wrong_type")
    if data.challenge not in ceremonies.challenges(ceremonies.id_of(item)):
        raise Refused("wrong_challenge")
    check_caller(data, [item["origin"]], set(item["top_origins"]).intersection(checkout_origins))


def _attested_key(response: RegistrationResponse) -> PublicKey:
    try:
        return attested_key(response.attestation_object)
    except ValueError as error:
        raise Refused("invalid_authenticator_data") from error


def _verified(
    context: Context, item: Item, response: RegistrationResponse
) -> "VerifiedRegistration":
    """The registration as the library verifies it; imported here, since it costs over 100 ms and
    most invocations confirm a payment.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        verified = verify_registration_response(
            credential=response.credential,
            expected_challenge=base64url.decode(response.client_data.challenge),
            expected_rp_id=relying_party(context)[0],
            expected_origin=item["origin"],
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(alg) for alg in (ES256, RS256)],
        )
    except WebAuthnException as error:
        raise Refused("invalid_authenticator_data") from error
    if base64url.encode(verified.credential_id) != response.credential_id:
        raise Refused("unknown_credential")
    return verified


def _stored(item: Item, verified: "VerifiedRegistration", key: PublicKey, now: int) -> Item:
    """The credential as it is kept, its public key as SubjectPublicKeyInfo, which loads fastest."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "pk": credentials.credential_pk(base64url.encode(verified.credential_id)),
        "user": item["user"],
        "user_handle": item["user_handle"],
        "public_key": base64url.encode(der),
        "algorithm": algorithm_of(key),
        "sign_count": verified.sign_count,
        "backup_eligible": verified.credential_device_type.value == "multi_device",
        "backed_up": verified.credential_backed_up,
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
