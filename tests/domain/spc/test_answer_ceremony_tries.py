"""Wrong answers: how each is refused, which of them count, and that five are the end."""

import pytest

from countersign.spc import payer_handles
from countersign.spc.context import Context
from countersign.spc.payer_record import MOST_WRONG
from tests.support.authenticator import b64
from tests.support.clock import Clock
from tests.support.spc_payments import Edit, put
from tests.support.spc_people import (
    ACCOUNT,
    FIRST,
    HOME,
    NEW,
    OTHER,
    answered,
    approved,
    asked,
    bound_browser,
    ceremony_of,
    handle_of,
    plain_browser,
    registered,
    stored,
    verdict_of,
    wrongly,
)
from tests.support.visits import refusal

WRONG_CHALLENGE = put("challenge", to=b64(bytes(32)))


def test_an_answer_that_does_not_know_the_challenge_uses_nothing_up(spc: Context) -> None:
    passkey = registered(spc)
    question = asked(spc)
    stranger = registered(spc, OTHER)
    for _ in range(8):
        assert wrongly(spc, question, passkey, WRONG_CHALLENGE) == "wrong_challenge"
        assert wrongly(spc, question, stranger, WRONG_CHALLENGE) == "unknown_credential"
    assert ceremony_of(spc, question).tries == 0
    assert answered(spc, question, approved(question, passkey, plain_browser()))


@pytest.mark.parametrize(("edit", "code"), [
    (put("type", to="webauthn.get"), "wrong_type"),  # the step before the challenge's own
    (put("origin", to="https://evil.example"), "wrong_origin"),
    (put("payment", "instrument", "displayName", to="Other"), "wrong_instrument"),
])  # fmt: skip
def test_every_refused_answer_that_knew_the_challenge_counts_and_changes_nothing_else(
    spc: Context, edit: Edit, code: str
) -> None:
    passkey = registered(spc)
    question, before = asked(spc), stored(spc, passkey)
    assert wrongly(spc, question, passkey, edit) == code
    forged = approved(question, passkey, plain_browser(), signature=b"forged")
    assert refusal(answered, spc, question, forged).code == "invalid_signature"
    assert ceremony_of(spc, question).tries == 2
    assert stored(spc, passkey) == before


def test_an_answer_that_is_repeated_or_late_is_refused_and_does_not_count(
    spc: Context, clock: Clock
) -> None:
    passkey = registered(spc)
    question, late = asked(spc), asked(spc)
    body = approved(question, passkey, plain_browser())
    answered(spc, question, body)
    before = verdict_of(spc, question)
    assert refusal(answered, spc, question, body).code == "ceremony_already_used"
    assert verdict_of(spc, question) == before
    clock.advance(360)
    body = approved(late, passkey, plain_browser())
    assert refusal(answered, spc, late, body).code == "ceremony_expired"
    assert ceremony_of(spc, late).tries == 0
    assert verdict_of(spc, late).status == "expired"


def test_all_that_is_stored_of_an_answer_has_one_time(spc: Context, clock: Clock) -> None:
    passkey = registered(spc, browser=bound_browser(HOME))
    question = asked(spc)
    clock.ticks = 1  # no two readings within a second
    answered(spc, question, approved(question, passkey, bound_browser(name="new")))
    kept, moment = stored(spc, passkey), verdict_of(spc, question).authenticated_at
    assert (kept.last_used, kept.browsers[NEW].created) == (moment, moment)


def test_an_answer_to_one_question_does_not_answer_another(spc: Context) -> None:
    passkey = registered(spc)
    one, other = asked(spc), asked(spc, amount=999_999)
    body = approved(one, passkey, plain_browser())
    assert refusal(answered, spc, other, body).code == "wrong_challenge"
    assert verdict_of(spc, other).status == "pending"


def test_a_page_that_changes_what_is_not_signed_does_not_count_against_the_payer(
    spc: Context,
) -> None:
    passkey, payer = registered(spc), handle_of(spc)
    for _ in range(MOST_WRONG):
        question = asked(spc)
        right = approved(question, passkey, plain_browser())
        response = right["credential"]["response"] | {"userHandle": b64(b"somebody else")}
        changed = right | {"credential": right["credential"] | {"response": response}}
        assert refusal(answered, spc, question, changed).code == "unknown_credential"
        assert ceremony_of(spc, question).tries == 1
        assert answered(spc, question, right)
    found = payer_handles.find(spc.table, payer, ACCOUNT, FIRST)
    assert found is not None
    assert found.wrong == 0
