"""The refusals of a response, each with its code, what happened and what to do. Pure."""

from countersign.problems import Problem

_AS_IT_CAME = "Pass the request to the browser as it came."
_AGAIN = "Ask for a new request and try again."
_DETAILS = {
    "unknown_ceremony": f"There is no such ceremony. {_AGAIN}",
    "ceremony_expired": f"The ceremony has expired. {_AGAIN}",
    "ceremony_already_used": f"The ceremony was used already, or tried too often. {_AGAIN}",
    "malformed_credential": "The credential cannot be read."
    " Send what the browser's `PublicKeyCredential.toJSON()` returns.",
    "wrong_type": "The client data is of another type of ceremony."
    " Send each response to the ceremony that it belongs to.",
    "wrong_challenge": "The challenge is not this ceremony's."
    " Send each response to the ceremony that it belongs to.",
    "wrong_origin": "The page's origin is not allowed."
    " Call from an origin that is registered for this.",
    "wrong_top_origin": "The page was framed by an origin that is not allowed."
    " Show it in a page whose origin is registered for this.",
    "wrong_rp_id": f"The confirmation is for another relying party. {_AS_IT_CAME}",
    "wrong_payee": f"The payer was shown another payee. {_AS_IT_CAME}",
    "wrong_total": f"The payer was shown another amount. {_AS_IT_CAME}",
    "wrong_instrument": f"The payer was shown another instrument. {_AS_IT_CAME}",
    "wrong_logos": f"The payer was shown other logos. {_AS_IT_CAME}",
    "unknown_credential": f"The credential is not one that was asked for. {_AS_IT_CAME}",
    "credential_suspended": "The credential can no longer answer, so it is suspended."
    " Register a new one in the wallet, and pay with 3-D Secure meanwhile.",
    "user_not_verified": f"The authenticator did not verify the user. {_AGAIN}",
    "user_not_present": f"The authenticator did not check that the user is present. {_AGAIN}",
    "invalid_authenticator_data": "The authenticator data is malformed, contradicts itself or is"
    f" for another relying party. {_AGAIN}",
    "invalid_signature": f"The credential's signature does not match. {_AGAIN}",
    "invalid_browser_bound_key": "The browser bound key belongs to another credential."
    " Use the credential that this browser knows, or pay with 3-D Secure.",
    "trusted_browser_required": "A new browser needs the approval of one that is trusted already."
    " Approve it on the wallet's page there, or pay with 3-D Secure in the new one.",
    "counter_regressed": "The authenticator's counter did not go up, which may mean a copied"
    " credential. Remove it and register a new one.",
}
CODES = tuple(_DETAILS)
_STATUS = {
    "unknown_ceremony": 404,
    "ceremony_expired": 410,
    "ceremony_already_used": 409,
    "trusted_browser_required": 403,
}


class Refused(Problem):
    """A refused response; `code` is one of `CODES`, with status 400 unless it has its own, or the
    call gives it another.
    """

    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__(status or _STATUS.get(code, 400), code, _DETAILS[code])


class CredentialChanged(Refused):
    """A refused response whose credential is not as it was registered: its counter fell, or its
    backup eligibility is another. If the response is genuinely signed, the credential can never
    answer again.
    """
