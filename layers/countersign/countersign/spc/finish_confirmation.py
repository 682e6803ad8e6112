"""Finish a confirmation: what a payer's response is worth, and what is stored of it.

WebAuthn Level 3, section 7.2, step 24, and what the browser bound key is worth (SPC, section 4.2).
"""

from msgspec.structs import replace

from countersign.aws.changes import Change, TransactionRefused
from countersign.spc import browsers, ceremonies, credentials, payer_handles
from countersign.spc.answer_ceremony import answer_ceremony, terms_of
from countersign.spc.begin_confirmation import Merchant
from countersign.spc.context import Context
from countersign.spc.credential_record import Browser, CredentialRecord
from countersign.spc.payment_ceremony import BrowserBound, Confirmation, PaymentCeremony
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.verify_assertion import VerifiedAssertion
from countersign.spc.trust import trust_in


def finish_confirmation(
    context: Context,
    ceremony: PaymentCeremony,
    response: AuthenticationResponse,
    merchant: Merchant,
) -> Confirmation:
    """Verify a response to a ceremony that waits for one, and use the ceremony up. It ends with the
    merchant's installation, and when the payee changes that it shows. Of the origins that were
    allowed when it was begun, only those count that are checkout origins still.

    Raises `Refused`; a wrong response that knew the challenge counts as a try.
    """
    if not ceremony.is_shown_by(merchant.installation, merchant.payee_version):
        raise Refused("ceremony_expired")
    terms = terms_of(ceremony)
    expected = replace(
        terms,
        origins=terms.origins.intersection(merchant.checkout_origins),
        top_origins=terms.top_origins.intersection(merchant.checkout_origins),
    )

    def store(
        credential: CredentialRecord, verified: VerifiedAssertion, now: int
    ) -> Confirmation | None:
        key = verified.browser_key
        key_id = browsers.thumbprint(key) if key else None
        is_trusted = trust_in(context.table, credential, key_id).covers(ceremony.scope)
        bound: BrowserBound = "trusted" if is_trusted else "new"
        confirmation = Confirmation(
            authenticated_at=now,
            credential_id=verified.credential_id,
            browser_bound=bound if key_id else "absent",
            backed_up=verified.backed_up,
            step_up_required=not (is_trusted or context.settings.spc_accepts_new_browsers),
            browser_key=key_id,
        )
        changes = _seen(context, credential, verified, key_id, now)
        is_stored = _store(context, ceremony, confirmation, changes)
        return confirmation if is_stored else None

    return answer_ceremony(context, ceremony, response, expected, store)


def _seen(
    context: Context,
    credential: CredentialRecord,
    verified: VerifiedAssertion,
    key_id: str | None,
    now: int,
) -> list[Change]:
    """Return the changes of the credential. A new key is kept, a few at most, and bound to this
    credential alone.
    """
    is_known = key_id in credential.browsers
    is_kept = is_known or credential.has_room
    new = None
    if key_id and is_kept and not is_known:
        new = key_id, Browser(now)
    change = credentials.use_change(credential, verified.sign_count, verified.backed_up, now, new)
    if key_id is None:
        return [change]
    if not is_kept and browsers.is_anothers(context.table, key_id, verified.credential_id):
        raise Refused("invalid_browser_bound_key")
    binding = [browsers.bind_change(verified.credential_id, key_id)] if is_kept else []
    return [change, *binding]


def _store(
    context: Context, ceremony: PaymentCeremony, confirmation: Confirmation, changes: list[Change]
) -> bool:
    """Store a confirmation in one transaction: the ceremony is unused, untired and unexpired, the
    payer's handle at this merchant is active, the credential is as it was verified, and the
    browser's key is bound to no other. Returns false where only the credential has changed
    meanwhile, as by a response to another ceremony.
    """
    now = confirmation.authenticated_at
    payer = payer_handles.use_change(ceremony.payer, now)
    try:
        finish = ceremonies.finish_change(ceremony, confirmation.to_item(), now)
        context.table.transact([finish, payer, *changes])
    except TransactionRefused as refused:
        ceremonies.check_finished(refused, ceremony, now)
        if payer.pk in refused.failed:
            raise Refused("ceremony_expired") from None
        if changes[0].pk not in refused.failed:
            raise Refused("invalid_browser_bound_key") from None
        return False
    return True
