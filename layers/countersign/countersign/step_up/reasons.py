"""Why a decision is what it is: stable codes, in the order in which they came up."""

from typing import Literal

Reason = Literal[
    "rule",
    "default",
    "signed_assurance",
    "wallet_token",
    "left_to_stripe",
    "google_pay_assurance",
    "authentication_expected",
    "off_session",
    "not_saved",
    "confirmation_unavailable",
    "device_token_without_3ds",
    "no_method_left",
    "claimed_assurance_not_signed",
    "signed_assurance_denied",
    "claim_contradicts",
    "claim_raises",
    "claim_set_aside",
    "acquirer_country_differs",
    "reviewed",
    "decided_before",
]

MEANINGS: dict[Reason, str] = {
    "rule": "the named rule says so",
    "default": "no rule is about this payment",
    "signed_assurance": "Google has signed that the cardholder was authenticated",
    "wallet_token": "Stripe has read a device's own card number, for which its issuer answers",
    "left_to_stripe": "the rule leaves the authentication to Stripe's own engine",
    "google_pay_assurance": "a Google Pay card without that: no rule can spare it a step-up",
    "authentication_expected": "the payer's authentication is expected between these countries,"
    " or may be, since one of them is not known",
    "off_session": "the payer is not present",
    "not_saved": "Stripe shows no saving of this card for payments without the payer",
    "confirmation_unavailable": "the payer cannot be asked for a confirmation that suffices",
    "device_token_without_3ds": "a device's own card number cannot do 3-D Secure",
    "no_method_left": "this card supports no required method: ask for another card",
    "claimed_assurance_not_signed": "the browser claims what Google has not signed",
    "signed_assurance_denied": "the browser denies what Google has signed, and more is required",
    "claim_contradicts": "another wallet, network or funding is claimed than is known",
    "claim_raises": "with what is only claimed, more is required: decided with it",
    "claim_set_aside": "without what the browser claims, more is required: decided without it",
    "acquirer_country_differs": "the merchant's account is in another country than the caller says",
    "decided_before": "an earlier decision on this card, for the same payment, required more",
    "reviewed": "a review has ended: what comes before this says why it was asked for",
}
"""What each code means."""
