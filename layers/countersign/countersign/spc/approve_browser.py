"""Trust a browser that is new, since the credential's owner says that it is theirs.

They say so in a browser that is trusted already: see `begin_approval`. The response is verified as
that of a payment, and the browser's key has to be that of a trusted browser. The sign-in is not
enough, nor is the passkey, which other devices may hold too. Where no browser of theirs is trusted,
as when they registered in one that binds no keys, the sign-in alone suffices: a browser that
registers a credential is trusted on nothing more. See
`docs/decisions.md#trust-in-a-browser-is-earned`.
"""

from dataclasses import replace

from countersign.aws.changes import TransactionRefused
from countersign.spc import browsers, ceremonies, credentials
from countersign.spc.answer_ceremony import answer_ceremony, terms_of
from countersign.spc.approval_ceremony import ApprovalCeremony
from countersign.spc.begin_approval import ids_with_trusted_browser
from countersign.spc.context import Context
from countersign.spc.credential_record import CredentialRecord, credential_pk
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.verify_assertion import VerifiedAssertion
from countersign.spc.refusals import browser_not_found


def trust_without_approval(
    context: Context, credential: CredentialRecord, key_id: str
) -> CredentialRecord:
    """Trust a browser on its owner's sign-in alone, where none is trusted, and return the
    credential. One that is trusted already stays so.

    Raises 404 `browser_key_not_found` and 403 `trusted_browser_required`.
    """
    credential.browser(key_id)
    user = credential.user
    if not credential.trusts(key_id) and ids_with_trusted_browser(context, user):
        raise Refused("trusted_browser_required")
    trusted = browsers.trust(context.table, credential.pk, user, key_id)
    if trusted is None:
        raise browser_not_found()
    return trusted


def approve_browser(
    context: Context,
    credential: CredentialRecord,
    key_id: str,
    ceremony_id: str,
    response: AuthenticationResponse,
) -> CredentialRecord:
    """Trust a browser on the response to an approval that was begun for it, and return the
    credential.

    Raises `Refused` as for a payment's response; 403 `trusted_browser_required` where the response
    comes from a browser that is not trusted; 404 `browser_key_not_found` once the new one is gone.
    """
    ceremony = ceremonies.load(context.table, ApprovalCeremony, ceremony_id)
    about = ceremony.user, ceremony.for_credential, ceremony.for_browser
    if about != (credential.user, credential.id, key_id):
        raise Refused("unknown_ceremony")

    def store(
        asked: CredentialRecord, verified: VerifiedAssertion, now: int
    ) -> CredentialRecord | None:
        key = verified.browser_key
        if not asked.trusts(browsers.thumbprint(key) if key else None):
            raise Refused("trusted_browser_required")
        return _store(context, ceremony, asked, verified, now)

    return answer_ceremony(context, ceremony, response, terms_of(ceremony), store)


def _store(
    context: Context,
    ceremony: ApprovalCeremony,
    asked: CredentialRecord,
    verified: VerifiedAssertion,
    now: int,
) -> CredentialRecord | None:
    """Store an approval in one transaction: the ceremony is unused, untired and unexpired, the
    credential that was asked is as it was verified, and so is its trusted browser, and the new
    browser is still there. Returns `None` where only the credential has changed meanwhile.
    """
    key_id, target = ceremony.for_browser, credential_pk(ceremony.for_credential)
    changes = [ceremonies.finish_change(ceremony, {"authenticated_at": now}, now)]
    trusted = None
    if asked.pk != target:
        changes.append(browsers.trust_change(target, ceremony.user, key_id))
    else:
        trusted = key_id, replace(asked.browser(key_id), status="trusted")
    used = credentials.use_change(asked, verified.sign_count, verified.backed_up, now, trusted)
    try:
        context.table.transact([*changes, used])
    except TransactionRefused as refused:
        ceremonies.check_finished(refused, ceremony, now)
        if used.pk not in refused.failed:
            raise browser_not_found() from None
        return None
    stored = credentials.load_credential(context.table, ceremony.for_credential)
    if stored is None:
        raise browser_not_found()
    return stored
