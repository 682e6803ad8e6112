"""What is told of payment credentials, and when. Pure.

A credential's removal is the only one that is told. Uses of a credential, and browsers that are new
or removed, tell nothing.
"""

from dataclasses import dataclass
from typing import Literal

from countersign.crypto.users import subject_of
from countersign.domain_events.domain_event import DomainEvent
from countersign.formats.records import Item
from countersign.spc.credential_record import CredentialRecord, SuspendedFor

CredentialType = Literal[
    "spc.credential_registered",
    "spc.credential_removed",
    "spc.credential_suspended",
    "spc.browser_trusted",
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


def credential_told(before: Item | None, after: Item | None, at: int) -> DomainEvent | None:
    """Return what a change of a credential tells."""
    was = CredentialRecord.from_item(before) if before else None
    if after is None:
        return _removed(was, at) if was else None
    now = CredentialRecord.from_item(after)
    if was is None:
        return _credential_event("spc.credential_registered", now, now.created)
    if now.suspended_at is not None and was.suspended_at is None:
        return _credential_event("spc.credential_suspended", now, now.suspended_at)
    if now.trust_given is not None and now.trust_given != was.trust_given:
        return _credential_event("spc.browser_trusted", now, now.trust_given.at)
    return None


def credential_present(item: Item) -> DomainEvent:
    """Return what is so of a credential now."""
    now = CredentialRecord.from_item(item)
    if now.suspended_at is not None:
        return _credential_event("spc.credential_suspended", now, now.suspended_at)
    trust = _trust(now)
    # A credential begins at its creation, and what is given to it later has a later revision.
    if trust is not None and now.trust_given is not None and now.trust_given.rev > now.created:
        return _credential_event("spc.browser_trusted", now, trust.given_at)
    return _credential_event("spc.credential_registered", now, now.created)


def _removed(was: CredentialRecord, at: int) -> DomainEvent:
    state = CredentialState(
        user_id=subject_of(was.user),
        status="removed",
        suspended_for=was.suspended_for,
        registered_at=was.created,
        trust=None,
    )
    return DomainEvent("spc.credential_removed", was.id, was.rev + 1, at, state)


def _credential_event(type_: CredentialType, now: CredentialRecord, at: int) -> DomainEvent:
    state = CredentialState(
        user_id=subject_of(now.user),
        status="suspended" if now.is_suspended else "active",
        suspended_for=now.suspended_for,
        registered_at=now.created,
        trust=_trust(now),
    )
    return DomainEvent(type_, now.id, now.rev, at, state)


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
