"""Attacks on payments: a proof that is lowered, a PaymentIntent of somebody else's making, a payment
that grows without end, and one merchant's payments before all others'.
"""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.payments import spc_ceremony
from countersign.payments.confirm_card import MOST_CARDS, MOST_STEPS
from countersign.payments.due import LEFTOVER
from countersign.payments.find_intents import MARGIN
from countersign.payments.payment_record import LASTS
from countersign.payments.stripe_calls import StripeIntents
from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.payments_bundle import PAYMENTS, PaymentsBundle, paying
from tests.support.spc_bundle import SHOP
from tests.support.spc_people import bound_browser
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import OPERATOR_SCOPE, PARTIAL
from tests.support.step_up_cards import DEVICE_CARD, rewrite, stored
from tests.support.watched_intents import failed, refused

MINUTES, HOUR = 60, 3600
STEPS_UP, PROCEEDS = '[default]\noutcome = "step_up"\n', '[default]\noutcome = "proceed"\n'
TYPED = {"fingerprint": "fptyped"}


def test_what_google_signed_counts_once_its_decision_is_over(
    payments: PaymentsBundle, clock: Clock
) -> None:
    made = payments.created(google_pay={"token": payments.google.token(assurance=PARTIAL)})
    assert made["next"] == "another_card"
    clock.advance(31 * MINUTES)
    done = payments.confirmed(made["id"], payment_method=payments.card(**DEVICE_CARD))
    assert (done["status"], done["next"]) == ("requires_card", "another_card")


def test_what_google_signed_is_for_its_card(payments: PaymentsBundle) -> None:
    made = payments.created(google_pay={"token": payments.google.token(assurance=PARTIAL)})
    assert_problem(
        payments.confirm_payment(made["id"], payment_method=payments.card()), 409, "card_differs"
    )


def test_google_pay_with_the_number_of_a_typed_card_is_decided_on(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card(**TYPED))
    assert made["next"] == "pay"
    in_wallet = payments.card(wallet={"type": "google_pay"}, **TYPED)
    assert payments.confirmed(made["id"], payment_method=in_wallet)["status"] == "succeeded"
    read = payments.read(made["id"])
    assert (read["proof"], read["decision"] != made["decision"]) == ("3ds", True)


def test_a_typed_card_is_held_to_what_was_decided_of_it_in_a_wallet(
    payments: PaymentsBundle,
) -> None:
    made = payments.created(payment_method=payments.card(wallet={"type": "google_pay"}, **TYPED))
    assert made["next"] == "authenticate"
    payments.confirmed(made["id"], payment_method=payments.card(**TYPED))
    assert payments.read(made["id"])["proof"] == "3ds"


def test_a_card_without_a_fingerprint_is_not_decided_on_lower(
    payments: PaymentsBundle, pays_by: Callable[[str], object], clock: Clock
) -> None:
    pays_by(STEPS_UP)
    card = payments.card()
    shown = stored(payments, "payment_method", card)["card"]
    rewrite(payments, "payment_method", card, card=shown | {"fingerprint": None})
    made = payments.created(payment_method=card)
    named = payments.record(made["id"]).card
    assert named is not None
    assert named.card.fingerprint is None
    pays_by(PROCEEDS)
    clock.advance(31 * MINUTES)
    payments.confirmed(made["id"], payment_method=card)
    assert payments.read(made["id"])["proof"] == "3ds"


@pytest.mark.parametrize(
    "members",
    [{"amount": 99_900}, {"capture_method": "automatic"}, {"confirmation_method": "automatic"}],
)
def test_a_payment_intent_of_the_merchants_making_is_not_adopted(
    payments: PaymentsBundle, members: Json
) -> None:
    made = payments.created(payment_method=payments.card())

    def copied() -> None:
        usual: Json = {
            "amount": 1099, "currency": "usd", "capture_method": "manual",
            "confirmation_method": "manual", "allowed_payment_method_types": ["card"],
            "metadata": {"countersign_payment": made["id"]},
        }  # fmt: skip
        StripeIntents().create(BAKERY, usual | members, f"theirs {made['id']}")

    payments.intents.before["create"] = copied
    payments.intents.fail("create", failed())
    assert payments.confirm_payment(made["id"]).status == 503
    payments.intents.before.clear()
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    assert payments.intent(made["id"])["amount_received"] == 1099
    theirs = next(
        each
        for each in payments.made(made["id"])
        if each["id"] != payments.record(made["id"]).payment_intent
    )
    assert theirs["status"] == "requires_payment_method"


