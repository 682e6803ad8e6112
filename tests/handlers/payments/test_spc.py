"""Payments that their payer confirms by Secure Payment Confirmation."""

from collections.abc import Callable

import pytest

from countersign.payments.spc_ceremony import MOST_CEREMONIES
from tests.support.assertions import assert_problem
from tests.support.authenticator import Passkey
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.payments_bundle import PaymentsBundle
from tests.support.spc_bundle import SHOP, plain_browser
from tests.support.spc_people import bound_browser

STEPS_UP = '[default]\noutcome = "step_up"\n'
USER = "payer-1"
BROWSER = bound_browser(SHOP)


@pytest.fixture
def passkey(payments: PaymentsBundle, pays_by: Callable[[str], object]) -> Passkey:
    """The payer's, in a browser that is new, under rules that step up every payment."""
    pays_by(STEPS_UP)
    return payments.register(USER)


def asked(payments: PaymentsBundle, **members: object) -> Json:
    """A payment whose payer is asked to confirm it."""
    named = {"payer": payments.allow(USER), "payment_method": payments.card()} | members
    made = payments.created(**named)
    assert (made["status"], made["next"]) == ("requires_step_up", "confirm"), made
    return made


def trusted(payments: PaymentsBundle, passkey: Passkey) -> None:
    """The browser has passed the issuer's challenge on this card here."""
    made = asked(payments, payment_method=payments.card(plays="challenge"))
    assert payments.confirm_spc(made, passkey, BROWSER).status == 200
    assert payments.confirmed(made["id"])["status"] == "requires_action"
    payments.authenticate(made["id"])
    assert payments.confirmed(made["id"])["status"] == "succeeded"


def test_the_payer_is_shown_the_order_and_the_card_that_stripe_has(
    payments: PaymentsBundle, passkey: Passkey
) -> None:
    made = asked(payments, instrument={"details": "Personal"})
    request = made["spc"]["request"]
    assert request["instrument"]["displayName"] == "Visa •••• 4242"
    assert request["instrument"]["details"] == "Personal"
    assert made["spc"]["total"] == {"value": "10.99", "currency": "USD"}


def test_a_new_browser_goes_on_with_3d_secure(payments: PaymentsBundle, passkey: Passkey) -> None:
    made = asked(payments)
    payments.confirm_spc(made, passkey, BROWSER)
    read = payments.read(made["id"])
    assert (read["status"], read["next"], read["proof"]) == ("ready", "authenticate", "3ds")
    assert read["steps"][-1]["reason"] == "browser_new"
    payments.confirmed(made["id"])
    options = next(call.params for call in payments.intents.calls if call.name == "confirm")
    asked_for = options["payment_method_options"]["card"]["request_three_d_secure"]
    assert asked_for == "any"


def test_a_challenge_that_was_passed_vouches_for_the_browser(
    payments: PaymentsBundle, passkey: Passkey
) -> None:
    trusted(payments, passkey)
    made = asked(payments, payment_method=payments.card(plays="challenge"))
    payments.confirm_spc(made, passkey, BROWSER)
    done = payments.confirmed(made["id"])
    assert done["status"] == "succeeded"
    read = payments.read(made["id"])
    assert (read["proof"], read["three_d_secure"]) == ("spc", None)


def test_another_card_is_challenged_again(payments: PaymentsBundle, passkey: Passkey) -> None:
    trusted(payments, passkey)
    made = asked(payments, payment_method=payments.card(last4="1111", plays="challenge"))
    payments.confirm_spc(made, passkey, BROWSER)
    assert payments.read(made["id"])["proof"] == "3ds"


def test_a_confirmation_is_of_one_card(payments: PaymentsBundle, passkey: Passkey) -> None:
    trusted(payments, passkey)
    made = asked(payments, payment_method=payments.card(plays="challenge"))
    payments.confirm_spc(made, passkey, BROWSER)
    answer = payments.confirm_payment(made["id"], payment_method=payments.card(last4="1111"))
    assert_problem(answer, 409, "card_differs")
    same = payments.confirm_payment(made["id"], payment_method=payments.card(plays="challenge"))
    assert same.json["status"] == "succeeded"


