"""A payment from its creation to its capture, with one call to confirm it."""

from tests.support.payments_bundle import PaymentsBundle


def test_a_payment_is_captured_in_the_call_that_confirms_it(payments: PaymentsBundle) -> None:
    made = payments.created(reference="order 7", amount=1200, payment_method=payments.card())
    assert (made["status"], made["next"], made["spc"]) == ("ready", "pay", None)
    done = payments.confirmed(made["id"])
    assert (done["status"], done["next"]) == ("succeeded", None)
    assert payments.intents.names() == ["create", "confirm", "capture"]
    assert payments.intent(made["id"])["amount_received"] == 1200
    read = payments.read(made["id"])
    assert (read["amount_captured"], read["reference"]) == (1200, "order 7")
