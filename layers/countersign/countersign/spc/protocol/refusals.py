"""The refusals of a payment confirmation, each with its code and what it means. Pure."""

from countersign.problems import Problem

_DETAILS = {
    "unknown_ceremony": "There is no such ceremony.",
    "ceremony_expired": "The ceremony is over; ask for a new request.",
    "ceremony_already_used": "The ceremony was used, or tried too often; ask for a new request.",
    "payment_not_waiting": "The payment is not waiting for a confirmation any more.",
    "malformed_credential": "The credential can not be read.",
    "wrong_type": "The client data is not of the type that is asked for.",
    "wrong_challenge": "The challenge is not this ceremony's.",
    "wrong_origin": "The confirmation was not asked for by an origin that may.",
    "wrong_top_origin": "The confirmation was not shown in a page that may show it.",
    "wrong_rp_id": "The confirmation is for another relying party.",
    "wrong_payee": "The payer was shown another payee.",
    "wrong_total": "The payer was shown another amount.",
    "wrong_instrument": "The payer was shown another instrument.",
    "wrong_logos": "The payer was shown other logos.",
    "unknown_credential": "The credential is not one that was asked for.",
    "user_not_verified": "The authenticator did not verify the user.",
    "user_not_present": "The authenticator did not see the user.",
    "invalid_authenticator_data": "The authenticator data is malformed or contradicts itself.",
    "invalid_signature": "The signature does not fit.",
    "invalid_browser_bound_key": "The browser bound key or its signature does not fit.",
    "trusted_browser_required": "A new browser is trusted by its owner's approval in a browser that"
    " is trusted already, on the wallet's page there, or by a payment's 3-D Secure in the new one.",
    "counter_regressed": "The authenticator's counter did not go up: it may have been copied.",
}
CODES = tuple(_DETAILS)
_STATUS = {
    "unknown_ceremony": 404,
    "ceremony_expired": 410,
    "ceremony_already_used": 409,
    "payment_not_waiting": 409,
    "trusted_browser_required": 403,
}


class Refused(Problem):
    """A refused answer; `code` is one of the contract's."""

    def __init__(self, code: str) -> None:
        super().__init__(_STATUS.get(code, 400), code, _DETAILS[code])
