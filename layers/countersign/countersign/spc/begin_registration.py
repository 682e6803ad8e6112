"""Begin a registration: what the browser is asked to create, and under which ceremony."""

from typing import Any

from countersign.crypto.users import subject_of
from countersign.spc import ceremonies, credentials
from countersign.spc.context import Context, relying_party
from countersign.spc.protocol.credential import ES256, RS256
from countersign.spc.refusals import too_many_credentials
from countersign.spc.registration_ceremony import RegistrationCeremony


def begin_credential_registration(context: Context, user: str, origin: str) -> dict[str, Any]:
    """Begin a registration on the page at `origin`, which nobody may frame. Return the ceremony and
    the `PublicKeyCredentialCreationOptionsJSON`.

    Raises 409 `too_many_credentials` for a user whose wallet is full.
    """
    ceremony = new_registration(context, user, origin)
    ceremonies.begin(context.table, ceremony)
    return shown_registration(context, ceremony)


def new_registration(context: Context, user: str, origin: str) -> RegistrationCeremony:
    """Return a registration that is about to begin, on the page at `origin`. Raises as
    `begin_credential_registration` does.
    """
    relying_party(context)
    handle = credentials.user_handle(context.table, user)
    if len(credentials.credential_ids(context.table, user)) >= credentials.MOST_CREDENTIALS:
        raise too_many_credentials(credentials.MOST_CREDENTIALS)
    now = context.now()
    return RegistrationCeremony(
        id=ceremonies.new_id(),
        user=user,
        began_at=now,
        ends_at=now + ceremonies.LIFETIME,
        origin=origin,
        user_handle=handle,
        known=tuple(each.id for each in credentials.usable_of(context.table, user)),
    )


def registration_options(context: Context, ceremony_id: str) -> dict[str, Any]:
    """Return what the browser is to create in a registration that was begun. Raises 409
    `ceremony_already_used` or `ceremony_expired` once it is over.
    """
    now = context.now()
    ceremony = ceremonies.load_again(context.table, RegistrationCeremony, ceremony_id, now)
    return shown_registration(context, ceremony)


def shown_registration(context: Context, ceremony: RegistrationCeremony) -> dict[str, Any]:
    """Return a registration as the browser that begins it sees it."""
    challenge = ceremonies.challenges(ceremony.id)[0]
    return {"ceremony_id": ceremony.id, "publicKey": _options(context, ceremony, challenge)}


def _options(context: Context, ceremony: RegistrationCeremony, challenge: str) -> dict[str, Any]:
    """Return the options as SPC, section 3.2 requires them. Where a ticket says whose wallet it is,
    and not a sign-in in this window, the options name that person as the business does.
    """
    rp_id, rp_name = relying_party(context)
    name = subject_of(ceremony.user) if ceremony.ticket else rp_name
    return {
        "rp": {"id": rp_id, "name": rp_name},
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
