"""What does not fit between what was decided and what was authorized, in words. Pure."""

from typing import Literal

Misfit = Literal[
    "another_payment",
    "mode_differs",
    "amount_differs",
    "capture_method_differs",
    "customer_differs",
    "fee_differs",
    "another_account",
    "card_differs",
    "network_differs",
    "proof_missing",
    "exemption_not_applied",
    "decision_over",
    "refunded",
    "disputed",
    "review_refused",
    "hold_over",
]
"""What does not fit."""

MEANINGS: dict[Misfit, str] = {
    "another_payment": "the PaymentIntent does not name this payment",
    "mode_differs": "it is of the other mode",
    "amount_differs": "the charge has another amount or currency",
    "capture_method_differs": "it was changed from manual capture or manual confirmation",
    "customer_differs": "it has another customer",
    "fee_differs": "it has another application fee",
    "another_account": "it is on behalf of another account, or money goes to one",
    "card_differs": "another card was charged than was decided about",
    "network_differs": "it ran on a network that the card does not have, or that the payer did not"
    " choose",
    "proof_missing": "the result of 3-D Secure is not one with which it may be captured",
    "exemption_not_applied": "an exemption was asked for and not applied, and nobody authenticated",
    "decision_over": "the attempt began when its decision did not count, or was against it",
    "refunded": "money was given back already",
    "disputed": "the payer disputes it",
    "review_refused": "Stripe's review has ended and did not approve it",
    "hold_over": "the hold has ended, or ends within the hour",
}
