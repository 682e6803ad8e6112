"""The times and numbers that a payment keeps, as the code has them."""

from collections.abc import Iterator

from countersign.payments import (
    attempt_payment,
    confirm_card,
    confirm_payment,
    due,
    end_attempt,
    follow_intent,
    judge,
    payment_record,
    spc_ceremony,
    sweep_payments,
)
from countersign.spc import ceremony_record
from countersign.step_up import decision_record

_UNITS = ((24 * 3600, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def times() -> Iterator[list[str]]:
    """Yield what ends or begins, and when."""
    after = {
        "an open payment is canceled (`expired`)": payment_record.LASTS,
        "the payer has not acted on what Stripe asks, or has not come back: canceled"
        " (`abandoned`), counted from the first confirmation": due.ACTS_WITHIN,
        "a decision counts no more, and is made again": decision_record.LASTS,
        "a ceremony of Secure Payment Confirmation ends": ceremony_record.LIFETIME,
        "a card that was declined may be tried again": confirm_card.PAUSE,
        "a request may repeat an attempt whose outcome is not known":
            confirm_payment.SECOND_TRY_AFTER,
        "a confirmation that Stripe does not show is taken for not sent":
            follow_intent.UNSENT_AFTER,
        "an account that could not be reached is tried again": due.UNREACHABLE,
        "a payment is deleted (disputes arrive until then)": payment_record.KEEP,
    }  # fmt: skip
    yield from ([what, f"after {shown(seconds)}"] for what, seconds in after.items())
    yield ["what is not clear of an authorized payment is canceled (`hold_over`)",
           f"{shown(judge.BEFORE_END)} before the hold ends"]  # fmt: skip
    yield ["a payment that stays as it is is looked at by the sweep",
           f"every {shown(sweep_payments.AGAIN)} at first,"
           f" at last every {shown(sweep_payments.RARELY)}"]  # fmt: skip
    yield ["an attempt is begun", f"with {attempt_payment.LEAST:g} seconds left of the request"]
    yield ["a payment has failed", f"at the {end_attempt.MOST_DECLINES}th declined attempt"]
    yield [
        "a payer is asked to confirm one payment",
        f"{spc_ceremony.MOST_CEREMONIES} times at most",
    ]


def shown(seconds: int) -> str:
    """Return a time in the largest unit that it is a whole number of."""
    size, unit = next(each for each in _UNITS if seconds % each[0] == 0)
    number = seconds // size
    return f"{number} {unit}{'s' * (number != 1)}"
