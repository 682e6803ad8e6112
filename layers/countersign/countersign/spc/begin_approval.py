"""Ask a credential's owner, in a browser that is trusted already, whether a new one is theirs.

The dialog is that of a payment; it names the new browser and shows no amount.
"""

from typing import Any

from countersign.problems import Problem
from countersign.spc import ceremonies, credentials
from countersign.spc.approval_ceremony import ApprovalCeremony
from countersign.spc.context import Context, relying_party
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.payment_request import dialog
from countersign.spc.protocol.terms import Instrument, Terms, Total

NOTHING = Total("0.00", "USD")
"""A dialog has an amount to show, and a currency that every browser knows how to write."""


def begin_approval(
    context: Context, credential: CredentialRecord, key_id: str, origin: str, shown: Instrument
) -> dict[str, Any]:
    """Begin to approve a browser of a credential, on the wallet's page at `origin`, and return what
    the dialog is to show; `shown` names the browser. The credentials that know a trusted browser
    are asked.

    Raises 404 `browser_key_not_found`, and 409 `no_trusted_browser` where there is nothing to
    approve with.
    """
    credential.browser(key_id)
    known = ids_with_trusted_browser(context, credential.user)
    if not known:
        detail = "None of your browsers is trusted yet. Trust this one without an approval."
        raise Problem(409, "no_trusted_browser", detail)
    terms, now = _terms(context, origin, shown), context.now()
    ceremony = ApprovalCeremony(
        id=ceremonies.new_id(),
        user=credential.user,
        began_at=now,
        ends_at=now + ceremonies.LIFETIME,
        credentials=tuple(known),
        for_credential=credential.id,
        for_browser=key_id,
        terms=terms,
    )
    ceremonies.begin(context.table, ceremony)
    return _dialog(ceremony)


def approval_dialog(context: Context, ceremony_id: str) -> dict[str, Any]:
    """Return what the dialog of an approval that was begun is to show."""
    return _dialog(ceremonies.load(context.table, ApprovalCeremony, ceremony_id))


def _dialog(ceremony: ApprovalCeremony) -> dict[str, Any]:
    return dialog(ceremony.id, ceremony.terms, ceremony.credentials, opt_out=False)


def ids_with_trusted_browser(context: Context, user: str) -> list[str]:
    """Return the ids of a user's credentials that know a trusted browser."""
    found = credentials.credentials_of(context.table, user)
    return [credential.id for credential in found if credential.has_trusted_browser]


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
