"""Verify a response to a ceremony that waits for one, and store it with the ceremony that it uses
up, or refuse it (WebAuthn Level 3, section 7.2).

What a response means depends on the ceremony's kind: see `finish_confirmation` and
`approve_browser`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from countersign.problems import Unavailable
from countersign.spc import ceremonies, credentials
from countersign.spc.approval_ceremony import ApprovalCeremony
from countersign.spc.context import Context
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.terms import Terms
from countersign.spc.protocol.verify_assertion import (
    VerifiedAssertion,
    knows_challenge,
    verify_assertion,
)

Result = TypeVar("Result")
Answerable = PaymentCeremony | ApprovalCeremony
_TRIES = 3


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
    try:
        for _ in range(_TRIES):
            result = store(*_verified(context, ceremony, response, expected), context.now())
            if result is not None:
                return result
    except Refused as refused:
        if refused.code == "counter_regressed":  # perhaps by the same response, a moment sooner
            stored = ceremonies.load(context.table, type(ceremony), ceremony.id)
            ceremonies.check_waiting(stored, context.now())
        if knows_challenge(response, expected):
            ceremonies.count_try(context.table, ceremony)
        raise
    raise Unavailable("storage")


def terms_of(ceremony: Answerable) -> Terms:
    """Return the terms of a ceremony with its challenges, which are never stored."""
    return replace(ceremony.terms, challenges=ceremonies.challenges(ceremony.id))


def _verified(
    context: Context, ceremony: Answerable, response: AuthenticationResponse, expected: Terms
) -> tuple[CredentialRecord, VerifiedAssertion]:
    """Return the stored credential and what the response proves; only a credential that was asked
    for is read.
    """
    is_asked = response.credential_id in ceremony.credentials
    stored = (
        credentials.load_credential(context.table, response.credential_id) if is_asked else None
    )
    if stored is None or stored.user != ceremony.user:
        raise Refused("unknown_credential")
    return stored, verify_assertion(response, expected, {stored.id: stored.verifiable()})