def test_confirming_with_a_card_that_needs_it_asks_the_payer_first(
    payments: PaymentsBundle, passkey: Passkey
) -> None:
    made = payments.created(payer=payments.allow(USER))
    card = payments.card()
    first = payments.confirm_payment(made["id"], key="first", payment_method=card)
    assert (first.status, first.json["status"], first.json["next"]) == (
        200, "requires_step_up", "confirm",
    )  # fmt: skip
    assert first.json["spc"]["ceremony_id"]
    assert first.headers["cache-control"] == "no-store"
    repeated = payments.confirm_payment(made["id"], key="first", payment_method=card)
    assert repeated.json["spc"]["ceremony_id"] == first.json["spc"]["ceremony_id"]
    assert_problem(
        payments.confirm_payment(made["id"], payment_method=card), 409, "step_up_required"
    )
    assert_problem(payments.confirm_payment(made["id"]), 409, "step_up_required")
    other_id = payments.confirm_payment(made["id"], payment_method=payments.card())
    assert_problem(other_id, 409, "step_up_required")
    assert payments.intents.names() == []


def test_spc_is_given_up_and_its_ceremony_void(payments: PaymentsBundle, passkey: Passkey) -> None:
    made = asked(payments)
    done = payments.confirmed(made["id"], give_up_spc=True)
    assert done["status"] == "succeeded"
    assert payments.read(made["id"])["proof"] == "3ds"
    assert payments.verdict(made["spc"])["status"] == "failed"
    assert payments.confirm_spc(made, passkey, BROWSER).status >= 400


def test_an_answer_wins_over_giving_up(payments: PaymentsBundle, passkey: Passkey) -> None:
    trusted(payments, passkey)
    made = asked(payments, payment_method=payments.card(plays="challenge"))
    payments.confirm_spc(made, passkey, BROWSER)
    assert payments.confirmed(made["id"], give_up_spc=True)["status"] == "succeeded"
    assert payments.read(made["id"])["proof"] == "spc"


def test_the_payer_is_asked_five_times_at_most(payments: PaymentsBundle, passkey: Passkey) -> None:
    made, seen = asked(payments), set()
    for _ in range(MOST_CEREMONIES - 1):
        answer = payments.ask_again(made["id"])
        assert (answer.status, answer.json["status"]) == (200, "requires_step_up")
        seen.add(answer.json["spc"]["ceremony_id"])
    assert len(seen | {made["spc"]["ceremony_id"]}) == MOST_CEREMONIES
    assert payments.verdict(made["spc"])["status"] == "failed"
    assert_problem(payments.ask_again(made["id"]), 409, "confirmation_over")
    assert payments.confirmed(made["id"], give_up_spc=True)["status"] == "succeeded"


def test_a_ceremony_that_expired_is_asked_again(
    payments: PaymentsBundle, passkey: Passkey, clock: Clock
) -> None:
    made = asked(payments)
    clock.advance(400)
    assert_problem(payments.confirm_payment(made["id"]), 409, "step_up_required")
    answer = payments.ask_again(made["id"])
    assert answer.json["spc"]["ceremony_id"] != made["spc"]["ceremony_id"]


def test_another_card_voids_the_confirmation_of_the_first(
    payments: PaymentsBundle, passkey: Passkey
) -> None:
    made = asked(payments)
    done = payments.confirmed(made["id"], payment_method=payments.card(last4="1111"))
    assert done["status"] == "requires_step_up"
    assert done["spc"]["ceremony_id"] != made["spc"]["ceremony_id"]
    assert payments.verdict(made["spc"])["status"] == "failed"


def test_only_what_waits_for_a_payer_is_asked(payments: PaymentsBundle) -> None:
    made = payments.created()
    assert_problem(payments.ask_again(made["id"]), 409, "confirmation_over")
    payments.cancel(made["id"])
    assert_problem(payments.ask_again(made["id"]), 409, "payment_ended")


def test_a_payer_who_cannot_be_asked_goes_on_with_3d_secure(
    payments: PaymentsBundle, pays_by: Callable[[str], object]
) -> None:
    pays_by(STEPS_UP)
    made = payments.created(payer=payments.allow(USER), payment_method=payments.card())
    assert (made["status"], made["next"], made["spc"]) == ("ready", "authenticate", None)


def test_a_payer_who_has_left_meanwhile_can_pay_with_another_card(
    payments: PaymentsBundle, passkey: Passkey
) -> None:
    made = asked(payments)
    gone = payments.payer(USER).delete(
        f"/spc-payers/{payments.record(made['id']).order.account_id}"
    )
    assert gone.status == 204
    done = payments.confirmed(made["id"], payment_method=payments.card(last4="1111"))
    assert done["status"] == "succeeded"


def test_a_plain_browser_is_enough_for_a_challenge(
    payments: PaymentsBundle, passkey: Passkey
) -> None:
    made = asked(payments, payment_method=payments.card(plays="challenge"))
    payments.confirm_spc(made, passkey, plain_browser(SHOP))
    assert payments.confirmed(made["id"])["status"] == "requires_action"
