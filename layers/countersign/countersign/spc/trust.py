"""Trust, the one rule: what a credential in a browser is trusted for, and what makes it so.

It belongs to a credential in a browser, at one installation, for one card. `earn` adds an entry, an
approval hands on what the approving browser has (`approve_browser`), and a registration of a person
whom the business has just identified is trusted everywhere. Nothing else gives any: see
`docs/decisions.md#trust-in-a-browser-is-earned`.

Every write of a record goes with a change of its credential, on the condition that the credential
is as it was read. So no two writes lose each other's entries, and a removal wins over what was
begun before it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from countersign.aws.changes import Change, TransactionRefused, set_clause
from countersign.aws.table import Table
from countersign.problems import Unavailable
from countersign.spc import credentials
from countersign.spc.credential_record import CredentialRecord, TrustGiven
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.trust_record import NOTHING, Entry, Scope, Trust, trust_pk

Standing = Callable[[Iterable[str]], Mapping[str, str]]
"""Returns the ids of the installations that stand now of these accounts, by account: payment
confirmation does not know installations.
"""
Trusts = Mapping[str, Mapping[str | None, Trust]]
"""What credentials are trusted for, by id and by the key of each browser, `None` for a browser that
shows none. What is trusted for nothing is left out.
"""
_TRIES = 3
_MOST_AT_ONCE = 100
"""Items of one read of several."""


def has_trusted(table: Table, user: str, scope: Scope) -> bool:
    """Return whether a user has any credential in a browser that is trusted for this payment."""
    known = credentials.usable_of(table, user)
    found = trusts_of(table, known)
    return any(trust.covers(scope) for trusts in found.values() for trust in trusts.values())


def trust_in(table: Table, credential: CredentialRecord, key_id: str | None) -> Trust:
    """Return what a genuine answer of a credential is trusted for in the browser with this key;
    `None` is a browser that shows none.
    """
    if not _counts(credential, key_id):
        return NOTHING
    item = table.get(trust_pk(credential.id, key_id))
    return Trust.from_item(item) if item else NOTHING


def standing_trusts(table: Table, known: Iterable[CredentialRecord], standing: Standing) -> Trusts:
    """Return what these credentials are trusted for at the installations that stand."""
    found = trusts_of(table, known)
    everything = [trust for trusts in found.values() for trust in trusts.values()]
    ids = standing({account_id for trust in everything for account_id in trust.accounts})
    return {
        credential_id: {key: left for key, trust in trusts.items() if (left := trust.standing(ids))}
        for credential_id, trusts in found.items()
    }


def trusts_of(table: Table, known: Iterable[CredentialRecord]) -> Trusts:
    """Return what these credentials are trusted for, at installations that have ended, too."""
    wanted = {trust_pk(each.id, key): (each.id, key) for each in known for key in _keys(each)}
    pks, found = list(wanted), dict[str, dict[str | None, Trust]]()
    for start in range(0, len(pks), _MOST_AT_ONCE):
        for pk, item in table.get_many(pks[start : start + _MOST_AT_ONCE]).items():
            credential_id, key_id = wanted[pk]
            found.setdefault(credential_id, {})[key_id] = Trust.from_item(item)
    return found


def earn(table: Table, ceremony: PaymentCeremony, scope: Scope, now: int) -> bool:
    """Trust the browser in which a payment was confirmed, for the card that was charged at the
    installation, and return whether it is. It is not where the browser or its credential was
    removed since, or where it shows no key and the credential's own word is not enough: it can be
    copied, or knows browsers that do show one.

    Call this once the card's issuer has challenged the payer of this very payment and has
    authenticated them, in a payment that we made, and never on the confirmation alone, which
    anybody with a copy of a synced passkey can give (SPC, security considerations, "attacker
    generated browser bound key"). Repeated for the same payment, it changes nothing more.
    """
    confirmation = ceremony.confirmation
    if confirmation is None or scope.fingerprint is None or not _is_asked(ceremony.scope, scope):
        return False
    entry = Entry(scope.account_id, scope.installation, scope.fingerprint, now)
    key_id, confirmed_at = confirmation.browser_key, confirmation.authenticated_at
    for _ in range(_TRIES):
        credential = credentials.load_own(table, ceremony.user, confirmation.credential_id)
        if credential is None or not _was_there(credential, key_id, confirmed_at):
            return False
        known, earned = trust_in(table, credential, key_id), Trust(entries=(entry,))
        given = trust_given_by(credential, key_id, earned.beyond(known), now)
        try:
            marked = credentials.trust_change(credential, key_id, given)
            record = record_change(credential.id, key_id, known.joined(earned))
            table.transact([marked, record])
        except TransactionRefused:
            continue  # used, or changed otherwise, a moment sooner
        return True
    raise Unavailable("storage")


def trust_given_by(
    credential: CredentialRecord, key_id: str | None, new: Trust, now: int
) -> TrustGiven | None:
    """Return what the change of a credential says of trust that is new to it in a browser; `None`
    where it had all of it.
    """
    if not new:
        return None
    return TrustGiven(now, credential.rev + 1, key_id, new.everywhere, tuple(new.accounts))


def everywhere_change(credential_id: str, key_id: str | None) -> Change:
    """Return the change that trusts a credential everywhere in the browser that it is registered
    in. It belongs in the transaction of a registration whose ticket says that the business has just
    identified the person, and nowhere else.
    """
    return record_change(credential_id, key_id, Trust(everywhere=True))


def record_change(credential_id: str, key_id: str | None, trust: Trust) -> Change:
    """Return the change that stores a record, whatever was there. It belongs in one transaction
    with the change of the credential that its trust was read with.
    """
    clause, values, names = set_clause({"credential": credential_id, **trust.to_item()})
    return Change(trust_pk(credential_id, key_id), clause, "", values, names)


def _counts(credential: CredentialRecord, key_id: str | None) -> bool:
    """Whether a credential in a browser has a record that counts. In a browser that shows no key it
    is the credential's own, and counts only where the credential's word is enough alone.
    """
    if key_id is None:
        return credential.has_trust and credential.is_enough_alone
    browser = credential.browsers.get(key_id)
    return browser is not None and browser.has_trust


def _keys(credential: CredentialRecord) -> Iterator[str | None]:
    return (key for key in (None, *credential.browsers) if _counts(credential, key))


def _is_asked(asked: Scope, charged: Scope) -> bool:
    """Whether a payment was charged as it was confirmed. Its card may have been unknown then."""
    return asked in (charged, replace(charged, fingerprint=None))


def _was_there(credential: CredentialRecord, key_id: str | None, confirmed_at: int) -> bool:
    """Whether this is the credential that confirmed at this time, in a browser that it has known
    from then on: what was removed since comes back as new.
    """
    if credential.created > confirmed_at:
        return False
    if key_id is None:
        return credential.is_enough_alone
    browser = credential.browsers.get(key_id)
    return browser is not None and browser.created <= confirmed_at
