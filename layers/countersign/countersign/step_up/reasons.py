"""Why a decision is what it is: stable codes, in the order in which they came up."""

from typing import Literal

Reason = Literal[
    "rule",
    "default",
    "signed_assurance",
    "google_pay_assurance",
    "strong_customer_authentication",
    "off_session",
    "confirmation_unavailable",
    "device_token_without_3ds",
    "no_method_left",
    "claimed_assurance_not_signed",
    "signed_assurance_denied",
    "claim_set_aside",
]

MEANINGS: dict[Reason, str] = {
    "rule": "the named rule says so",
    "default": "no rule is about this payment",
    "signed_assurance": "Google has signed that the cardholder was authenticated",
    "google_pay_assurance": "a Google Pay card without that: no rule can spare it a step-up",
    "strong_customer_authentication": "the law requires 3-D Secure, or may require it",
    "off_session": "the payer is not present",
    "confirmation_unavailable": "the payer cannot be asked for a confirmation",
    "device_token_without_3ds": "a device's own card number cannot do 3-D Secure",
    "no_method_left": "this card supports no required method: ask for another card",
    "claimed_assurance_not_signed": "the browser claims what Google has not signed",
    "signed_assurance_denied": "the browser denies what Google has signed, and more is required",
    "claim_set_aside": "without what the browser claims, more is required: decided without it",
}
"""What each code means."""
