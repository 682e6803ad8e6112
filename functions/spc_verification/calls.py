"""What the calls of this function share: the resolver, and what they ask about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from models import BrowserView, CredentialView, TrustView
from registration_models import FinishRegistration, RegisteredCredential

from countersign.formats.records import to_members
from countersign.http.api import create_api
from countersign.http.edge import HttpEvent
from countersign.http.idempotency import IdempotencyKey
from countersign.installs import access
from countersign.installs.context import context as installs_context
from countersign.installs.store import load_many
from countersign.problems import Problem
from countersign.spc import credentials
from countersign.spc.context import context
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.find_registration import finished_registration
from countersign.spc.framing import NOBODY, Framing
from countersign.spc.protocol.registration_response import parse_registration_response
from countersign.spc.refusals import credential_not_found
from countersign.spc.registration_ceremony import RegistrationCeremony
from countersign.spc.trust import standing_trusts
from countersign.spc.trust_record import NOTHING, Trust

api = create_api()

CredentialId = Annotated[str, Path(description="One of the caller's payment credentials.")]


def framing_of(account_id: str | None) -> Framing:
    """Return the merchant with this account, whose pages may frame ours; nobody without an account.
    Raises 404 `installation_not_found`.
    """
    if not account_id:
        return NOBODY
    found = access.require_merchant(installs_context(), account_id)
    return Framing(found.account_id, found.id, found.checkout_origins)


def registered(
    request: FinishRegistration,
    find: Callable[[], RegistrationCeremony],
    key: IdempotencyKey | None,
) -> RegisteredCredential:
    """Return the credential that the response to the ceremony which `find` returns has registered,
    or that the same key has registered before.
    """
    from countersign.spc.finish_registration import finish_credential_registration

    try:
        response = parse_registration_response(request.credential, request.browser_bound_signature)
        ceremony = find()
        framing = framing_of(ceremony.account_id)
        found = finish_credential_registration(context(), ceremony, response, framing, key)
    except Problem:
        earlier = finished_registration(context(), key)  # perhaps by the same request, sooner
        if earlier is None:
            raise
        found = earlier
    return RegisteredCredential.model_validate(to_members(found))


def own_credential(user: str, credential_id: str) -> CredentialRecord:
    """Return a credential of the caller; raises 404 `credential_not_found` for another user's, as
    for one that does not exist.
    """
    credential = credentials.load_own(context().table, user, credential_id)
    if credential is None:
        raise credential_not_found()
    return credential


def standing(account_ids: Iterable[str]) -> dict[str, str]:
    """Return the ids of the installations of these accounts that stand, by account."""
    wanted, found = sorted(account_ids), dict[str, str]()
    for start in range(0, len(wanted), 100):  # as many as one read takes
        known = load_many(installs_context().table, wanted[start : start + 100])
        found |= {account_id: each.id for account_id, each in known.items() if each.stands}
    return found


def view_of(credential: CredentialRecord) -> CredentialView:
    """Return a credential as its owner sees it."""
    [view] = views_of([credential])
    return view


def views_of(known: Sequence[CredentialRecord]) -> list[CredentialView]:
    """Return credentials as their owner sees them, with what they are trusted for now."""
    trusts = standing_trusts(context().table, known, standing)
    return [_view(credential, trusts.get(credential.id, {})) for credential in known]


def _view(credential: CredentialRecord, trusts: Mapping[str | None, Trust]) -> CredentialView:
    """Return a credential, its newest browser first."""
    newest = sorted(credential.browsers.items(), key=lambda each: each[1].created, reverse=True)
    alone = trusts.get(None, NOTHING)
    return CredentialView(
        credential_id=credential.id,
        created=credential.created,
        last_used=credential.last_used,
        backed_up=credential.backed_up,
        suspended=credential.is_suspended,
        trusted=TrustView(everywhere=alone.everywhere, accounts=alone.accounts),
        browser_keys=[
            BrowserView(
                id=key_id,
                status="trusted" if (trust := trusts.get(key_id, NOTHING)) else "pending",
                everywhere=trust.everywhere,
                accounts=trust.accounts,
                created=browser.created,
            )
            for key_id, browser in newest
        ],
    )


def nothing() -> Response[str]:
    """Return the response of a call that has nothing to say."""
    return Response(status_code=204, content_type="text/plain", body="")


def event() -> HttpEvent:
    """Return the event of the present request."""
    return api.current_event.raw_event
