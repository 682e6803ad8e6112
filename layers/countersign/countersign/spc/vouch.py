"""A payment's 3-D Secure vouches for the browser that the payment was confirmed in."""

from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.spc import browsers, credentials


def vouch(table: Table, ceremony: Item) -> bool:
    """Trust the browser in which a payment was confirmed; whether it is trusted now, which it is
    not where it has bound no key, or has been removed meanwhile or with its credential.

    To be called once the card's issuer has challenged the payer of this very payment and has
    authenticated them, and never on the confirmation alone, which whoever holds a copy of a synced
    passkey can give (SPC, security considerations, "attacker generated browser bound key").
    """
    if "browser_key" not in ceremony:  # nor has a ceremony that was not answered rightly
        return False
    pk = credentials.credential_pk(ceremony["credential_id"])
    return browsers.trust(table, pk, ceremony["user"], ceremony["browser_key"]) is not None