def test_a_leftover_is_looked_for_only_in_the_time_it_was_made_in(
    payments: PaymentsBundle, clock: Clock
) -> None:
    made = payments.created(payment_method=payments.card())
    payments.intents.fail("create", failed())
    assert payments.confirm_payment(made["id"]).status == 503
    clock.advance(20 * HOUR)
    assert payments.cancel(made["id"]).json["status"] == "canceled"
    clock.advance(HOUR)
    payments.sweep()
    _, tidied = [call.params for call in payments.intents.calls if call.name == "list"]
    assert tidied["until"] - tidied["since"] == LEFTOVER + 2 * MARGIN


def test_what_was_changed_to_automatic_capture_is_judged_all_the_same(
    payments: PaymentsBundle,
) -> None:
    made = payments.created(payment_method=payments.card())
    payments.intents.before["confirm"] = lambda: payments.rewrite(
        made["id"], capture_method="automatic", amount=99_900
    )
    assert payments.confirmed(made["id"])["status"] == "canceled"
    assert payments.intent(made["id"])["amount_received"] == 0


@pytest.mark.exhaustive  # as many cards as one may name
def test_cards_are_named_so_often_and_no_more(payments: PaymentsBundle) -> None:
    made = payments.created()
    for n in range(MOST_CARDS):
        card = payments.card(country="FR", fingerprint=f"fp{n}")
        named = payments.confirm_payment(made["id"], payment_method=card, milliseconds=18_000)
        assert named.status == 503, named  # no time for an attempt: the card is named
    answer = payments.confirm_payment(
        made["id"], payment_method=payments.card(), milliseconds=18_000
    )
    assert_problem(answer, 409, "too_many_cards")
    assert payments.confirmed(made["id"])["status"] != "canceled"


@pytest.mark.exhaustive  # a payment with all the steps that one may have
def test_a_payment_does_not_grow_without_end(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    for _ in range(MOST_STEPS):
        payments.intents.fail("confirm", refused("card_unsupported"))
        if payments.confirm_payment(made["id"]).code == "too_many_cards":
            break
    assert MOST_STEPS <= len(payments.record(made["id"]).steps) <= MOST_STEPS + 5
    assert payments.cancel(made["id"]).json["status"] == "canceled"


def test_an_answer_that_comes_while_the_payer_is_asked_again_counts(
    payments: PaymentsBundle, pays_by: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    pays_by(STEPS_UP)
    passkey = payments.register("payer-1")
    made = payments.created(payer=payments.allow("payer-1"), payment_method=payments.card())
    ask, answered = spc_ceremony.ask, []

    def slow(*args: Any) -> Json:
        if not answered:
            answered.append(payments.confirm_spc(made, passkey, bound_browser(SHOP)).status)
        return ask(*args)

    monkeypatch.setattr(spc_ceremony, "ask", slow)
    assert_problem(payments.ask_again(made["id"]), 409, "confirmation_over")
    assert answered == [200]
    read = payments.read(made["id"])
    assert (read["status"], read["ceremony_id"]) == ("ready", made["spc"]["ceremony_id"])


def test_the_sweep_takes_what_has_waited_longest_first(
    payments: PaymentsBundle, clock: Clock
) -> None:
    made = []
    for _ in range(24):
        made.append(payments.created()["id"])
        clock.advance(10)
    clock.advance(LASTS)
    clock.ticks = 1.0
    payments.sweep()
    clock.ticks = 0.0
    ends = [payments.record(payment).ended_at or 0 for payment in made]
    assert ends == sorted(set(ends))


def test_an_operator_reads_and_does_not_pay(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    operator, headers = payments.shop(scope=OPERATOR_SCOPE), {"idempotency-key": "k"}
    path = f"{PAYMENTS}/{made['id']}"
    for answer in (
        operator.post(PAYMENTS, paying(), headers=headers),
        operator.post(f"{path}/confirm", {}, headers=headers),
        operator.post(f"{path}/cancel"),
        operator.post(f"{path}/spc"),
        operator.post(f"{PAYMENTS}/pay_{'x' * 22}/cancel"),
    ):
        assert answer.status == 403, answer


def test_metadata_that_would_break_a_list_is_refused(payments: PaymentsBundle) -> None:
    answer = payments.create(metadata={f"k{n}": "\U0001f600" * 500 for n in range(10)})
    assert_problem(answer, 422, "invalid_request")
    payments.created(metadata={f"{n:040}": "a" * 500 for n in range(48)})
