"""The merchant that a payer is asked by, as its installation says."""

from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.spc.begin_confirmation import Merchant


def merchant_of(installation: Installation) -> Merchant:
    """Return the merchant of an installation, with the payee that is shown to payers now."""
    name, origin = access.shown_payee(installation)
    return Merchant(
        account_id=installation.account_id,
        installation=installation.id,
        payee_version=installation.payee_version,
        payee_name=name,
        payee_origin=origin,
        checkout_origins=installation.checkout_origins,
    )
