"""Beginning a registration: what the browser is asked to create, and under which ceremony."""

from typing import Any

from countersign.problems import Problem
from countersign.spc import ceremonies, credentials
from countersign.spc.context import Context, relying_party
from countersign.spc.protocol.credential import ES256, RS256


def request(
    context: Context, user: str, origin: str, top_origins: list[str], account_id: str | None = None
) -> dict[str, Any]:
    """Begin a registration on the page at `origin`, which may be framed by `top_origins`, those of
    the merchant with this account; returns the ceremony and
    `PublicKeyCredentialCreationOptionsJSON`.
    """
    relying_party(context)
    handle = credentials.user_handle(context.table, user)
    ids = credentials.credential_ids(context.table, user)
    if len(ids) >= credentials.MOST_CREDENTIALS:
        raise too_many()
    members = {"origin": origin, "top_origins": top_origins, "account_id": account_id}
    members |= {"user_handle": handle, "known": ids}
    ceremony_id = ceremonies.begin(context.table, "registration", user, members, context.now())
    return again(context, ceremony_id)


def again(context: Context, ceremony_id: str) -> dict[str, Any]:
    """What is told of a ceremony that was begun."""
    item = ceremonies.load(context.table, "registration", ceremony_id)
    challenge = ceremonies.challenges(ceremony_id)[0]
    options = _options(context, item["user_handle"], item["known"], challenge)
    return {"ceremony_id": ceremony_id, "publicKey": options}


def _options(context: Context, handle: str, ids: list[str], challenge: str) -> dict[str, Any]:
    """What the browser is asked to create, chosen as SPC, section 3.2 requires."""
    rp_id, name = relying_party(context)
    return {
        "rp": {"id": rp_id, "name": name},
        "user": {"id": handle, "name": name, "displayName": name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (ES256, RS256)],
        "timeout": ceremonies.LASTS * 1000,
        "excludeCredentials": [
            {"type": "public-key", "id": entry, "transports": ["internal"]} for entry in ids
        ],
        "authenticatorSelection": {
            "authenticatorAttachment": "platform",
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
        "extensions": {"payment": {"isPayment": True}},
    }


def too_many() -> Problem:
    """409: a wallet holds only so many credentials, whose ids all go into each request."""
    return Problem(
        409,
        "too_many_credentials",
        f"A wallet has at most {credentials.MOST_CREDENTIALS} credentials. Remove one first.",
    )
