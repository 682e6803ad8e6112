"""Why a decision is what it is: stable codes, told in the order in which they came up."""

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
    "rule": "the rule that is named says so",
    "default": "no rule speaks of this payment",
    "signed_assurance": "Google has signed that the cardholder was authenticated",
    "google_pay_assurance": "a Google Pay card without that: no rule lets it go without a step-up",
    "strong_customer_authentication": "the law asks for 3-D Secure, or may ask for it",
    "off_session": "nobody is there to be asked",
    "confirmation_unavailable": "the payer can not be asked for a confirmation",
    "device_token_without_3ds": "a device's own card number can not do 3-D Secure",
    "no_method_left": "this card can do nothing that is asked for: ask for another one",
    "claimed_assurance_not_signed": "the browser claims what Google has not signed",
    "signed_assurance_denied": "the browser denies what Google has signed, and more is asked for",
    "claim_set_aside": "without what the browser claims, more is asked for: decided without it",
}
"""What each of them says."""
