"""The refusals of payments, each made in one place. Pure."""

from collections.abc import Sequence

from countersign.problems import Invalid, Problem


class PaymentProblem(Problem):
    """A refusal that names the payment that it is about."""

    def __init__(
        self, status: int, code: str, detail: str, payment_id: str, retry_after: int | None = None
    ) -> None:
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
        super().__init__(status, code, detail, headers=headers)
        self.payment_id = payment_id

    def as_dict(self) -> dict[str, object]:
        """Return the problem with the id of the payment."""
        return super().as_dict() | {"payment_id": self.payment_id}


class OpenPayments(Problem):
    """409 `open_payments`: an installation cannot end without them, unless that is forced."""

    def __init__(self, payment_ids: Sequence[str]) -> None:
        super().__init__(
            409,
            "open_payments",
            "Payments of this account are open and could not be settled or canceled now. Try again"
            " later, or end the installation with `force=true`; they then have to be looked at in"
            " the Stripe Dashboard.",
        )
        self.payment_ids = list(payment_ids)

    def as_dict(self) -> dict[str, object]:
        """Return the problem with the ids of the payments."""
        return super().as_dict() | {"payment_ids": self.payment_ids}


def payment_not_found() -> Problem:
    """Return the 404 for a payment that does not exist, or not for the caller."""
    return Problem(404, "payment_not_found", "There is no such payment. Check its id.")


def payment_open(payment_id: str, retry_after: int | None = None) -> Problem:
    """Return the 409 for a reference under which a payment is open."""
    detail = (
        "A payment of this reference is open. Go on with that one, or cancel it first:"
        " `replace: true` does both."
    )
    return PaymentProblem(409, "payment_open", detail, payment_id, retry_after)


def already_paid(payment_id: str) -> Problem:
    """Return the 409 for a reference that is paid."""
    detail = "This reference is paid. Nothing more is charged: read the payment in `payment_id`."
    return PaymentProblem(409, "already_paid", detail, payment_id)


def payment_ended(payment_id: str) -> Problem:
    """Return the 409 for a payment that has ended."""
    detail = "This payment has ended. Create another one, if the order is still to be paid."
    return PaymentProblem(409, "payment_ended", detail, payment_id)


def payment_succeeded(payment_id: str) -> Problem:
    """Return the 409 for the cancellation of a payment that is captured, or about to be."""
    detail = "This payment is captured and cannot be canceled. Refund it at Stripe instead."
    return PaymentProblem(409, "payment_succeeded", detail, payment_id)


def payment_busy(payment_id: str, retry_after: int = 5) -> Problem:
    """Return the 409 while an attempt runs, and for a card that was declined a moment ago."""
    detail = (
        "An attempt to pay is still running, or this card was declined a moment ago. Read the"
        " payment, and try again shortly."
    )
    return PaymentProblem(409, "payment_busy", detail, payment_id, retry_after)


def step_up_required(payment_id: str) -> Problem:
    """Return the 409 for a payment that the payer has yet to confirm."""
    detail = (
        "The payer has not confirmed this payment yet. Ask them, or say `give_up_spc: true` to go"
        " on with 3-D Secure."
    )
    return PaymentProblem(409, "step_up_required", detail, payment_id)


def begin_again(payment_id: str) -> Problem:
    """Return the 409 for another card while Stripe waits for the payer."""
    detail = (
        "Another card was named while Stripe waits for the payer. This payment is canceled: create"
        " another one for the same reference."
    )
    return PaymentProblem(409, "begin_again", detail, payment_id)


def card_required(payment_id: str) -> Problem:
    """Return the 409 for a confirmation without a card where none is known that may be tried."""
    detail = "Name the `payment_method` or `confirmation_token` to pay with."
    return PaymentProblem(409, "card_required", detail, payment_id)


def too_many_cards(payment_id: str) -> Problem:
    """Return the 409 for a payment that was tried with more cards, or more often, than one is."""
    detail = (
        "A card was named for this payment too often. Create another one for the same reference,"
        " with `replace: true`."
    )
    return PaymentProblem(409, "too_many_cards", detail, payment_id)


def confirmation_over(payment_id: str) -> Problem:
    """Return the 409 for a payment that is not confirmed by SPC, or not any more."""
    detail = (
        "This payment is not confirmed by Secure Payment Confirmation now. Read its `next`, or"
        " create another payment once it was asked for five times."
    )
    return PaymentProblem(409, "confirmation_over", detail, payment_id)


def order_refused(param: str | None, code: str | None) -> Problem:
    """Return the 422 for an order that Stripe does not take; `param` and `code` are Stripe's."""
    message = f"Stripe does not take it ({code or 'invalid'}). Correct it in another payment"
    return _refused(param, message)


def card_refused(param: str | None, code: str | None) -> Problem:
    """Return the 422 for a card that Stripe does not take; `param` and `code` are Stripe's."""
    message = f"Stripe does not take it ({code or 'invalid'}). Name a card again"
    return _refused(param, message)


def _refused(param: str | None, message: str) -> Problem:
    member = (param or "").partition("[")[0]
    pointer = f"/{member}" if member else ""
    return Invalid([{"pointer": pointer, "message": message}], "payment_refused")
