"""Vouch for the browser of a confirmed payment, once 3-D Secure has authenticated the payer."""

from countersign.aws.table import Table
from countersign.spc import browsers
from countersign.spc.credential_record import credential_pk
from countersign.spc.payment_ceremony import PaymentCeremony


def vouch(table: Table, ceremony: PaymentCeremony) -> bool:
    """Trust the browser in which a payment was confirmed, and return whether it is trusted now. It
    is not where it has bound no key, or where it or its credential was removed meanwhile.

    Call this once the card's issuer has challenged the payer of this very payment and has
    authenticated them, and never on the confirmation alone, which anybody with a copy of a synced
    passkey can give (SPC, security considerations, "attacker generated browser bound key").
    """
    confirmation = ceremony.confirmation
    if confirmation is None or confirmation.browser_key is None:
        return False
    pk = credential_pk(confirmation.credential_id)
    return browsers.trust(table, pk, ceremony.user, confirmation.browser_key) is not None
