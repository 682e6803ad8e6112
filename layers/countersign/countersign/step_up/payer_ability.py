"""What the payer of a payment can do here: confirm it, and with something that is trusted."""

from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.spc import credentials, payer_handles, trust
from countersign.spc.context import Context
from countersign.spc.payer_record import Payer as PayerRecord
from countersign.spc.trust_record import Scope
from countersign.step_up.policy import NOBODY, Payer


def known_payer(context: Context, installation: Installation, handle: str) -> PayerRecord | None:
    """Return the payer with this handle at an installation; `None` where there is none, or where
    they have left the merchant.
    """
    place = installation.account_id, installation.id
    payer = payer_handles.known_at(context.table, handle, *place)
    return None if payer is None or payer.status == "ended" else payer


def ability_to_confirm(
    context: Context, installation: Installation, payer: PayerRecord, fingerprint: str | None
) -> Payer:
    """Return whether the payer can confirm: with a credential, not after too many wrong responses,
    and where the merchant has a name and pages to show them; and whether they have something
    trusted for the card with this fingerprint.
    """
    is_shown = any(access.shown_payee(installation)) and bool(installation.checkout_origins)
    if not (is_shown and payer.status == "active") or payer.is_paused(context.now()):
        return NOBODY
    if not credentials.usable_of(context.table, payer.user):
        return NOBODY
    scope = Scope(installation.account_id, installation.id, fingerprint)
    return Payer(can_confirm=True, has_trusted=trust.has_trusted(context.table, payer.user, scope))
