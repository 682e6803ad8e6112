"""What is told of credentials, confirmations and payers' handles, whatever people do with them."""

import dataclasses
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.domain_events.confirmation_events import ConfirmationState, PayerState
from countersign.domain_events.credential_events import CredentialState, TrustState
from countersign.domain_events.domain_event import DomainEvent
from countersign.problems import Problem
from countersign.spc import credentials, payer_handles
from countersign.spc.accept_opt_out import accept_opt_out
from countersign.spc.begin_confirmation import NoCredential
from countersign.spc.ceremony_record import MOST_TRIES
from countersign.spc.context import Context
from countersign.spc.trust import earn
from tests.support.authenticator import Passkey, b64
from tests.support.chromium import Browser, Json
from tests.support.clock import Clock
from tests.support.listener import Listener
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.spc_people import (
    ACCOUNT,
    CARD_SCOPE,
    HOME,
    NEW,
    OLD,
    OLD_BROWSER,
    USER,
    answered,
    approval,
    approved,
    asked,
    asked_to_approve,
    bound_browser,
    ceremony_of,
    confirmed,
    earned,
    handle_of,
    identified,
    key_id_of,
    plain_browser,
    registered,
    stored,
    used_in_two,
    wrongly,
)

BROWSERS = ("old", "new", "plain")
SHOP = "https://shop.example"
CARDS = [CARD_SCOPE, replace(CARD_SCOPE, fingerprint="card-2")]


@pytest.fixture
def listener(spc: Context, quick: QuickDynamoDB, clock: Clock) -> Listener:
    return Listener("spc", quick, clock)


def browser_of(which: int, name: str, origin: str = SHOP) -> Browser:
    """A browser of a passkey's owner. Each passkey has its own, since a browser's key goes with one
    credential alone.
    """
    return plain_browser(origin) if name == "plain" else bound_browser(origin, f"{name}-{which}")


class Person:
    """One person, two passkeys, a shop, and what it all tells."""

    def __init__(self, context: Context, clock: Clock) -> None:
        dynamodb: Any = QuickDynamoDB()
        self.clock = clock
        self.context = replace(context, table=Table("quick", dynamodb))
        self.listener = Listener("spc", dynamodb, clock)
        self.passkeys: dict[int, Passkey] = {}
        self.question: Json = {}

    def do(self, name: str, *arguments: Any) -> None:
        """Something that may be refused, or that there is nothing for."""
        try:
            getattr(self, name)(*arguments)
        except (Problem, NoCredential, LookupError):
            return

    def held(self, which: int) -> Passkey:
        """A passkey whose credential is stored. Raises `LookupError`."""
        passkey = self.passkeys[which]
        if credentials.load_credential(self.context.table, b64(passkey.id)) is None:
            raise LookupError
        return passkey

    def register(self, which: int, browser: str, identified: bool) -> None:
        """Its id is the same each time. Whatever is done with a credential takes a person longer
        than a second.
        """
        self.clock.advance(60)
        id = bytes([which]) * 16
        made_in = browser_of(which, browser, HOME)
        passkey = registered(self.context, browser=made_in, identified=identified, id=id)
        self.passkeys[which] = passkey

    def confirm(self, which: int, browser: str, card: int) -> None:
        question = asked(self.context, fingerprint=CARDS[card].fingerprint)
        body = approved(question, self.held(which), browser_of(which, browser))
        answered(self.context, question, body)
        self.question = question

    def charged(self, card: int) -> None:
        """The issuer has challenged the payer of the last payment that was confirmed."""
        ceremony = ceremony_of(self.context, self.question)
        earn(self.context.table, ceremony, CARDS[card], self.clock())

    def pay(self, which: int, browser: str, card: int) -> None:
        self.confirm(which, browser, card)
        self.charged(card)

    def approve(self, which: int) -> None:
        passkey, key_id = self.held(which), key_id_of(f"new-{which}")
        question = asked_to_approve(self.context, passkey, key_id)
        body = approved(question, passkey, browser_of(which, "old", HOME))
        approval(self.context, question, body, passkey, key_id)

    def ask(self) -> None:
        self.question = asked(self.context)

    def wrong(self, which: int, times: int) -> None:
        for _ in range(times):
            wrongly(self.context, self.question, self.held(which))

    def opt_out(self) -> None:
        accept_opt_out(self.context, ceremony_of(self.context, self.question))

    def suspend(self, which: int) -> None:
        found = stored(self.context, self.held(which))
        credentials.suspend(self.context.table, found, "counter", self.clock())

    def remove(self, which: int) -> None:
        credentials.remove(self.context.table, USER, b64(self.held(which).id))

    def forget(self, which: int, browser: str) -> None:
        passkey = b64(self.held(which).id)
        credentials.remove_browser(
            self.context.table, USER, passkey, key_id_of(f"{browser}-{which}")
        )

    def leave(self) -> None:
        payer_handles.end(self.context.table, USER, ACCOUNT, self.clock())

    def allow(self) -> None:
        handle_of(self.context)

    def later(self, seconds: int) -> None:
        self.clock.advance(seconds)


