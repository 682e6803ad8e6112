"""How a verification can end: Stripe's codes, and what a person reads about each.

`last_error.code` is documented at docs.stripe.com/api/identity/verification_sessions/object; the
list itself is read off the `stripe` package.
"""

from typing import Literal, get_args, get_origin, get_type_hints

from stripe.identity import VerificationSession

REASONS = {
    "abandoned": "The verification was begun but not submitted.",
    "consent_declined": "The person did not consent to be verified by Stripe.",
    "country_not_supported": "People from this country cannot be verified.",
    "device_not_supported": "The device has no camera, or access to it was declined.",
    "document_expired": "The document has expired.",
    "document_type_not_supported": "This type of document is not accepted here.",
    "document_unverified_other": "The document could not be verified.",
    "email_unverified_other": "The e-mail address could not be verified.",
    "email_verification_declined": "The person could not confirm the e-mail address.",
    "id_number_insufficient_document_data": "The document shows too little to match the ID number.",
    "id_number_mismatch": "The details do not match the ID number.",
    "id_number_unverified_other": "The ID number could not be verified.",
    "phone_unverified_other": "The phone number could not be verified.",
    "phone_verification_declined": "The person could not confirm the phone number.",
    "selfie_document_missing_photo": "The document has no picture of a face.",
    "selfie_face_mismatch": "The face does not match the document.",
    "selfie_manipulated": "The picture of the face was altered.",
    "selfie_unverified_other": "The selfie could not be verified.",
    "under_supported_age": "The person is under the age of majority.",
}

# These end the person's visit before anything is checked, so there is no report of them.
BEFORE_ANY_CHECK = frozenset(
    {
        "abandoned",
        "consent_declined",
        "country_not_supported",
        "device_not_supported",
        "under_supported_age",
    }
)


def _known_codes() -> tuple[str, ...]:
    hint = get_type_hints(VerificationSession.LastError)["code"]
    literals = [kind for kind in get_args(hint) if get_origin(kind) is Literal]
    return tuple(code for kind in literals for code in get_args(kind))


CODES = _known_codes()
CHECK_FAILURES = tuple(code for code in CODES if code not in BEFORE_ANY_CHECK)


def last_error(code: str) -> dict[str, str]:
    """Stripe's `last_error` object for a code, one that nobody knows included."""
    return {"code": code, "reason": REASONS.get(code, "The verification failed.")}
