"""Begin a registration: what the browser is asked to create, and under which ceremony."""

from typing import Any

from countersign.spc import ceremonies, credentials
from countersign.spc.context import Context, relying_party
from countersign.spc.protocol.credential import ES256, RS256
from countersign.spc.refusals import too_many_credentials
from countersign.spc.registration_ceremony import RegistrationCeremony


def begin_credential_registration(
    context: Context, user: str, origin: str, top_origins: list[str], account_id: str | None = None
) -> dict[str, Any]:
    """Begin a registration on the page at `origin`, which pages at `top_origins` may frame: those
    of the merchant with this account. Return the ceremony and the
    `PublicKeyCredentialCreationOptionsJSON`.

    Raises 409 `too_many_credentials` for a user whose wallet is full.
    """
    relying_party(context)
    handle = credentials.user_handle(context.table, user)
    if len(credentials.credential_ids(context.table, user)) >= credentials.MOST_CREDENTIALS:
        raise too_many_credentials(credentials.MOST_CREDENTIALS)
    now = context.now()
    ceremony = RegistrationCeremony(
        id=ceremonies.new_id(),
        user=user,
        began_at=now,
        ends_at=now + ceremonies.LIFETIME,
        origin=origin,
        top_origins=tuple(top_origins),
        account_id=account_id,
        user_handle=handle,
        known=tuple(each.id for each in credentials.usable_of(context.table, user)),
    )
    ceremonies.begin(context.table, ceremony)
    return _shown(context, ceremony)


def registration_options(context: Context, ceremony_id: str) -> dict[str, Any]:
    """Return what the browser is to create in a registration that was begun. Raises 409
    `ceremony_already_used` or `ceremony_expired` once it is over.
    """
    now = context.now()
    ceremony = ceremonies.load_again(context.table, RegistrationCeremony, ceremony_id, now)
    return _shown(context, ceremony)


def _shown(context: Context, ceremony: RegistrationCeremony) -> dict[str, Any]:
    challenge = ceremonies.challenges(ceremony.id)[0]
    return {"ceremony_id": ceremony.id, "publicKey": _options(context, ceremony, challenge)}


def _options(context: Context, ceremony: RegistrationCeremony, challenge: str) -> dict[str, Any]:
    """Return the options as SPC, section 3.2 requires them."""
    rp_id, name = relying_party(context)
    return {
        "rp": {"id": rp_id, "name": name},
        "user": {"id": ceremony.user_handle, "name": name, "displayName": name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (ES256, RS256)],
        "timeout": ceremonies.LIFETIME * 1000,
        "excludeCredentials": [
            {"type": "public-key", "id": entry, "transports": ["internal"]}
            for entry in ceremony.known
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
