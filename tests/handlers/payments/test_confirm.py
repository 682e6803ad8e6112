"""Payments that are confirmed with a card, or with several."""

from countersign.payments.end_attempt import MOST_DECLINES
from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.payments_bundle import PAYMENTS, PaymentsBundle
from tests.support.step_up_cards import rewrite
from tests.support.watched_intents import refused, timed_out

DECLINES = {"last4": "9995"}
CHALLENGE = {"country": "FR", "plays": "challenge"}


def acting(payments: PaymentsBundle, **card: str) -> str:
    """A payment whose payer has to act."""
    named = payments.card(**CHALLENGE | card)
    made = payments.created(payment_method=named, amount=90_000)
    done = payments.confirmed(made["id"])
    assert (done["status"], done["next"]) == ("requires_action", "act")
    return str(made["id"])


def test_a_payment_is_captured_in_the_call_that_confirms_it(payments: PaymentsBundle) -> None:
    made = payments.created(reference="order 7", amount=1200, payment_method=payments.card())
    assert (made["status"], made["next"], made["spc"]) == ("ready", "pay", None)
    done = payments.confirmed(made["id"])
    assert (done["status"], done["next"]) == ("succeeded", None)
    assert done["payment_intent"]["status"] == "succeeded"
    assert done["payment_intent"]["client_secret"] is None
    assert payments.intents.names() == ["create", "confirm", "capture"]
    assert payments.intent(made["id"])["amount_received"] == 1200
    read = payments.read(made["id"])
    assert (read["amount_captured"], read["reference"]) == (1200, "order 7")


def test_a_payment_without_a_card_is_decided_once_one_is_named(payments: PaymentsBundle) -> None:
    made = payments.created()
    assert (made["status"], made["next"], made["decision"]) == ("requires_card", "again", None)
    assert_problem(payments.confirm_payment(made["id"]), 409, "card_required")
    done = payments.confirmed(made["id"], confirmation_token=payments.token())
    assert done["status"] == "succeeded"
    assert payments.read(made["id"])["decision"] is not None


def test_the_payer_authenticates_and_the_payment_goes_on(payments: PaymentsBundle) -> None:
    payment = acting(payments)
    intent = payments.intent(payment)
    answer = payments.confirm_payment(payment)
    assert answer.json["payment_intent"] == {
        "id": intent["id"],
        "client_secret": intent["client_secret"],
        "status": "requires_action",
    }
    assert answer.headers["cache-control"] == "no-store"
    payments.authenticate(payment)
    assert payments.confirmed(payment)["status"] == "succeeded"
    assert payments.intents.names().count("confirm") == 2
    read = payments.read(payment)
    assert (read["proof"], read["three_d_secure"], read["liability"]) == (
        "3ds", "authenticated", "issuer",
    )  # fmt: skip


def test_no_secret_is_stored(payments: PaymentsBundle) -> None:
    payment = acting(payments)
    secret = payments.intent(payment)["client_secret"]
    assert secret not in str(payments.items())
    assert "client_secret" not in str(payments.items())
    assert secret not in str(payments.read(payment))


def test_a_payer_who_fails_can_try_again(payments: PaymentsBundle) -> None:
    payment = acting(payments)
    payments.authenticate(payment, "fail")
    failed = payments.confirmed(payment)
    assert (failed["status"], failed["next"]) == ("ready", "authenticate")
    assert failed["last_error"]["code"] == "payment_intent_authentication_failure"
    assert (
        payments.confirmed(payment, payment_method=payments.card(country="FR", last4="1111"))[
            "status"
        ]
        == "succeeded"
    )
    assert payments.intents.names().count("create") == 1


def test_a_declined_card_is_told_and_another_one_pays(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card(**DECLINES))
    done = payments.confirmed(made["id"])
    assert done["status"] == "ready"
    assert done["last_error"] == {"code": "card_declined", "decline_code": "insufficient_funds"}
    assert payments.confirmed(made["id"], payment_method=payments.card())["status"] == "succeeded"
    assert len(payments.made(made["id"])) == 1


def test_another_card_is_named_in_the_metadata_with_its_decision(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card(**DECLINES), metadata={"shelf": "7"})
    payments.confirmed(made["id"])
    payments.confirmed(made["id"], payment_method=payments.card())
    assert payments.intents.names() == ["create", "confirm", "update", "confirm", "capture"]
    decision = payments.read(made["id"])["decision"]
    assert decision != made["decision"]
    assert payments.intent(made["id"])["metadata"] == {
        "shelf": "7",
        "countersign_payment": made["id"],
        "countersign_decision": decision,
    }


def test_a_token_that_was_declined_is_spent(payments: PaymentsBundle, clock: Clock) -> None:
    made = payments.created(confirmation_token=payments.token(**DECLINES))
    done = payments.confirmed(made["id"])
    assert (done["status"], done["next"]) == ("requires_card", "again")
    assert_problem(payments.confirm_payment(made["id"]), 409, "card_required")
    clock.advance(11)
    again = payments.confirmed(made["id"], confirmation_token=payments.token(**DECLINES))
    assert again["status"] == "requires_card"
    assert payments.read(made["id"])["decision"] == made["decision"]


