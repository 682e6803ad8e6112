"""Accept an opt-out: the payer wants no more confirmations from this merchant."""

from countersign.spc import ceremonies, payer_handles
from countersign.spc.context import Context
from countersign.spc.payment_ceremony import PaymentCeremony


def accept_opt_out(context: Context, ceremony: PaymentCeremony) -> None:
    """Suspend the payer's handle at the merchant and end the ceremony, which wrong responses may
    have ended before. Opting out twice is the same as once.

    It counts only while the ceremony lasts, whose id is no secret afterwards. Raises 410
    `ceremony_expired` and, once the payment was confirmed, 409 `ceremony_already_used`.
    """
    now = context.now()
    if ceremony.status != "failed" or ceremony.ends_at <= now:
        ceremonies.check_unanswered(ceremony, now)
        payer_handles.suspend(context.table, ceremony.payer, now)
        ceremonies.fail(context.table, ceremony, now)
