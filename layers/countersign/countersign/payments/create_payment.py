"""Create a payment: fix the order, decide on the card if one is named, and take the reference."""

from typing import Any

from msgspec import Struct

from countersign.aws.changes import TransactionRefused
from countersign.formats.charge_limits import check_charge
from countersign.http.idempotency import IdempotencyKey, remember_change, resource_of
from countersign.installs.installation import Installation
from countersign.payments import spc_ceremony, store
from countersign.payments.check_permissions import check_permissions
from countersign.payments.context import Contexts
from countersign.payments.decide_on_card import decide_on_card, with_card
from countersign.payments.free_reference import check_replaceable, free_reference, holder_of
from countersign.payments.machine import move
from countersign.payments.order import PaymentOrder
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.proof import stand
from countersign.payments.read_named_card import CardRequest, read_named_card
from countersign.payments.refusals import payment_not_found, payment_open
from countersign.problems import Invalid, in_progress
from countersign.spc.refusals import unknown_payer
from countersign.step_up.payer_ability import known_payer
from countersign.step_up.rules import RuleBook

TRIES = 3
"""Times that a reference is tried which is freed meanwhile."""


class CreatedPayment(Struct, frozen=True):
    """A payment that was created, and what its payer is shown, where they are asked to confirm."""

    record: PaymentRecord
    dialog: dict[str, Any] | None = None


def create_payment(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: PaymentOrder,
    card: CardRequest,
    key: IdempotencyKey,
    *,
    replaces: bool = False,
) -> CreatedPayment:
    """Create a payment, with `replaces` in the place of one that is open under its reference. The
    same key and body return the payment that was created.

    Raises 409 `payment_open` or `already_paid`, 409 `permission_missing`, 422 for an amount or a
    card that is not possible, and what reading and deciding raise.
    """
    made = _made(contexts, installation, key)
    if made is not None:
        return made
    _check(contexts, installation, order, card)
    try:
        return _anew(contexts, book, installation, order, card, key, replaces=replaces)
    except TransactionRefused:
        made = _made(contexts, installation, key)
        if made is None:
            raise in_progress() from None
        return made


def _anew(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: PaymentOrder,
    card: CardRequest,
    key: IdempotencyKey,
    *,
    replaces: bool,
) -> CreatedPayment:
    """Create a payment under its reference. Raises `TransactionRefused` where the same request has
    stored one meanwhile.
    """
    created, taken = None, None
    for _ in range(TRIES):
        holder = holder_of(contexts, order)
        if holder is not None:
            made = _made(contexts, installation, key)
            if made is not None:  # a payment is stored with its key: this request was here before
                return made
            check_replaceable(holder, replaces=replaces)
        created = created or _decided(contexts, book, installation, order, card, key)
        if holder is not None:
            # Only now: where the new payment is not possible, the old one is left as it is.
            free_reference(contexts, installation, holder)
        others = [remember_change(key, created.record.id)]
        taken = store.create(contexts.payments.table, created.record, others)
        if taken is None:
            return created
    raise payment_open(str(taken), retry_after=2)


def _check(
    contexts: Contexts, installation: Installation, order: PaymentOrder, card: CardRequest
) -> None:
    """Raise 422 for an amount that cannot be charged and for evidence without a card, 404 for a
    payer who is not known here, and 409 for a permission that is missing.
    """
    check_charge(order.amount, order.currency)
    if card.payment_data is not None and not (card.names_card or card.token):
        message = "says nothing without the card: name its payment_method or confirmation_token"
        raise Invalid([{"pointer": "/google_pay", "message": message}])
    payer = order.payer
    if payer is not None and known_payer(contexts.decisions.spc, installation, payer) is None:
        raise unknown_payer()
    check_permissions(contexts, installation)


def _decided(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: PaymentOrder,
    request: CardRequest,
    key: IdempotencyKey,
) -> CreatedPayment:
    """Return a new payment, not stored yet, with the decision on its card."""
    now = contexts.payments.now()
    new = PaymentRecord.new(order, now)
    if not request.names_card and request.token is None:
        return CreatedPayment(move(new, "create", "requires_card", now))
    card = read_named_card(contexts, installation, request) if request.names_card else None
    decision = decide_on_card(contexts, book, installation, order, request, card, key=key)
    named = with_card(new, card, decision)
    standing = stand(contexts, installation, named, decision)
    created = move(named, "create", standing.status, now, **standing.members(named, now))
    return CreatedPayment(created, standing.dialog)


def _made(
    contexts: Contexts, installation: Installation, key: IdempotencyKey
) -> CreatedPayment | None:
    """Return the payment that a key stands for; what its payer is shown is made anew."""
    table = contexts.payments.table
    made = resource_of(table, key)
    if made is None:
        return None
    record = store.load(table, made)
    if record is None or record.order.installation != installation.id:
        raise payment_not_found()
    return CreatedPayment(record, spc_ceremony.shown_again(contexts, installation, record))
