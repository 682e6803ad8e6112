"""Counters of responses that overtake one another, and a credential that can never answer again."""

from functools import partial

import pytest

from countersign.problems import Problem
from countersign.spc import credentials
from countersign.spc.context import Context
from countersign.spc.payment_ceremony import Confirmation
from countersign.spc.protocol.credential import MOST_COUNTED
from countersign.spc.trust import has_trusted
from tests.support.authenticator import BE, UP, UV, Passkey, b64
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.spc_people import (
    CARD_SCOPE,
    OTHER,
    USER,
    answered,
    approved,
    asked,
    asked_to_approve,
    begun,
    bound_browser,
    ceremony_of,
    confirmed,
    earned,
    identified,
    plain_browser,
    registered,
    stored,
    wrongly,
)
from tests.support.threads import at_once
from tests.support.visits import refusal


def counting(question: Json, passkey: Passkey, count: int) -> Json:
    """A genuine answer with this count."""
    passkey.sign_count = count - 1
    return approved(question, passkey, plain_browser())


def test_of_two_answers_that_overtake_one_another_both_count(spc: Context) -> None:
    passkey = registered(spc, sign_count=4)
    first, second = asked(spc), asked(spc)
    bodies = counting(first, passkey, 6), counting(second, passkey, 7)
    assert answered(spc, second, bodies[1])
    assert answered(spc, first, bodies[0])
    assert stored(spc, passkey).sign_count == 7
    assert stored(spc, passkey).is_suspended is False


@pytest.mark.exhaustive  # threads
def test_the_same_count_in_two_answers_at_once_is_one_success(spc: Context) -> None:
    for number in range(6):
        passkey = registered(spc, f"user_{number}", sign_count=4)
        questions = [asked(spc, f"user_{number}") for _ in range(4)]
        calls = [partial(answered, spc, each, counting(each, passkey, 6)) for each in questions]
        results = at_once(calls)
        codes = [each.code for each in results if isinstance(each, Problem)]
        assert codes == ["counter_regressed"] * 3, results
        assert len([each for each in results if isinstance(each, Confirmation)]) == 1
        assert stored(spc, passkey).is_suspended is False


def test_counts_so_old_that_nobody_remembers_them_do_not_count(spc: Context) -> None:
    passkey = registered(spc, sign_count=4)
    questions = [asked(spc) for _ in range(MOST_COUNTED + 2)]
    for place, question in enumerate(questions[:MOST_COUNTED]):
        assert answered(spc, question, counting(question, passkey, 10 + place))
    late, right = questions[MOST_COUNTED:]
    assert refusal(answered, spc, late, counting(late, passkey, 9)).code == "counter_regressed"
    assert answered(spc, right, counting(right, passkey, 100))
    assert stored(spc, passkey).counted == (*range(11, 10 + MOST_COUNTED), 100)


@pytest.mark.parametrize("back", [1, 2, 11])
def test_a_counter_that_fell_suspends_its_credential(spc: Context, clock: Clock, back: int) -> None:
    passkey = registered(spc, sign_count=10)
    confirmed(spc, passkey)
    question, open_still = asked(spc), asked(spc)
    body = counting(question, passkey, 13 - back)
    assert refusal(answered, spc, question, body).code == "counter_regressed"
    kept = stored(spc, passkey)
    assert (kept.sign_count, kept.suspended_at, kept.suspended_for) == (12, clock(), "counter")
    for each in (question, open_still):
        body = counting(each, passkey, 20)
        assert refusal(answered, spc, each, body).code == "credential_suspended"


def test_backup_eligibility_that_changed_suspends_its_credential(spc: Context) -> None:
    passkey = registered(spc)
    question = asked(spc)
    passkey.flags = UP | UV | BE
    body = approved(question, passkey, plain_browser())
    assert refusal(answered, spc, question, body).code == "invalid_authenticator_data"
    assert stored(spc, passkey).suspended_for == "backup"


def test_only_what_its_credential_has_signed_for_this_ceremony_suspends_it(spc: Context) -> None:
    """Neither a page without the payer's finger, nor a response that was made for something else."""
    passkey = registered(spc, sign_count=10)
    question, other = asked(spc), asked(spc)
    passkey.sign_count = 3
    forged = approved(question, passkey, plain_browser(), signature=b"forged")
    assert refusal(answered, spc, question, forged).code == "invalid_signature"
    replayed = approved(other, passkey, plain_browser())
    assert refusal(answered, spc, question, replayed).code == "wrong_challenge"
    passkey.flags = UP | UV | BE
    forged = approved(question, passkey, plain_browser(), signature=b"forged")
    assert refusal(answered, spc, question, forged).code == "invalid_authenticator_data"
    assert wrongly(spc, question, passkey) == "wrong_total"
    assert stored(spc, passkey).is_suspended is False


def test_a_suspended_credential_is_not_asked_for_and_not_excluded_from_registering(
    spc: Context,
) -> None:
    gone, kept = registered(spc, sign_count=10), registered(spc)
    earned(spc, gone, plain_browser())
    question = asked(spc)
    refusal(answered, spc, question, counting(question, gone, 2))
    assert asked(spc)["request"]["credentialIds"] == [b64(kept.id)]
    excluded = begun(spc)["publicKey"]["excludeCredentials"]
    assert [entry["id"] for entry in excluded] == [b64(kept.id)]
    assert has_trusted(spc.table, USER, CARD_SCOPE) is False


def test_a_suspended_credential_neither_approves_nor_is_approved(spc: Context) -> None:
    gone, kept = identified(spc, sign_count=10), registered(spc)
    confirmed(spc, kept, bound_browser(name="new"))
    question = asked(spc)
    refusal(answered, spc, question, counting(question, gone, 2))
    assert refusal(asked_to_approve, spc, kept).code == "no_trusted_browser"


def test_an_id_that_was_registered_again_meanwhile_is_another_credential(
    spc: Context, clock: Clock
) -> None:
    passkey = registered(spc, sign_count=10)
    question = asked(spc)
    credentials.remove(spc.table, USER, b64(passkey.id))
    clock.advance(1)
    again = registered(spc, id=passkey.id)
    body = approved(question, again, plain_browser())
    assert refusal(answered, spc, question, body).code == "unknown_credential"
    assert stored(spc, again).is_suspended is False
    assert ceremony_of(spc, question).credentials == {b64(passkey.id): 11}
    assert confirmed(spc, registered(spc, OTHER), user=OTHER)
