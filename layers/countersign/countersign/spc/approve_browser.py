"""Hand on to a browser what another one is trusted for, since their owner says that it is theirs.

They say so in the browser that has the trust: see `begin_approval`. The response is verified as
that of a payment, and what that browser's key (or the credential itself, where a browser shows
none) is trusted for is copied, and no more. The sign-in is not enough, nor is the passkey, which
other devices may hold too. See `docs/decisions.md#trust-in-a-browser-is-earned`.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from countersign.aws.changes import Change, TransactionRefused
from countersign.spc import browsers, ceremonies, credentials
from countersign.spc.answer_ceremony import answer_ceremony, terms_of
from countersign.spc.approval_ceremony import ApprovalCeremony
from countersign.spc.context import Context
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.verify_assertion import VerifiedAssertion
from countersign.spc.refusals import browser_not_found
from countersign.spc.trust import Standing, record_change, trust_given_by, trust_in
from countersign.spc.trust_record import Trust


def approve_browser(
    context: Context,
    credential: CredentialRecord,
    key_id: str,
    ceremony_id: str,
    response: AuthenticationResponse,
    standing: Standing,
) -> CredentialRecord:
    """Trust a browser as the one that answers an approval that was begun for it, and return the
    credential.

    Raises `Refused` as for a payment's response; 403 `trusted_browser_required` where the response
    comes from a browser that is trusted with nothing, or from the one that is to be approved; 404
    `browser_key_not_found` once that is gone.
    """
    ceremony = ceremonies.load(context.table, ApprovalCeremony, ceremony_id)
    about = ceremony.user, ceremony.for_credential, ceremony.for_browser
    if about != (credential.user, credential.id, key_id):
        raise Refused("unknown_ceremony")

    def store(
        asked: CredentialRecord, verified: VerifiedAssertion, now: int
    ) -> CredentialRecord | None:
        key = verified.browser_key
        shown = browsers.thumbprint(key) if key else None
        trust = trust_in(context.table, asked, shown)
        trust = trust.standing(standing(trust.accounts))
        if not trust or (asked.id, shown) == (credential.id, key_id):
            raise Refused("trusted_browser_required")
        finish = ceremonies.finish_change(ceremony, {"authenticated_at": now}, now)
        try:
            context.table.transact([finish, *_changes(context, ceremony, asked, verified, trust)])
        except TransactionRefused as refused:
            ceremonies.check_finished(refused, ceremony, now)
            return None
        return _target(context, ceremony)

    return answer_ceremony(context, ceremony, response, terms_of(ceremony), store)


def _changes(
    context: Context,
    ceremony: ApprovalCeremony,
    asked: CredentialRecord,
    verified: VerifiedAssertion,
    handed: Trust,
) -> Sequence[Change]:
    """Return the changes of an approval, which happen at once or not at all: the credential that
    was asked is as it was verified, and so is what its browser is trusted for; the new browser is
    still there, and is trusted with what it has and what it is handed.
    """
    key_id, now = ceremony.for_browser, context.now()
    target = _target(context, ceremony)
    approved = key_id, replace(target.browser(key_id), has_trust=True)
    known = trust_in(context.table, target, key_id)
    is_same, used = target.id == asked.id, (asked, verified.sign_count, verified.backed_up, now)
    # Where both are one credential, it is as `asked`, or nothing is stored.
    given = trust_given_by(asked if is_same else target, key_id, handed.beyond(known), now)
    changes = [credentials.use_change(*used)]
    if is_same:
        changes = [credentials.use_change(*used, approved, given)]
    else:
        changes.append(credentials.trust_change(target, key_id, given))
    return [*changes, record_change(target.id, key_id, known.joined(handed))]


def _target(context: Context, ceremony: ApprovalCeremony) -> CredentialRecord:
    """Return the credential whose browser is approved; raises 404 `browser_key_not_found`."""
    found = credentials.load_own(context.table, ceremony.user, ceremony.for_credential)
    if found is None:
        raise browser_not_found()
    return found
