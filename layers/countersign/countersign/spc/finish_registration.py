"""Finish a registration: WebAuthn Level 3, section 7.1, and SPC, section 8.

What is stored comes from the signed authenticator data alone.
"""

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.aws.changes import TransactionRefused
from countersign.aws.telemetry import count
from countersign.http.idempotency import IdempotencyKey, remember_change
from countersign.problems import Problem
from countersign.spc import browsers, ceremonies, credentials, tickets
from countersign.spc.context import Context, relying_party
from countersign.spc.credential_record import Browser, CredentialRecord, TrustGiven
from countersign.spc.framing import NOBODY, Framing
from countersign.spc.protocol.client_data import has_challenge
from countersign.spc.protocol.cose import algorithm_of
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import RegistrationResponse
from countersign.spc.protocol.terms import RegistrationTerms
from countersign.spc.protocol.verify_registration import (
    VerifiedRegistration,
    verify_registration,
)
from countersign.spc.refusals import ticket_already_used, too_many_credentials
from countersign.spc.registration_ceremony import Registration, RegistrationCeremony
from countersign.spc.trust import everywhere_change


def finish_credential_registration(
    context: Context,
    ceremony: RegistrationCeremony,
    response: RegistrationResponse,
    framing: Framing = NOBODY,
    key: IdempotencyKey | None = None,
) -> Registration:
    """Verify a response, and store its credential together with the key that stands for it, and
    with the ticket as spent that it was begun with. `framing` is the merchant whose pages may frame
    ours, as it is installed now. Of the origins that were allowed to when it was begun, only those
    count that are its checkout origins still. Where the ticket says that the business has just
    identified the person, the credential is trusted everywhere in the browser that it was made in.

    Raises `Refused`, where a wrong response that knew the challenge counts as a try, 409
    `ticket_already_used`, 409 `credential_exists` for a credential that is registered already, and
    409 `too_many_credentials` for a wallet that is full.
    """
    now = context.now()
    ceremonies.check_waiting(ceremony, now)
    if ceremony.installation != framing.installation:
        raise Refused("ceremony_expired")
    verified = _verified(context, ceremony, response, _terms(context, ceremony, framing))
    key_id = browsers.thumbprint(verified.browser_key) if verified.browser_key else None
    credential = _credential(ceremony, verified, key_id, now)
    registration = Registration(
        response.credential_id, now, credential.backed_up, key_id is not None
    )
    changes = [
        ceremonies.finish_change(ceremony, registration.to_item(), now),
        *credentials.add_changes(credential, key_id),
        *([tickets.spend_change(ceremony.ticket)] if ceremony.ticket else []),
        *([everywhere_change(credential.id, key_id)] if ceremony.identified else []),
        *([remember_change(key, ceremony.id)] if key else []),
    ]
    try:
        context.table.transact(changes)
    except TransactionRefused as refused:
        ceremonies.check_finished(refused, ceremony, now)
        if ceremony.ticket in refused.failed:
            raise ticket_already_used() from None
        raise _not_stored(refused, credential.pk, key_id) from None
    return registration


def _terms(context: Context, ceremony: RegistrationCeremony, framing: Framing) -> RegistrationTerms:
    return RegistrationTerms(
        challenges=ceremonies.challenges(ceremony.id),
        rp_id=relying_party(context)[0],
        origin=ceremony.origin,
        top_origins=set(ceremony.top_origins).intersection(framing.checkout_origins),
    )


def _verified(
    context: Context,
    ceremony: RegistrationCeremony,
    response: RegistrationResponse,
    terms: RegistrationTerms,
) -> VerifiedRegistration:
    try:
        verified = verify_registration(response, terms)
    except Refused:
        if has_challenge(response.client_data, terms.challenges):
            ceremonies.count_try(context.table, ceremony, context.now())
        raise
    if verified.is_key_ignored:
        count("BrowserKeyIgnored")
    return verified


def _credential(
    ceremony: RegistrationCeremony,
    verified: VerifiedRegistration,
    key_id: str | None,
    now: int,
) -> CredentialRecord:
    """Return the credential as it is stored, with the browser that it was made in, if that has
    bound a key. Its revisions begin at this time, above those of a credential with this id that was
    removed before.
    """
    made_in = Browser(now, has_trust=ceremony.identified)
    return CredentialRecord(
        id=verified.credential_id,
        user=ceremony.user,
        user_handle=ceremony.user_handle,
        public_key=verified.public_key.public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        ),
        algorithm=algorithm_of(verified.public_key),
        sign_count=verified.sign_count,
        backup_eligible=verified.backup_eligible,
        backed_up=verified.backed_up,
        created=now,
        browsers={key_id: made_in} if key_id else {},
        has_trust=ceremony.identified and key_id is None,
        trust_given=TrustGiven(now, now, key_id, everywhere=True) if ceremony.identified else None,
        rev=now,
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
