"""What a merchant asks for ends with its installation and with the payee that it shows, and is asked once."""

import pytest
from msgspec.structs import replace

from countersign.spc import ceremonies
from countersign.spc.begin_approval import approval_dialog
from countersign.spc.begin_confirmation import Merchant, begin_confirmation, confirmation_dialog
from countersign.spc.begin_registration import registration_options
from countersign.spc.context import Context
from countersign.spc.finish_confirmation import finish_confirmation
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.verdicts import verdict
from tests.support.clock import Clock
from tests.support.spc_people import (
    HOME,
    MERCHANT,
    OLD_BROWSER,
    answered,
    approval,
    approved,
    asked_to_approve,
    begun,
    ceremony_of,
    created,
    finished,
    handle_of,
    new_passkey,
    plain_browser,
    registered,
    used_in_two,
    wanted,
)
from tests.support.visits import refusal


@pytest.mark.parametrize(
    "merchant",
    [replace(MERCHANT, payee_version=1), replace(MERCHANT, installation="1800000000")],
    ids=["another payee", "another installation"],
)
def test_a_ceremony_ends_with_the_payee_and_the_installation_that_it_shows(
    spc: Context, merchant: Merchant
) -> None:
    passkey = registered(spc)
    request = wanted(handle_of(spc))
    question = begin_confirmation(spc, MERCHANT, request)
    body = approved(question, passkey, plain_browser())
    response = parse_authentication_response(body["credential"])
    ceremony = ceremony_of(spc, question)
    problem = refusal(finish_confirmation, spc, ceremony, response, merchant)
    assert (problem.status, problem.code) == (410, "ceremony_expired")
    if merchant.installation == MERCHANT.installation:
        assert verdict(ceremony, spc.now(), merchant.payee_version).status == "expired"
        again = refusal(confirmation_dialog, spc, merchant, request, question["ceremony_id"])
        assert (again.status, again.code) == (409, "ceremony_expired")
    assert ceremony_of(spc, question).tries == 0
    assert answered(spc, question, body), "it shows what is shown still"


def test_a_repeated_question_is_the_same_until_it_is_over_and_then_a_conflict(
    spc: Context, clock: Clock
) -> None:
    passkey, request = registered(spc), wanted(handle_of(spc))
    questions = [begin_confirmation(spc, MERCHANT, request) for _ in range(2)]
    for question in questions:
        again = confirmation_dialog(spc, MERCHANT, request, question["ceremony_id"])
        assert again == question
    used, late = (question["ceremony_id"] for question in questions)
    answered(spc, questions[0], approved(questions[0], passkey, plain_browser()))
    clock.advance(ceremonies.LIFETIME)
    found = [refusal(confirmation_dialog, spc, MERCHANT, request, each) for each in (used, late)]
    assert [(each.status, each.code) for each in found] == [
        (409, "ceremony_already_used"),
        (409, "ceremony_expired"),
    ]


def test_so_is_that_of_a_registration_and_that_of_an_approval(spc: Context) -> None:
    question = begun(spc)
    passkey = new_passkey(question["publicKey"])
    finished(spc, question, created(question["publicKey"], passkey, plain_browser(HOME)))
    problem = refusal(registration_options, spc, question["ceremony_id"])
    assert (problem.status, problem.code) == (409, "ceremony_already_used")
    passkey = used_in_two(spc)
    question = asked_to_approve(spc, passkey)
    approval(spc, question, approved(question, passkey, OLD_BROWSER), passkey)
    problem = refusal(approval_dialog, spc, question["ceremony_id"])
    assert (problem.status, problem.code) == (409, "ceremony_already_used")
