"""What is told of the confirmations of payments and of payers' handles, and when. Pure.

Wrong responses below the limit, expiries, registrations and approvals by themselves, and a payer
who comes back tell nothing.
"""

from dataclasses import dataclass
from typing import Literal

from countersign.crypto.users import subject_of
from countersign.domain_events.domain_event import DomainEvent
from countersign.formats.records import Item
from countersign.spc.ceremony_record import StoredStatus
from countersign.spc.payer_record import Payer
from countersign.spc.payment_ceremony import PaymentCeremony

ConfirmationType = Literal["spc.authenticated", "spc.failed", "spc.opted_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationState:
    """The confirmation of a payment as it is now. The amount is in Stripe's minor unit of the
    currency.
    """

    user_id: str
    account_id: str
    installation: str
    """The installation of the account that asked."""
    payer: str
    """The payer's handle at the merchant."""
    amount: int
    currency: str
    status: Literal["authenticated", "failed"]
    authenticated_at: int | None
    credential_id: str | None
    browser_bound: Literal["trusted", "new", "absent"] | None
    """Whether the browser is trusted for this payment; null where it failed."""
    step_up_required: bool | None
    """Whether the payment still needs a stronger proof; null where it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerState:
    """A payer's handle at a merchant as it is now. A suspended one becomes active again when the
    payer allows it, an ended one never does.
    """

    user_id: str
    account_id: str
    installation: str
    """The installation of the account that the handle is for."""
    status: Literal["suspended", "ended"]


def ceremony_told(before: Item | None, after: Item | None, at: int) -> DomainEvent | None:
    """Return what a change of a ceremony tells."""
    was, now = _payment(before), _payment(after)
    if now is None or (was is not None and was.lasting_status == now.lasting_status):
        return None
    return _confirmation_event(now, at)


def ceremony_present(item: Item) -> DomainEvent | None:
    """Return what is so of a ceremony now."""
    now = _payment(item)
    return _confirmation_event(now, now.changed_at or now.ends_at) if now else None


def payer_told(before: Item | None, after: Item | None, at: int) -> DomainEvent | None:
    """Return what a change of a payer's handle tells."""
    if after is None:
        return None
    was = Payer.from_item(before) if before else None
    now = Payer.from_item(after)
    return _payer_event(now, at) if was is not None and was.status != now.status else None


def payer_present(item: Item) -> DomainEvent | None:
    """Return what is so of a payer's handle now."""
    now = Payer.from_item(item)
    return _payer_event(now, now.status_at or now.created)


def _payment(item: Item | None) -> PaymentCeremony | None:
    """Return the ceremony of a payment; `None` for one of another kind."""
    is_one = item is not None and item["kind"] == PaymentCeremony.kind
    return PaymentCeremony.from_item(item) if item is not None and is_one else None


_ENDS: dict[StoredStatus, tuple[ConfirmationType, Literal["authenticated", "failed"]]] = {
    "authenticated": ("spc.authenticated", "authenticated"),
    "failed": ("spc.failed", "failed"),
}


def _confirmation_event(now: PaymentCeremony, at: int) -> DomainEvent | None:
    if now.lasting_status not in _ENDS:
        return None
    type_, status = _ENDS[now.lasting_status]
    given = now.confirmation
    state = ConfirmationState(
        user_id=subject_of(now.user),
        account_id=now.account_id,
        installation=now.scope.installation,
        payer=now.payer,
        amount=now.amount,
        currency=now.currency,
        status=status,
        authenticated_at=given.authenticated_at if given else None,
        credential_id=given.credential_id if given else None,
        browser_bound=given.browser_bound if given else None,
        step_up_required=given.step_up_required if given else None,
    )
    return DomainEvent(type_, now.id, now.rev, given.authenticated_at if given else at, state)


def _payer_event(now: Payer, at: int) -> DomainEvent | None:
    if now.status == "active":
        return None
    state = PayerState(
        user_id=subject_of(now.user),
        account_id=now.account_id,
        installation=now.installation,
        status=now.status,
    )
    return DomainEvent("spc.opted_out", now.handle, now.rev, at, state)