def acts() -> st.SearchStrategy[tuple[Any, ...]]:
    which, browser, card = st.integers(0, 1), st.sampled_from(BROWSERS), st.integers(0, 1)
    return st.one_of(
        st.tuples(st.just("register"), which, browser, st.booleans()),
        st.tuples(st.sampled_from(["confirm", "pay"]), which, browser, card),
        st.tuples(st.just("charged"), card),
        st.tuples(st.sampled_from(["approve", "suspend", "remove"]), which),
        st.tuples(st.just("wrong"), which, st.integers(1, MOST_TRIES)),
        st.tuples(st.just("forget"), which, st.sampled_from(["old", "new"])),
        st.tuples(st.sampled_from(["ask", "opt_out", "leave", "allow"])),
        st.tuples(st.just("later"), st.sampled_from([1, 400])),
    )


@given(st.booleans(), st.lists(acts(), min_size=4, max_size=20))
def test_every_history_ends_with_the_true_state_told(
    spc: Context, clock: Clock, identified: bool, history: list[tuple[Any, ...]]
) -> None:
    """And each end once. What is not told is a trusted browser that is gone, and a payer who comes
    back.
    """
    person = Person(spc, clock)
    for number in (0, 1):
        person.do("register", number, "old", identified)
    for name, *arguments in history:
        person.do(name, *arguments)
    now = person.listener.present()
    for subject, events in person.listener.of.items():
        check_subject(events, now.pop(subject, None))
    assert now == {}


def check_subject(events: list[DomainEvent], now: DomainEvent | None) -> None:
    """What was told of a subject goes together, and with what is so now."""
    last = events[-1]
    match last.data:
        case CredentialState(status="removed"):
            assert now is None
        case CredentialState():
            assert now is not None
            assert now.data in (last.data, dataclasses.replace(last.data, trust=None))
        case ConfirmationState():
            assert now is not None
            assert (len(events), now.type, now.data) == (1, last.type, last.data)
        case PayerState():
            assert now is None or now == last
            return
    types = Counter(event.type.partition(".")[2] for event in events)
    assert types["credential_registered"] - types["credential_removed"] in (0, 1)
    assert types["credential_suspended"] <= types["credential_registered"]


def credential_of(event: DomainEvent) -> CredentialState:
    assert isinstance(event.data, CredentialState)
    return event.data


def test_a_registration_is_told_and_says_whether_it_is_trusted_everywhere(
    spc: Context, listener: Listener, clock: Clock
) -> None:
    registered(spc)
    identified(spc, browser=OLD_BROWSER)
    plain, trusted = listener.events
    assert {plain.type, trusted.type} == {"spc.credential_registered"}
    assert credential_of(plain).trust is None
    expected = TrustState(browser=OLD, everywhere=True, accounts=(), given_at=clock())
    assert credential_of(trusted).trust == expected
    assert set(listener.present().values()) == {plain, trusted}


def test_a_use_and_a_new_browser_tell_nothing_of_a_credential(
    spc: Context, listener: Listener
) -> None:
    passkey = registered(spc)
    confirmed(spc, passkey, bound_browser(name="new"))
    assert listener.types(b64(passkey.id)) == ["credential_registered"]


def test_trust_that_is_earned_is_told_once(spc: Context, listener: Listener, clock: Clock) -> None:
    passkey = registered(spc)
    earned(spc, passkey, bound_browser(name="new"))
    given_at = clock()
    event = listener.events[-1]
    assert event.type == "spc.browser_trusted"
    expected = TrustState(browser=NEW, everywhere=False, accounts=(ACCOUNT,), given_at=given_at)
    assert credential_of(event).trust == expected
    clock.advance(60)
    earned(spc, passkey, bound_browser(name="new"))
    assert listener.types(b64(passkey.id)) == ["credential_registered", "browser_trusted"]
    assert credential_of(listener.present()[b64(passkey.id)]).trust == expected


def test_the_same_browser_trusted_for_another_card_is_told(
    spc: Context, listener: Listener
) -> None:
    passkey = registered(spc)
    for scope in CARDS:
        earned(spc, passkey, bound_browser(name="new"), scope)
    assert listener.types(b64(passkey.id))[1:] == ["browser_trusted"] * 2


def test_a_browser_that_is_trusted_everywhere_earns_nothing_that_is_told(
    spc: Context, listener: Listener
) -> None:
    passkey = identified(spc, browser=OLD_BROWSER)
    earned(spc, passkey, bound_browser(SHOP, "old"))
    assert listener.types(b64(passkey.id)) == ["credential_registered"]


def test_an_approval_is_told_of_the_credential_whose_browser_it_is(
    spc: Context, listener: Listener
) -> None:
    passkey, other = registered(spc), identified(spc, browser=OLD_BROWSER)
    confirmed(spc, passkey, bound_browser(name="new"))
    question = asked_to_approve(spc, passkey)
    approval(spc, question, approved(question, other, OLD_BROWSER), passkey)
    assert listener.types(b64(passkey.id)) == ["credential_registered", "browser_trusted"]
    assert listener.types(b64(other.id)) == ["credential_registered"]
    trust = credential_of(listener.events[-1]).trust
    assert trust is not None
    assert (trust.browser, trust.everywhere) == (NEW, True)


