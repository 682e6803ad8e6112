"""What a credential in a browser is trusted for: earned for one card at one installation, and everywhere
only by an identified registration.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.spc import credentials, trust
from countersign.spc.context import Context
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.trust import Scope, has_trusted
from countersign.spc.trust_record import MOST_ENTRIES, NOTHING, Entry, Trust, trust_pk
from tests.support.authenticator import BE, Passkey, b64
from tests.support.chromium import Browser
from tests.support.clock import Clock
from tests.support.races import overtaken
from tests.support.spc_people import (
    ACCOUNT,
    HOME,
    NEW,
    OTHER,
    OTHER_ACCOUNT,
    USER,
    answered,
    approved,
    asked,
    bound_browser,
    ceremony_of,
    confirmed,
    identified,
    plain_browser,
    registered,
    stored,
)

NEW_BROWSER = bound_browser(name="new")
CARD = Scope(ACCOUNT, "first", "card-1")


def paid(context: Context, passkey: Passkey, browser: Browser = NEW_BROWSER) -> PaymentCeremony:
    """The finished ceremony of a payment that was confirmed in this browser."""
    question = asked(context)
    answered(context, question, approved(question, passkey, browser))
    return ceremony_of(context, question)


def earn(context: Context, ceremony: PaymentCeremony, scope: Scope = CARD) -> bool:
    return trust.earn(context.table, ceremony, scope, context.now())


def in_new(context: Context, passkey: Passkey) -> Trust:
    return trust.trust_in(context.table, stored(context, passkey), NEW)


def test_a_challenge_is_trusted_for_its_card_at_its_installation_and_no_other(spc: Context) -> None:
    passkey = registered(spc)
    ceremony = paid(spc, passkey)
    assert has_trusted(spc.table, USER, CARD) is False
    assert earn(spc, ceremony) is True
    others = [
        replace(CARD, fingerprint="card-2"),
        replace(CARD, fingerprint=None),
        replace(CARD, installation="1700000000"),
        replace(CARD, account_id=OTHER_ACCOUNT),
    ]
    assert [has_trusted(spc.table, USER, scope) for scope in (CARD, *others)] == [True] + [
        False
    ] * 4
    assert has_trusted(spc.table, OTHER, CARD) is False


def test_a_challenge_at_another_account_or_of_an_unknown_card_gives_nothing(spc: Context) -> None:
    passkey = registered(spc)
    ceremony = paid(spc, passkey)
    assert earn(spc, ceremony, replace(CARD, account_id=OTHER_ACCOUNT)) is False
    assert earn(spc, ceremony, replace(CARD, fingerprint=None)) is False
    assert in_new(spc, passkey) == NOTHING


def test_a_payment_that_was_not_confirmed_earns_nothing(spc: Context) -> None:
    passkey = registered(spc)
    paid(spc, passkey)
    assert earn(spc, ceremony_of(spc, asked(spc))) is False
    assert in_new(spc, passkey) == NOTHING


def test_the_same_challenge_told_twice_is_one_entry(spc: Context) -> None:
    passkey = registered(spc)
    ceremony = paid(spc, passkey)
    assert [earn(spc, ceremony), earn(spc, ceremony)] == [True, True]
    assert len(in_new(spc, passkey).entries) == 1


def test_two_challenges_at_once_are_both_kept(
    spc: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    passkey = registered(spc)
    ceremony, other = paid(spc, passkey), replace(CARD, fingerprint="card-2")
    overtaken(monkeypatch, lambda: earn(spc, ceremony, other))
    assert earn(spc, ceremony) is True
    assert in_new(spc, passkey).covers(CARD)
    assert in_new(spc, passkey).covers(other)


def test_what_was_removed_since_earns_nothing(spc: Context, clock: Clock) -> None:
    """Not even once it is back: a browser that its owner has removed comes back as new."""
    passkey = registered(spc)
    ceremony = paid(spc, passkey)
    credentials.remove_browser(spc.table, USER, b64(passkey.id), NEW)
    assert earn(spc, ceremony) is False
    clock.advance(1)
    paid(spc, passkey)
    assert earn(spc, ceremony) is False
    credentials.remove(spc.table, USER, b64(passkey.id))
    assert earn(spc, ceremony) is False


def test_a_removal_takes_what_was_earned_and_gives_nothing_back(spc: Context) -> None:
    passkey = registered(spc)
    earn(spc, paid(spc, passkey))
    credentials.remove_browser(spc.table, USER, b64(passkey.id), NEW)
    assert spc.table.get(trust_pk(b64(passkey.id), NEW)) is None
    paid(spc, passkey)
    assert in_new(spc, passkey) == NOTHING
    earn(spc, paid(spc, passkey))
    credentials.remove(spc.table, USER, b64(passkey.id))
    assert spc.table.get(trust_pk(b64(passkey.id), NEW)) is None
    assert has_trusted(spc.table, USER, CARD) is False


def test_a_record_that_a_removal_left_behind_does_not_count_again(spc: Context) -> None:
    """The removal was cut short, or a card was earned meanwhile."""
    passkey = registered(spc)
    ceremony = paid(spc, passkey)
    earn(spc, ceremony)
    left = spc.table.get(trust_pk(b64(passkey.id), NEW))
    assert left is not None
    credentials.remove_browser(spc.table, USER, b64(passkey.id), NEW)
    spc.table.put(left, "attribute_not_exists(pk)")
    ceremony = paid(spc, passkey)
    assert in_new(spc, passkey) == NOTHING
    other = replace(CARD, fingerprint="card-2")
    earn(spc, ceremony, other)
    assert [entry.fingerprint for entry in in_new(spc, passkey).entries] == ["card-2"]


def test_a_browser_without_a_key_earns_only_where_the_credential_is_enough_alone(
    spc: Context,
) -> None:
    passkey = registered(spc)
    assert earn(spc, paid(spc, passkey, plain_browser())) is True
    assert has_trusted(spc.table, USER, CARD) is True
    confirmed(spc, passkey, NEW_BROWSER)
    assert has_trusted(spc.table, USER, CARD) is False
    credentials.remove_browser(spc.table, USER, b64(passkey.id), NEW)
    assert has_trusted(spc.table, USER, CARD) is False, "a removal gave trust back"
    credentials.remove(spc.table, USER, b64(passkey.id))
    synced = registered(spc, flags=0x05 | BE)
    assert earn(spc, paid(spc, synced, plain_browser())) is False


@pytest.mark.parametrize("browser", [plain_browser(HOME), bound_browser(HOME, "new")])
def test_an_identified_registration_is_trusted_everywhere(spc: Context, browser: Browser) -> None:
    identified(spc, browser=browser)
    assert has_trusted(spc.table, USER, replace(CARD, fingerprint=None)) is True
    assert has_trusted(spc.table, OTHER, CARD) is False


def test_any_other_registration_is_trusted_nowhere(spc: Context) -> None:
    registered(spc)
    registered(spc, browser=bound_browser(HOME, "new"))
    assert has_trusted(spc.table, USER, CARD) is False


def test_a_copy_of_an_identified_credential_is_trusted_nowhere(spc: Context) -> None:
    identified(spc, flags=0x05 | BE)
    assert has_trusted(spc.table, USER, CARD) is False


entries = st.builds(
    Entry,
    account_id=st.sampled_from(["acct_1", "acct_2"]),
    installation=st.sampled_from(["first", "5"]),
    fingerprint=st.integers(0, 40).map(str),
    since=st.integers(0, 200),
)
trusts = st.builds(Trust, st.booleans(), st.lists(entries, max_size=80).map(tuple)).map(
    lambda found: NOTHING.joined(found)
)


@given(trusts, trusts)
def test_joined_trust_is_that_of_both_and_no_more_the_oldest_dropped(
    one: Trust, two: Trust
) -> None:
    both = one.joined(two)
    assert both.everywhere == (one.everywhere or two.everywhere)
    assert set(both.entries) <= {*one.entries, *two.entries}
    assert len(both.entries) <= MOST_ENTRIES
    kept = {(each.account_id, each.installation, each.fingerprint) for each in both.entries}
    assert len(kept) == len(both.entries)
    oldest = min((each.since for each in both.entries), default=0)
    for entry in (*one.entries, *two.entries):
        is_kept = (entry.account_id, entry.installation, entry.fingerprint) in kept
        assert is_kept or (entry.since <= oldest and len(both.entries) == MOST_ENTRIES)
    assert Trust.from_item(both.to_item()) == both


@given(trusts)
def test_what_is_left_of_an_ended_installation_is_nothing(found: Trust) -> None:
    left = found.standing({"acct_1": "5"})
    assert left.everywhere == found.everywhere
    assert left.entries == tuple(
        each for each in found.entries if (each.account_id, each.installation) == ("acct_1", "5")
    )


def test_many_browsers_are_read_a_hundred_at_a_time(spc: Context) -> None:
    passkey = registered(spc)
    known = stored(spc, passkey)
    ceremony = paid(spc, passkey)
    earn(spc, ceremony)
    browser = stored(spc, passkey).browsers[NEW]
    many = {NEW: browser} | {str(number): browser for number in range(250)}
    crowded: CredentialRecord = replace(known, browsers=many)
    found = trust.trusts_of(spc.table, [crowded])
    assert list(found) == [known.id]
    assert list(found[known.id]) == [NEW]
