"""Ask a credential's owner, in a browser that is trusted with anything, whether another is theirs.

The dialog is that of a payment; it names the new browser and shows no amount.
"""

from typing import Any

from countersign.problems import Problem
from countersign.spc import ceremonies, credentials
from countersign.spc.approval_ceremony import ApprovalCeremony
from countersign.spc.context import Context, relying_party
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.payment_request import dialog
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.terms import Instrument, Terms, Total
from countersign.spc.trust import Standing, standing_trusts

NOTHING = Total("0.00", "USD")
"""A dialog has an amount to show, and a currency that every browser knows how to write."""


def begin_approval(
    context: Context,
    credential: CredentialRecord,
    key_id: str,
    origin: str,
    shown: Instrument,
    standing: Standing,
) -> dict[str, Any]:
    """Begin to approve a browser of a credential, on the wallet's page at `origin`, and return what
    the dialog is to show; `shown` names the browser. The credentials that are trusted with anything
    in another browser are asked.

    Raises 404 `browser_key_not_found`, `credential_suspended`, and 409 `no_trusted_browser` where
    there is nothing to approve with.
    """
    credential.browser(key_id)
    if credential.is_suspended:
        raise Refused("credential_suspended")
    usable = credentials.usable_of(context.table, credential.user)
    trusts = standing_trusts(context.table, usable, standing)
    itself = {credential.id: {key_id}}
    known = [each for each in usable if set(trusts.get(each.id, ())) - itself.get(each.id, set())]
    if not known:
        detail = (
            "No other browser of yours is trusted, so none can approve this one. Pay with 3-D"
            " Secure in it meanwhile."
        )
        raise Problem(409, "no_trusted_browser", detail)
    terms, now = _terms(context, origin, shown), context.now()
    ceremony = ApprovalCeremony(
        id=ceremonies.new_id(),
        user=credential.user,
        began_at=now,
        ends_at=now + ceremonies.LIFETIME,
        credentials={each.id: each.sign_count for each in known},
        for_credential=credential.id,
        for_browser=key_id,
        terms=terms,
    )
    ceremonies.begin(context.table, ceremony)
    return _dialog(ceremony)


def approval_dialog(context: Context, ceremony_id: str) -> dict[str, Any]:
    """Return what the dialog of an approval that was begun is to show. Raises 409
    `ceremony_already_used` or `ceremony_expired` once it is over.
    """
    now = context.now()
    return _dialog(ceremonies.load_again(context.table, ApprovalCeremony, ceremony_id, now))


def _dialog(ceremony: ApprovalCeremony) -> dict[str, Any]:
    return dialog(ceremony.id, ceremony.terms, ceremony.credentials, opt_out=False)


def _terms(context: Context, origin: str, shown: Instrument) -> Terms:
    rp_id, name = relying_party(context)
    return Terms(
        challenges=(),
        rp_id=rp_id,
        origins=frozenset({origin}),
        top_origins=frozenset({origin}),
        payee_name=name,
        payee_origin=origin if origin.startswith("https://") else None,  # browsers take no other
        logos=(),
        total=NOTHING,
        instrument=shown,
    )
