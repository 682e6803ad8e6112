"""Verify a response to a ceremony that waits for one, and store it with the ceremony that it uses
up, or refuse it (WebAuthn Level 3, section 7.2).

What a response means depends on the ceremony's kind: see `finish_confirmation` and
`approve_browser`. What a wrong one leads to is here: it counts as a try if it knew the challenge,
against the payer's handle if it was genuinely signed, too, and it suspends a credential that can
never answer again.
"""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from countersign.aws.telemetry import count
from countersign.problems import Unavailable
from countersign.spc import ceremonies, credentials, payer_handles
from countersign.spc.approval_ceremony import ApprovalCeremony
from countersign.spc.context import Context
from countersign.spc.credential_record import CredentialRecord, SuspendedFor
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.credential import Credential
from countersign.spc.protocol.refusals import CredentialChanged, Refused
from countersign.spc.protocol.terms import Terms
from countersign.spc.protocol.verify_assertion import (
    VerifiedAssertion,
    is_genuine,
    knows_challenge,
    names_owner,
    signed_bytes,
    verify_assertion,
)

Result = TypeVar("Result")
Answerable = PaymentCeremony | ApprovalCeremony
_TRIES = 5
"""Times that a response is verified again, since its credential has changed meanwhile."""
_OVER = ("ceremony_already_used", "ceremony_expired")


def answer_ceremony(
    context: Context,
    ceremony: Answerable,
    response: AuthenticationResponse,
    expected: Terms,
    store: Callable[[CredentialRecord, VerifiedAssertion, int], Result | None],
) -> Result:
    """Verify a response and have it stored. `store` gets the credential, what the response proves
    and the time; it returns `None` where the credential has changed meanwhile, and the response
    is then verified again.

    Raises `Refused`; a wrong response that knew the challenge counts as a try.
    """
    ceremonies.check_waiting(ceremony, context.now())
    for _ in range(_TRIES):
        asked = _asked(context, ceremony, response)
        known = _verifiable(ceremony, asked)
        try:
            verified = verify_assertion(response, expected, {each.id: each for each in known})
            result = store(asked, verified, context.now()) if asked else None
        except Refused as refused:
            _note_refused(context, ceremony, refused, response, expected, asked)
            raise
        if result is not None:
            if verified.is_key_ignored:
                count("BrowserKeyIgnored")
            return result
    raise Unavailable("storage")


def terms_of(ceremony: Answerable) -> Terms:
    """Return the terms of a ceremony with its challenges, which are never stored."""
    return replace(ceremony.terms, challenges=ceremonies.challenges(ceremony.id))


def _asked(
    context: Context, ceremony: Answerable, response: AuthenticationResponse
) -> CredentialRecord | None:
    """Return the stored credential that has answered; only one that was asked for is read, and it
    is the one that was: another with its id may have been registered since.
    """
    if response.credential_id not in ceremony.credentials:
        return None
    found = credentials.load_own(context.table, ceremony.user, response.credential_id)
    return found if found is not None and found.created <= ceremony.began_at else None


def _verifiable(ceremony: Answerable, asked: CredentialRecord | None) -> list[Credential]:
    return [asked.verifiable(ceremony.credentials[asked.id])] if asked else []


def _note_refused(
    context: Context,
    ceremony: Answerable,
    refused: Refused,
    response: AuthenticationResponse,
    expected: Terms,
    asked: CredentialRecord | None,
) -> None:
    """Count a refused response, and suspend a credential that has changed. Raises as
    `check_waiting` does where the ceremony is over, perhaps by the same response a moment sooner.
    """
    if refused.code in _OVER or not knows_challenge(response, expected):
        return
    now = context.now()
    ceremonies.check_waiting(ceremonies.load(context.table, type(ceremony), ceremony.id), now)
    (known,) = _verifiable(ceremony, asked) or (None,)
    if asked is None or known is None or not _is_payers(response, known):
        ceremonies.count_try(context.table, ceremony, now)
        return
    is_first = ceremonies.count_signed_try(context.table, ceremony, signed_bytes(response), now)
    if is_first and isinstance(ceremony, PaymentCeremony):
        payer_handles.count_wrong(context.table, ceremony.payer, now)
    if isinstance(refused, CredentialChanged):
        reason: SuspendedFor = "counter" if refused.code == "counter_regressed" else "backup"
        credentials.suspend(context.table, asked, reason, now)


def _is_payers(response: AuthenticationResponse, known: Credential) -> bool:
    """Return whether a refused response is the payer's own mistake: their credential has signed it,
    and nobody has changed on the way what is not signed.
    """
    return names_owner(response, known) and is_genuine(response, known)
