"""What is told of payment credentials, confirmations and payers' handles, and when. Pure.

A credential's removal is the only one that is told. Uses of a credential, browsers that are new or
removed, wrong responses below the limit, expiries, registrations and approvals by themselves, and a
payer who comes back tell nothing.
"""

from dataclasses import dataclass
from typing import Literal

from countersign.crypto.users import subject_of
from countersign.domain_events.domain_event import Fact
from countersign.formats.records import Item
from countersign.spc.ceremony_record import StoredStatus
from countersign.spc.credential_record import CredentialRecord, SuspendedFor
from countersign.spc.payer_record import Payer
from countersign.spc.payment_ceremony import PaymentCeremony

SpcType = Literal[
    "spc.credential_registered",
    "spc.credential_removed",
    "spc.credential_suspended",
    "spc.browser_trusted",
    "spc.authenticated",
    "spc.failed",
    "spc.opted_out",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustState:
    """The last trust that was given to a credential, in one browser."""

    browser: str | None
    """The id of the browser's key; null where the browser binds none."""
    everywhere: bool
    """Whether it is trusted for every card at every merchant."""
    accounts: tuple[str, ...]
    """The merchants' accounts at which it is trusted for a card, by this."""
    given_at: int
    """When it was given, in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialState:
    """A payment credential as it is now. A suspended one can never answer again."""

    user_id: str
    status: Literal["active", "suspended", "removed"]
    suspended_for: SuspendedFor | None
    """Its counter fell, or its backup eligibility changed."""
    registered_at: int
    """When it was registered, in Unix seconds."""
    trust: TrustState | None
    """Null where it was given none, or the browser that had it is gone."""


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


def credential_told(before: Item | None, after: Item | None, at: int) -> Fact | None:
    """Return what a change of a credential tells."""
    was = CredentialRecord.from_item(before) if before else None
    if after is None:
        return _removed(was, at) if was else None
    now = CredentialRecord.from_item(after)
    if was is None:
        return _credential_fact("spc.credential_registered", now, now.created)
    if now.suspended_at is not None and was.suspended_at is None:
        return _credential_fact("spc.credential_suspended", now, now.suspended_at)
    if now.trust_given is not None and now.trust_given != was.trust_given:
        return _credential_fact("spc.browser_trusted", now, now.trust_given.at)
    return None


def credential_present(item: Item) -> Fact:
    """Return what is so of a credential now."""
    now = CredentialRecord.from_item(item)
    if now.suspended_at is not None:
        return _credential_fact("spc.credential_suspended", now, now.suspended_at)
    trust = _trust(now)
    # A credential begins at its creation, and what is given to it later has a later revision.
    if trust is not None and now.trust_given is not None and now.trust_given.rev > now.created:
        return _credential_fact("spc.browser_trusted", now, trust.given_at)
    return _credential_fact("spc.credential_registered", now, now.created)


def ceremony_told(before: Item | None, after: Item | None, at: int) -> Fact | None:
    """Return what a change of a ceremony tells."""
    was, now = _payment(before), _payment(after)
    if now is None or (was is not None and was.lasting_status == now.lasting_status):
        return None
    return _confirmation_fact(now, at)


def ceremony_present(item: Item) -> Fact | None:
    """Return what is so of a ceremony now."""
    now = _payment(item)
    return _confirmation_fact(now, now.changed_at or now.ends_at) if now else None


def payer_told(before: Item | None, after: Item | None, at: int) -> Fact | None:
    """Return what a change of a payer's handle tells."""
    if after is None:
        return None
    was = Payer.from_item(before) if before else None
    now = Payer.from_item(after)
    return _payer_fact(now, at) if was is not None and was.status != now.status else None


def payer_present(item: Item) -> Fact | None:
    """Return what is so of a payer's handle now."""
    now = Payer.from_item(item)
    return _payer_fact(now, now.status_at or now.created)


def _removed(was: CredentialRecord, at: int) -> Fact:
    state = CredentialState(
        user_id=subject_of(was.user),
        status="removed",
        suspended_for=was.suspended_for,
        registered_at=was.created,
        trust=None,
    )
    return Fact("spc.credential_removed", was.id, was.rev + 1, at, state)


def _credential_fact(type_: SpcType, now: CredentialRecord, at: int) -> Fact:
    state = CredentialState(
        user_id=subject_of(now.user),
        status="suspended" if now.is_suspended else "active",
        suspended_for=now.suspended_for,
        registered_at=now.created,
        trust=_trust(now),
    )
    return Fact(type_, now.id, now.rev, at, state)


def _trust(now: CredentialRecord) -> TrustState | None:
    """Return the last trust that was given, while the browser that has it is there."""
    given = now.trust_given
    if given is None:
        return None
    browser = now.browsers.get(given.browser) if given.browser else None
    still = browser is not None and browser.has_trust if given.browser else now.has_trust
    if not still:
        return None
    return TrustState(
        browser=given.browser,
        everywhere=given.everywhere,
        accounts=given.accounts,
        given_at=given.at,
    )


def _payment(item: Item | None) -> PaymentCeremony | None:
    """Return the ceremony of a payment; `None` for one of another kind."""
    is_one = item is not None and item["kind"] == PaymentCeremony.kind
    return PaymentCeremony.from_item(item) if item is not None and is_one else None


_ENDS: dict[StoredStatus, tuple[SpcType, Literal["authenticated", "failed"]]] = {
    "authenticated": ("spc.authenticated", "authenticated"),
    "failed": ("spc.failed", "failed"),
}


def _confirmation_fact(now: PaymentCeremony, at: int) -> Fact | None:
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
    return Fact(type_, now.id, now.rev, given.authenticated_at if given else at, state)


def _payer_fact(now: Payer, at: int) -> Fact | None:
    if now.status == "active":
        return None
    state = PayerState(
        user_id=subject_of(now.user),
        account_id=now.account_id,
        installation=now.installation,
        status=now.status,
    )
    return Fact("spc.opted_out", now.handle, now.rev, at, state)
