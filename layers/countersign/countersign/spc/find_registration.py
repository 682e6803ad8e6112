"""Find a registration that was begun, for whoever may finish it, or what came of one."""

from countersign.http.idempotency import IdempotencyKey, resource_of
from countersign.spc import ceremonies, credentials, tickets
from countersign.spc.context import Context
from countersign.spc.protocol.refusals import Refused
from countersign.spc.refusals import credential_not_found
from countersign.spc.registration_ceremony import Registration, RegistrationCeremony


def own_registration(context: Context, user: str, ceremony_id: str) -> RegistrationCeremony:
    """Return a registration that this user began; raises 404 `unknown_ceremony` for any other, such
    as one that was begun with a ticket.
    """
    ceremony = ceremonies.load(context.table, RegistrationCeremony, ceremony_id)
    if ceremony.user != user or ceremony.ticket is not None:
        raise Refused("unknown_ceremony")
    return ceremony


def ticketed_registration(context: Context, token: str, ceremony_id: str) -> RegistrationCeremony:
    """Return a registration that was begun with this ticket; raises 404 `unknown_ticket`, and 404
    `unknown_ceremony` for any other.
    """
    pk = tickets.known_pk(token)
    ceremony = ceremonies.load(context.table, RegistrationCeremony, ceremony_id)
    if ceremony.ticket != pk:
        raise Refused("unknown_ceremony")
    return ceremony


def finished_registration(context: Context, key: IdempotencyKey | None) -> Registration | None:
    """Return what came of the registration that a key stands for; `None` where it stands for none.

    Raises 409 `idempotency_key_reused` for another body, and 404 `credential_not_found` once the
    credential is removed.
    """
    ceremony_id = resource_of(context.table, key) if key else None
    if ceremony_id is None:
        return None
    ceremony = ceremonies.load_kept(context.table, RegistrationCeremony, ceremony_id)
    found = ceremony.registration
    if found is None or not credentials.load_own(context.table, ceremony.user, found.credential_id):
        raise credential_not_found()
    return found
