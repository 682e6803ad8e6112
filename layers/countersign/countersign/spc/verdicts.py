"""What became of a payment's ceremony, as the merchant's server reads it from us and not from the
payer's browser.
"""

from msgspec import Struct

from countersign.spc.ceremonies import status_of
from countersign.spc.ceremony_record import CeremonyStatus
from countersign.spc.payment_ceremony import BrowserBound, PaymentCeremony


class Verdict(Struct, frozen=True):
    """The verdict of a payment's ceremony; times are Unix seconds, what is not known is `None`."""

    ceremony_id: str
    status: CeremonyStatus
    account_id: str
    payer: str
    amount: int
    currency: str
    created: int
    expires_at: int
    browser_bound: BrowserBound | None
    backed_up: bool | None
    step_up_required: bool | None
    authenticated_at: int | None
    credential_id: str | None


def verdict(ceremony: PaymentCeremony, now: int, payee_version: int | None = None) -> Verdict:
    """Return the verdict of a ceremony as it is at this time, and with the present version of the
    payee, if that is told: one that waits still has expired with the payee that it shows.
    """
    confirmation, status = ceremony.confirmation, status_of(ceremony, now)
    if status == "pending" and payee_version not in (None, ceremony.payee_version):
        status = "expired"
    return Verdict(
        ceremony_id=ceremony.id,
        status=status,
        account_id=ceremony.account_id,
        payer=ceremony.payer,
        amount=ceremony.amount,
        currency=ceremony.currency,
        created=ceremony.began_at,
        expires_at=ceremony.ends_at,
        browser_bound=confirmation.browser_bound if confirmation else None,
        backed_up=confirmation.backed_up if confirmation else None,
        step_up_required=confirmation.step_up_required if confirmation else None,
        authenticated_at=confirmation.authenticated_at if confirmation else None,
        credential_id=confirmation.credential_id if confirmation else None,
    )
