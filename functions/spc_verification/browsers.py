"""The browsers that a payer's credentials were used in: trusting and removing them."""

from datetime import UTC, datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from calls import (
    CredentialId,
    api,
    event,
    nothing,
    own_credential,
    shown,
)
from models import Approval, CredentialView, TrustBrowser

from countersign.http.api import IdempotencyHeader, caller_of
from countersign.http.api import idempotency_key as key_of
from countersign.http.edge import header, public_origin
from countersign.http.idempotency import honour
from countersign.pages.languages import messages, negotiate
from countersign.spc import approve_browser, browsers, credentials
from countersign.spc.context import context
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.terms import Instrument

KeyId = Annotated[str, Path(max_length=64, description="A browser of the credential's.")]
ALONE = TrustBrowser()
"""What an empty body asks for: to trust a browser on the caller's sign-in alone."""
BROWSER = "/spc-credentials/<credential_id>/browser-keys/<key_id>"


@api.post(f"{BROWSER}/approval-request", tags=["Payment confirmation"])
def ask_approval(
    credential_id: CredentialId, key_id: KeyId, idempotency_key: IdempotencyHeader = None
) -> Approval:
    """What the wallet's page is to show in a trusted browser, so that its owner trusts this one."""
    user = caller_of(api).subject

    def create() -> tuple[str, dict[str, Any]]:
        credential = own_credential(user, credential_id)
        origin = public_origin(event())
        told = approve_browser.request(
            context(), credential, key_id, origin, _named(credential, key_id)
        )
        return told["ceremony_id"], told

    def again(ceremony_id: str) -> dict[str, Any]:
        return approve_browser.again(context(), ceremony_id)

    key = key_of(api, user, idempotency_key)
    return Approval.model_validate(honour(context().table, key, create, again))


@api.post(f"{BROWSER}/trust", tags=["Payment confirmation"])
def trust_browser(
    credential_id: CredentialId, key_id: KeyId, request: Annotated[TrustBrowser, Body()] = ALONE
) -> CredentialView:
    """Trust a browser: with the answer to an approval, or without while none is trusted."""
    credential = own_credential(caller_of(api).subject, credential_id)
    if request.ceremony_id is None:
        return shown(approve_browser.trust(context(), credential, key_id))
    response = parse_authentication_response(request.credential, request.browser_bound_signature)
    return shown(
        approve_browser.approve(context(), credential, key_id, request.ceremony_id, response)
    )


@api.delete(BROWSER, tags=["Payment confirmation"], status_code=204)
def remove_browser(credential_id: CredentialId, key_id: KeyId) -> Response[str]:
    """Forget a browser of a credential: when it is next used in it, it is new again."""
    user = caller_of(api).subject
    own_credential(user, credential_id)
    if not credentials.remove_browser(context().table, user, credential_id, key_id):
        raise browsers.not_found()
    return nothing()


def _named(credential: dict[str, Any], key_id: str) -> Instrument:
    """The browser in the caller's words. The icon is a favour: a browser that can not load it is
    not to be refused.
    """
    browser = browsers.browser_of(credential, key_id)
    words = messages(negotiate(header(event(), "accept-language") or ""))
    seen = datetime.fromtimestamp(browser["created"], UTC)
    return Instrument(
        display_name=words["approval.browser"].replace("{time}", f"{seen:%Y-%m-%d %H:%M} UTC"),
        icon=f"{public_origin(event())}/assets/icon.svg",
        icon_must_be_shown=False,
        details=words["approval.nothing"],
    )
