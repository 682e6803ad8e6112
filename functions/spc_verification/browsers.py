"""Trust and remove the browsers that a payer's credentials were used in."""

from datetime import UTC, datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from calls import CredentialId, api, event, nothing, own_credential, standing, view_of
from models import ApprovalDialog, CredentialView, TrustBrowser

from countersign.http.api import IdempotencyHeader, idempotency_key_of, person_of
from countersign.http.edge import header, public_origin
from countersign.http.idempotency import create_once
from countersign.pages.languages import messages, negotiate
from countersign.spc import credentials
from countersign.spc.begin_approval import approval_dialog, begin_approval
from countersign.spc.context import context
from countersign.spc.credential_record import CredentialRecord
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.terms import Instrument
from countersign.spc.refusals import browser_not_found

KeyId = Annotated[str, Path(max_length=64, description="One of the credential's browsers.")]
ALONE = TrustBrowser()
"""An empty body: the caller's sign-in alone."""
BROWSER = "/spc-credentials/<credential_id>/browser-keys/<key_id>"


@api.post(f"{BROWSER}/approval-request", tags=["Payment confirmation"])
def ask_approval(
    credential_id: CredentialId, key_id: KeyId, idempotency_key: IdempotencyHeader = None
) -> ApprovalDialog:
    """Begin an approval, and return what the wallet's page shows in a trusted browser so that the
    owner approves this one.
    """
    user = person_of(api).user

    def create() -> tuple[str, dict[str, Any]]:
        credential = own_credential(user, credential_id)
        origin, named = public_origin(event()), _named(credential, key_id)
        begun = begin_approval(context(), credential, key_id, origin, named, standing)
        return begun["ceremony_id"], begun

    def again(ceremony_id: str) -> dict[str, Any]:
        return approval_dialog(context(), ceremony_id)

    key = idempotency_key_of(api, user, idempotency_key)
    return ApprovalDialog.model_validate(create_once(context().table, key, create, again))


@api.post(f"{BROWSER}/trust", tags=["Payment confirmation"])
def trust_browser(
    credential_id: CredentialId, key_id: KeyId, request: Annotated[TrustBrowser, Body()] = ALONE
) -> CredentialView:
    """Trust a browser with what the one is trusted for that answers an approval. The caller's
    sign-in alone gives nothing.
    """
    from countersign.spc.approve_browser import approve_browser

    credential = own_credential(person_of(api).user, credential_id)
    credential.browser(key_id)
    if request.ceremony_id is None:
        raise Refused("trusted_browser_required")
    response = parse_authentication_response(request.credential, request.browser_bound_signature)
    approving = request.ceremony_id, response, standing
    return view_of(approve_browser(context(), credential, key_id, *approving))


@api.delete(BROWSER, tags=["Payment confirmation"], status_code=204)
def remove_browser(credential_id: CredentialId, key_id: KeyId) -> Response[str]:
    """Forget a browser of a credential. It is new again when the credential is next used in it."""
    user = person_of(api).user
    own_credential(user, credential_id)
    if not credentials.remove_browser(context().table, user, credential_id, key_id):
        raise browser_not_found()
    return nothing()


def _named(credential: CredentialRecord, key_id: str) -> Instrument:
    """Return the name of a browser in the caller's language. Its icon need not be shown: a browser
    that cannot load it can still approve.
    """
    browser = credential.browser(key_id)
    words = messages(negotiate(header(event(), "accept-language") or ""))
    seen = datetime.fromtimestamp(browser.created, UTC)
    return Instrument(
        display_name=words["approval.browser"].replace("{time}", f"{seen:%Y-%m-%d %H:%M} UTC"),
        icon=f"{public_origin(event())}/assets/icon.svg",
        icon_must_be_shown=False,
        details=words["approval.nothing"],
    )