def test_the_same_card_waits_ten_seconds_after_its_decline(
    payments: PaymentsBundle, clock: Clock
) -> None:
    made = payments.created(payment_method=payments.card(**DECLINES))
    payments.confirmed(made["id"])
    clock.advance(4)
    answer = payments.confirm_payment(made["id"], payment_method=payments.card(**DECLINES))
    assert_problem(answer, 409, "payment_busy")
    assert answer.headers["retry-after"] == "6"
    assert payments.intents.names().count("confirm") == 1
    clock.advance(6)
    again = payments.confirmed(made["id"], payment_method=payments.card(**DECLINES))
    assert again["status"] == "ready"


def test_five_declines_end_a_payment(payments: PaymentsBundle, clock: Clock) -> None:
    card = payments.card(**DECLINES)
    made = payments.created(payment_method=card, reference="five")
    for n in range(MOST_DECLINES):
        answer = payments.confirm_payment(made["id"], payment_method=card)
        assert answer.json["status"] == ("failed" if n == MOST_DECLINES - 1 else "ready")
        clock.advance(11)
    assert payments.read(made["id"])["reason"] == "declined"
    assert payments.intent(made["id"])["status"] == "canceled"
    assert_problem(payments.confirm_payment(made["id"]), 409, "payment_ended")
    assert payments.create(reference="five").status == 201


def test_a_declined_card_is_tried_again_only_where_it_is_named(
    payments: PaymentsBundle, clock: Clock
) -> None:
    made = payments.created(payment_method=payments.card(**DECLINES))
    payments.confirmed(made["id"])
    clock.advance(11)
    assert_problem(payments.confirm_payment(made["id"]), 409, "card_required")


def test_a_repetition_of_what_found_a_failure_begins_no_attempt(
    payments: PaymentsBundle, clock: Clock
) -> None:
    payment = acting(payments)
    payments.authenticate(payment, "fail")
    first = payments.confirm_payment(payment, key="once")
    assert (first.status, first.json["status"]) == (200, "ready")
    clock.advance(11)
    again = payments.confirm_payment(payment, key="once")
    assert (again.status, again.json["status"]) == (200, "ready")
    assert payments.intents.names().count("confirm") == 1


def test_another_card_while_an_action_is_open_begins_again(payments: PaymentsBundle) -> None:
    payment = acting(payments)
    reference = payments.read(payment)["reference"]
    other = payments.card(last4="1111")
    answer = payments.confirm_payment(payment, payment_method=other)
    assert_problem(answer, 409, "begin_again")
    assert answer.json["payment_id"] == payment
    assert payments.intent(payment)["status"] == "canceled"
    assert_problem(payments.confirm_payment(payment, payment_method=other), 409, "begin_again")
    assert payments.created(reference=reference, payment_method=other)["status"] == "ready"


def test_another_card_waits_until_stripe_has_canceled(payments: PaymentsBundle) -> None:
    payment = acting(payments)
    payments.intents.fail("cancel", timed_out())
    answer = payments.confirm_payment(payment, payment_method=payments.card(last4="1111"))
    assert_problem(answer, 409, "payment_busy")
    assert payments.confirmed(payment)["status"] == "canceled"


def test_the_same_card_while_an_action_is_open_gives_what_is(payments: PaymentsBundle) -> None:
    payment = acting(payments)
    done = payments.confirmed(payment, payment_method=payments.card(**CHALLENGE))
    assert (done["status"], done["next"]) == ("requires_action", "act")
    assert payments.intents.names().count("confirm") == 1


def test_a_repeated_key_begins_no_second_attempt(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    first = payments.confirm_payment(made["id"], key="once")
    again = payments.confirm_payment(made["id"], key="once")
    assert (first.status, again.status) == (200, 200)
    assert again.json["status"] == "succeeded"
    assert payments.intents.names().count("confirm") == 1
    other = payments.confirm_payment(made["id"], key="once", give_up_spc=True)
    assert_problem(other, 409, "idempotency_key_reused")


def test_a_confirmation_needs_a_key(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    answer = payments.shop().post(f"{PAYMENTS}/{made['id']}/confirm", {})
    assert_problem(answer, 400, "idempotency_key_required")


def test_too_little_time_claims_nothing(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    before = payments.record(made["id"])
    answer = payments.confirm_payment(made["id"], milliseconds=21_000)
    assert_problem(answer, 503, "stripe_unavailable")
    assert answer.headers["retry-after"] == "1"
    assert payments.record(made["id"]) == before
    assert payments.intents.names() == []


def test_a_card_that_stripe_does_not_take_is_named(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    payments.intents.fail("confirm", refused("resource_missing", "payment_method"))
    answer = payments.confirm_payment(made["id"])
    assert_problem(answer, 422, "payment_refused")
    assert answer.json["errors"][0]["pointer"] == "/payment_method"
    assert payments.confirmed(made["id"], payment_method=payments.card())["status"] == "succeeded"


def test_a_card_that_would_be_saved_is_refused(payments: PaymentsBundle) -> None:
    made, token = payments.created(), payments.token()
    rewrite(payments, "confirmation_token", token, setup_future_usage="off_session")
    answer = payments.confirm_payment(made["id"], confirmation_token=token)
    assert_problem(answer, 422, "invalid_request")
    assert answer.json["errors"][0]["pointer"] == "/confirmation_token"
    unknown = payments.confirm_payment(made["id"], payment_method="pm_unknown")
    assert_problem(unknown, 422, "invalid_request")
    assert payments.read(made["id"])["status"] == "requires_card"
