"""A payer's credentials: registering them, and the browsers they were used in."""

from dataclasses import asdict
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from calls import IdempotencyHeader, api, checkout_origins_of, event, nothing, subject
from models import (
    BeginRegistration,
    CredentialList,
    CredentialView,
    FinishRegistration,
    Registered,
    Registration,
)

from countersign.api import idempotency_key as key_of
from countersign.edge import public_origin
from countersign.idempotency import honour
from countersign.pages.documents import framed_page_answer, page_answer
from countersign.problems import Problem
from countersign.spc import registering, wallet
from countersign.spc.desk import desk
from countersign.spc.registration_answer import parse_registration

CredentialId = Annotated[str, Path(description="A payment credential of the caller's.")]
ANY = BeginRegistration()
"""What an empty body asks for."""


@api.post("/spc-register-request", tags=["Payment confirmation"])
def begin_registration(
    request: Annotated[BeginRegistration, Body()] = ANY, idempotency_key: IdempotencyHeader = None
) -> Registration:
    """Options to register a payment credential with."""
    user, framed_by = subject(), checkout_origins_of(request.account_id)

    def create() -> tuple[str, dict[str, Any]]:
        begun = registering.request(desk(), user, public_origin(event()), framed_by)
        return begun["ceremony_id"], begun

    def again(ceremony_id: str) -> dict[str, Any]:
        return registering.again(desk(), ceremony_id)

    key = key_of(api, user, idempotency_key)
    return Registration.model_validate(honour(desk().table, key, create, again))


@api.post("/spc-register-response", tags=["Payment confirmation"], status_code=201)
def finish_registration(
    request: Annotated[FinishRegistration, Body()], idempotency_key: IdempotencyHeader = None
) -> Registered:
    """Store the payment credential that the browser has made."""
    user = subject()

    def create() -> tuple[str, Registered]:
        answer = parse_registration(request.credential, request.browser_bound_signature)
        made = registering.register(desk(), user, request.ceremony_id, answer)
        return made.credential_id, Registered.model_validate(asdict(made))

    def again(credential_id: str) -> Registered:
        known = registering.registered(_own_credential(user, credential_id))
        return Registered.model_validate(asdict(known))

    return honour(desk().table, key_of(api, user, idempotency_key), create, again)


@api.get("/spc-credentials", tags=["Payment confirmation"])
def list_credentials() -> CredentialList:
    """The caller's payment credentials, newest first."""
    found = wallet.credentials_of(desk().table, subject())
    return CredentialList(data=[_shown(item) for item in found], next_cursor=None)


@api.delete("/spc-credentials/<credential_id>", tags=["Payment confirmation"], status_code=204)
def remove_credential(credential_id: CredentialId) -> Response[str]:
    """Forget a payment credential of the caller's."""
    user = subject()
    _own_credential(user, credential_id)
    wallet.remove(desk().table, user, credential_id)
    return nothing()


@api.post(
    "/spc-credentials/<credential_id>/browser-keys/<key_id>/trust", tags=["Payment confirmation"]
)
def trust_browser(
    credential_id: CredentialId, key_id: Annotated[str, Path(max_length=64)]
) -> CredentialView:
    """Trust a browser that one of the caller's credentials was used in."""
    item = wallet.trust(desk().table, _own_credential(subject(), credential_id), key_id)
    if item is None:
        raise Problem(404, "browser_key_not_found", "There is no such browser of this credential.")
    return _shown(item)


@api.get("/wallet/register", include_in_schema=False)
def show_framed_registration(
    account_id: Annotated[str, Query(max_length=255)] = "",
) -> Response[str]:
    """The page that registers a credential inside a merchant's page."""
    try:
        ancestors = checkout_origins_of(account_id)
    except Problem:
        page = page_answer(event(), "not_found", 404)
    else:
        page = framed_page_answer(event(), "wallet_register", ancestors)
    return Response(page["statusCode"], body=page["body"], headers=page["headers"])


def _own_credential(user: str, credential_id: str) -> dict[str, Any]:
    """A credential of the caller's; 404 for somebody else's, as for one that does not exist."""
    item = wallet.load_own(desk().table, user, credential_id)
    if item is None:
        raise Problem(404, "credential_not_found", "There is no such credential of yours.")
    return item


def _shown(item: dict[str, Any]) -> CredentialView:
    return CredentialView.model_validate(wallet.view(item))