def test_an_approval_within_one_credential_is_one_event(spc: Context, listener: Listener) -> None:
    passkey = used_in_two(spc)
    question = asked_to_approve(spc, passkey)
    approval(spc, question, approved(question, passkey, OLD_BROWSER), passkey)
    assert listener.types(b64(passkey.id)) == ["credential_registered", "browser_trusted"]


def test_trust_in_a_browser_that_is_gone_is_not_told_again(
    spc: Context, listener: Listener
) -> None:
    passkey = registered(spc)
    earned(spc, passkey, bound_browser(name="new"))
    assert listener.heard(credentials.remove_browser, spc.table, USER, b64(passkey.id), NEW) == []
    event = listener.present()[b64(passkey.id)]
    assert (event.type, credential_of(event).trust) == ("spc.credential_registered", None)


def test_a_removal_is_told_and_what_comes_back_is_above_it(
    spc: Context, listener: Listener, clock: Clock
) -> None:
    passkey = registered(spc)
    confirmed(spc, passkey)
    before = stored(spc, passkey)
    credentials.remove(spc.table, USER, b64(passkey.id))
    assert listener.events[-1].type == "spc.credential_removed"
    assert listener.events[-1].revision == before.rev + 1
    clock.advance(10)
    registered(spc, id=passkey.id)
    assert listener.types(b64(passkey.id)) == [
        "credential_registered",
        "credential_removed",
        "credential_registered",
    ]


def test_a_suspended_credential_is_told_once(spc: Context, listener: Listener) -> None:
    passkey = registered(spc)
    for _ in range(2):
        credentials.suspend(spc.table, stored(spc, passkey), "backup", spc.now())
    assert listener.types(b64(passkey.id)) == ["credential_registered", "credential_suspended"]
    state = credential_of(listener.events[-1])
    assert (state.status, state.suspended_for) == ("suspended", "backup")


def test_a_confirmation_is_told_when_it_is_given_and_not_before(
    spc: Context, listener: Listener, clock: Clock
) -> None:
    passkey = registered(spc)
    question = asked(spc)
    assert listener.types(question["ceremony_id"]) == []
    clock.advance(5)
    answered(spc, question, approved(question, passkey, plain_browser()))
    (event,) = listener.of[question["ceremony_id"]]
    state = event.data
    assert isinstance(state, ConfirmationState)
    assert (event.type, event.occurred_at) == ("spc.authenticated", clock())
    assert (state.account_id, state.amount, state.currency) == (ACCOUNT, 1099, "eur")
    assert (state.credential_id, state.browser_bound) == (b64(passkey.id), "absent")
    assert listener.present()[question["ceremony_id"]] == event


def test_only_the_wrong_response_that_ends_a_ceremony_is_told(
    spc: Context, listener: Listener
) -> None:
    passkey = registered(spc)
    question = asked(spc)
    for _ in range(MOST_TRIES - 1):
        wrongly(spc, question, passkey)
    assert listener.types(question["ceremony_id"]) == []
    wrongly(spc, question, passkey)
    (event,) = listener.of[question["ceremony_id"]]
    assert (event.type, event.revision) == ("spc.failed", 1 + MOST_TRIES)
    assert listener.present()[question["ceremony_id"]] == event


def test_an_opt_out_is_told_of_the_handle_and_the_ceremony_once_each(
    spc: Context, listener: Listener
) -> None:
    """Also after wrong responses have ended the ceremony, and when it is said twice."""
    passkey = registered(spc)
    question = asked(spc)
    for _ in range(MOST_TRIES):
        wrongly(spc, question, passkey)
    handle = ceremony_of(spc, question).payer
    for _ in range(2):
        accept_opt_out(spc, ceremony_of(spc, question))
    assert listener.types(question["ceremony_id"]) == ["failed"]
    assert listener.types(handle) == ["opted_out"]


def test_a_handle_that_is_ended_after_an_opt_out_is_told_again_and_a_return_is_not(
    spc: Context, listener: Listener
) -> None:
    handle = handle_of(spc)
    payer_handles.suspend(spc.table, handle, spc.now())
    assert listener.heard(handle_of, spc) == []
    assert handle not in listener.present()
    payer_handles.suspend(spc.table, handle, spc.now())
    payer_handles.end(spc.table, USER, ACCOUNT, spc.now())
    statuses = [event.data.status for event in listener.of[handle]]  # type: ignore[attr-defined]
    assert statuses == ["suspended", "suspended", "ended"]
    assert listener.present()[handle] == listener.last(handle)


def test_registrations_and_approvals_tell_nothing_by_themselves(
    spc: Context, listener: Listener
) -> None:
    passkey = used_in_two(spc)
    question = asked_to_approve(spc, passkey)
    approval(spc, question, approved(question, passkey, OLD_BROWSER), passkey)
    assert question["ceremony_id"] not in listener.of
    assert {event.type for event in listener.events} == {
        "spc.credential_registered",
        "spc.browser_trusted",
        "spc.authenticated",
    }
