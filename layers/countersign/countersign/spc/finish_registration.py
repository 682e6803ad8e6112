"""Finish a registration: WebAuthn Level 3, section 7.1, and SPC, section 8.

A well-kept library verifies the registration. Ours is what it leaves out: who framed the page, and
the browser bound key. What is stored comes from the signed authenticator data alone.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.aws.changes import TransactionRefused
from countersign.crypto.public_key import PublicKey
from countersign.formats import base64url
from countersign.http.idempotency import IdempotencyKey, known, remembering
from countersign.problems import Problem
from countersign.spc import browsers, ceremonies, credentials
from countersign.spc.context import Context, relying_party
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.protocol.attestation import attested_key
from countersign.spc.protocol.browser_key import check_browser_key
from countersign.spc.protocol.client_data import ClientData, check_caller
from countersign.spc.protocol.cose import algorithm_of
from countersign.spc.protocol.credential import ES256, RS256
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import RegistrationResponse
from countersign.spc.refusals import credential_not_found, too_many_credentials
from countersign.spc.registration_ceremony import Registration, RegistrationCeremony

if TYPE_CHECKING:
    from webauthn.registration.verify_registration_response import VerifiedRegistration

TYPE = "webauthn.create"


def own_registration(context: Context, user: str, ceremony_id: str) -> RegistrationCeremony:
    """Return a registration that this user began; raises 404 `unknown_ceremony` for any other."""
    ceremony = ceremonies.load(context.table, RegistrationCeremony, ceremony_id)
    if ceremony.user != user:
        raise Refused("unknown_ceremony")
    return ceremony


def finish_registration(
    context: Context,
    ceremony: RegistrationCeremony,
    response: RegistrationResponse,
    checkout_origins: Collection[str],
    key: IdempotencyKey | None = None,
) -> Registration:
    """Verify an answer, and store its credential together with the key that stands for it. Of the
    origins that were allowed to frame the page when it was begun, only those count that are
    checkout origins still.

    Raises `Refused`, 409 `credential_exists` for a credential that is registered already, and 409
    `too_many_credentials` for a wallet that is full.
    """
    now = context.now()
    ceremonies.check_waiting(ceremony, now)
    _check_client_data(response.client_data, ceremony, checkout_origins)
    public_key = _attested_key(response)
    verified = _verified(context, ceremony, response)
    browser_key = check_browser_key(response)
    credential = _credential(ceremony, verified, public_key, now)
    key_id = browsers.thumbprint(browser_key) if browser_key else None
    registration = Registration(
        response.credential_id, now, credential.backed_up, key_id is not None
    )
    changes = [
        ceremonies.finish_change(ceremony, registration.to_item(), now),
        *credentials.add_changes(credential, key_id),
        *([remembering(key, ceremony.id)] if key else []),
    ]
    try:
        context.table.transact(changes)
    except TransactionRefused as refused:
        ceremonies.check_finished(refused, ceremony, now)
        raise _not_stored(refused, credential.pk, key_id) from None
    return registration


def finished_registration(context: Context, key: IdempotencyKey | None) -> Registration | None:
    """Return what came of the registration that a key stands for; `None` where it stands for none.

    Raises 409 `idempotency_key_reused` for another body, and 404 `credential_not_found` once the
    credential is removed.
    """
    ceremony_id = known(context.table, key) if key else None
    if ceremony_id is None:
        return None
    ceremony = ceremonies.load_kept(context.table, RegistrationCeremony, ceremony_id)
    found = ceremony.registration
    if found is None or not credentials.load_own(context.table, ceremony.user, found.credential_id):
        raise credential_not_found()
    return found


def _check_client_data(
    data: ClientData, ceremony: RegistrationCeremony, checkout_origins: Collection[str]
) -> None:
    """WebAuthn Level 3, section 7.1, steps 7 to 11, with the framing that the library skips."""
    if data.type != TYPE:
        raise Refused("wrong_type")
    if data.challenge not in ceremonies.challenges(ceremony.id):
        raise Refused("wrong_challenge")
    allowed = set(ceremony.top_origins).intersection(checkout_origins)
    check_caller(data, [ceremony.origin], allowed)


def _attested_key(response: RegistrationResponse) -> PublicKey:
    try:
        return attested_key(response.attestation_object)
    except ValueError as error:
        raise Refused("invalid_authenticator_data") from error


def _verified(
    context: Context, ceremony: RegistrationCeremony, response: RegistrationResponse
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
            expected_origin=ceremony.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(alg) for alg in (ES256, RS256)],
        )
    except WebAuthnException as error:
        raise Refused("invalid_authenticator_data") from error
    if base64url.encode(verified.credential_id) != response.credential_id:
        raise Refused("unknown_credential")
    return verified


def _credential(
    ceremony: RegistrationCeremony, verified: "VerifiedRegistration", key: PublicKey, now: int
) -> CredentialRecord:
    """Return the credential as it is stored."""
    return CredentialRecord(
        id=base64url.encode(verified.credential_id),
        user=ceremony.user,
        user_handle=ceremony.user_handle,
        public_key=key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        algorithm=algorithm_of(key),
        sign_count=verified.sign_count,
        backup_eligible=verified.credential_device_type.value == "multi_device",
        backed_up=verified.credential_backed_up,
        created=now,
    )


def _not_stored(refused: TransactionRefused, credential_pk: str, key_id: str | None) -> Problem:
    """Return why nothing was stored under a ceremony that could have been finished."""
    if credential_pk in refused.failed:
        return Problem(
            409,
            "credential_exists",
            "This credential is registered already. Register another, or go on with this one.",
        )
    if key_id and browsers.binding_pk(key_id) in refused.failed:
        return Refused("invalid_browser_bound_key")
    return too_many_credentials(credentials.MOST_CREDENTIALS)
