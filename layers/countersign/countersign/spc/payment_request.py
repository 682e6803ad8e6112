"""What a page needs of a ceremony for the browser's dialog: `PaymentRequest` with the method
`secure-payment-confirmation`, whose `data` is `SecurePaymentConfirmationRequest` (SPC, section
4.1.1).
"""

from collections.abc import Collection
from typing import Any

from countersign.spc import ceremonies
from countersign.spc.protocol.terms import Terms


def dialog(
    ceremony_id: str, terms: Terms, credential_ids: Collection[str], *, opt_out: bool
) -> dict[str, Any]:
    """Return the ceremony, its request with binary members in base64url, and its total. With
    `opt_out` the dialog offers the payer not to be asked again.
    """
    challenge = ceremonies.challenges(ceremony_id)[0]
    return {
        "ceremony_id": ceremony_id,
        "request": _data(terms, credential_ids, challenge) | {"showOptOut": opt_out},
        "total": {"value": terms.total.value, "currency": terms.total.currency},
    }


def _data(terms: Terms, credential_ids: Collection[str], challenge: str) -> dict[str, Any]:
    instrument = {
        "displayName": terms.instrument.display_name,
        "icon": terms.instrument.icon,
        "iconMustBeShown": terms.instrument.icon_must_be_shown,
        "details": terms.instrument.details,
    }
    logos = [{"url": logo.url, "label": logo.label} for logo in terms.logos]
    found = {
        "rpId": terms.rp_id,
        "challenge": challenge,
        "credentialIds": sorted(credential_ids),
        "instrument": _present(instrument),
        "payeeName": terms.payee_name,
        "payeeOrigin": terms.payee_origin,
        "paymentEntitiesLogos": logos or None,
        "timeout": ceremonies.LIFETIME * 1000,
    }
    return _present(found)


def _present(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that were given: a browser refuses an empty one."""
    return {name: value for name, value in members.items() if value is not None}
