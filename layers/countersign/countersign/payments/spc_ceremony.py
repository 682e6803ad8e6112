"""The ceremonies of a payment: its payer is asked to confirm it, five times at most. A payment
stores the id of the last one, and reads its status through it.
"""

from typing import Any

from msgspec.structs import replace

from countersign.aws.changes import Change
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.card_shown import card_shown
from countersign.payments.context import Contexts
from countersign.payments.payment_record import PaymentRecord
from countersign.problems import Problem
from countersign.spc import ceremonies
from countersign.spc.begin_confirmation import (
    ConfirmationRequest,
    NoCredential,
    begin_confirmation,
    confirmation_dialog,
)
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.protocol.refusals import Refused
from countersign.spc.refusals import unknown_payer
from countersign.step_up.merchant import merchant_of

MOST_CEREMONIES = 5
"""Times that a payer is asked to confirm one payment."""


def ask(contexts: Contexts, installation: Installation, record: PaymentRecord) -> dict[str, Any]:
    """Begin a ceremony for a payment whose card is known, and return what is shown. Raises
    `NoCredential` for a payer who cannot be asked, or was asked often enough, and 409
    `payee_missing` or `checkout_origins_missing`.
    """
    if record.ceremonies >= MOST_CEREMONIES:
        raise NoCredential
    merchant, request = merchant_of(installation), _request(record)
    try:
        return begin_confirmation(contexts.decisions.spc, merchant, request)
    except Problem as problem:
        if problem.code != unknown_payer().code:
            raise
        raise NoCredential from None  # they have left this merchant since


def shown_again(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> dict[str, Any] | None:
    """Return what the present ceremony shows, `None` where it is over."""
    if record.status != "requires_step_up" or record.ceremony is None:
        return None
    merchant, request = merchant_of(installation), _request(record)
    try:
        return confirmation_dialog(contexts.decisions.spc, merchant, request, record.ceremony)
    except Problem as over:
        if isinstance(over, Refused) or over.code == unknown_payer().code:
            return None
        raise


def load(contexts: Contexts, record: PaymentRecord) -> PaymentCeremony | None:
    """Return the present ceremony of a payment."""
    if record.ceremony is None:
        return None
    try:
        return ceremonies.load_kept(contexts.decisions.spc.table, PaymentCeremony, record.ceremony)
    except Refused:
        return None


def void(contexts: Contexts, record: PaymentRecord) -> list[Change]:
    """Return the change that voids the present ceremony, on the condition that nobody has answered
    it meanwhile; nothing where there is none, or it is over. Raises `Changed` where the payer has
    confirmed since the payment was read: that counts first.
    """
    ceremony = load(contexts, record)
    is_asked = record.status == "requires_step_up"
    if is_asked and ceremony is not None and ceremony.confirmation is not None:
        raise store.Changed
    if ceremony is None or ceremony.lasting_status != "pending":
        return []
    return [_in_spc(contexts, ceremonies.void_change(ceremony, contexts.payments.now()))]


def is_enough(contexts: Contexts, record: PaymentRecord) -> list[Change]:
    """Return the condition that the payer's confirmation suffices, where it is the proof."""
    if record.proof != "spc" or record.ceremony is None:
        return []
    return [_in_spc(contexts, ceremonies.enough_change(record.ceremony))]


def _in_spc(contexts: Contexts, change: Change) -> Change:
    """Return a change of the table of confirmations, for a transaction of payments."""
    return replace(change, table=contexts.decisions.spc.table.name)


def _request(record: PaymentRecord) -> ConfirmationRequest:
    order, card = record.order, record.card
    if card is None or order.payer is None:
        raise NoCredential
    return ConfirmationRequest(
        payer=order.payer,
        amount=order.amount,
        currency=order.currency,
        instrument=card_shown(card.card, order.instrument),
        fingerprint=card.card.fingerprint,
    )
