"""Install links: a merchant connects a Stripe account, and what it may be used for."""

from typing import Annotated, Any
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from models import (
    Confirm,
    CreateLink,
    EditInstallation,
    InstallationList,
    InstallationView,
    InstallLink,
)

from countersign.aws.telemetry import count, logger
from countersign.http.api import IdempotencyHeader, caller_of, create_api, serve
from countersign.http.api import idempotency_key as key_of
from countersign.http.edge import (
    HttpEvent,
    HttpResponse,
    as_problem,
    cookies,
    public_origin,
)
from countersign.http.idempotency import honour
from countersign.http.return_url import check_return_url
from countersign.installs import (
    access,
    connect_account,
    disconnect_account,
)
from countersign.installs import (
    edit_installation as editing,
)
from countersign.installs import (
    list_installations as listing,
)
from countersign.installs.callback import Cancelled, parse_callback
from countersign.installs.context import context
from countersign.installs.create_link import CALLBACK, Link, create_link
from countersign.installs.installation import Installation, view
from countersign.pages.documents import wants_html
from countersign.pages.refusal_pages import refusal_response
from countersign.problems import Problem
from countersign.settings import require_settings, settings
from countersign.stripe_api.keys import deployment_is_live

require_settings("DEPLOYMENT", "INSTALLS_TABLE", "STRIPE_SECRET", "TOKEN_SECRET")

api = create_api()

COOKIE = "__Host-countersign-install"
COOKIE_AGE = 3600
"""Seconds that a browser keeps the cookie after its last link; a link itself lasts 15 minutes."""

AccountId = Annotated[str, Path(description="A connected account, `acct_…`.")]
DEFAULT = CreateLink()
"""What an empty body asks for."""


@api.post("/install-links", tags=["Install links"], status_code=201)
def create_install_link(
    request: Annotated[CreateLink, Body()] = DEFAULT,
    idempotency_key: IdempotencyHeader = None,
) -> Response[InstallLink]:
    """A link that installs the Stripe App on an account of the caller's, in this browser."""
    if request.return_to is not None:
        check_return_url(request.return_to, settings().allowed_return_urls, "return_to")
    link = _once(request.return_to or "", idempotency_key)
    made = InstallLink(url=link.url, expires_at=link.expires_at)
    kept = [_cookie(link.cookie)] if link.cookie else []
    return Response(201, content_type="application/json", body=made, cookies=kept)


@api.get(CALLBACK, tags=["Install links"], status_code=303)
def return_from_stripe() -> Response[str]:
    """Where Stripe's marketplace returns to, with `user_id`, `account_id`, `state`,
    `install_signature` and in test mode `livemode=false`, or with `error`.
    """
    event = _event()
    told, known = parse_callback(event.get("rawQueryString", "")), cookies(event, COOKIE)
    if isinstance(told, Cancelled):
        connect_account.give_up(context(), told.state, known)
        return _go_on("/not-connected")
    connected = connect_account.connect(context(), told, known)
    target = connected.return_to or "/connected"
    if connected.confirmation:  # its page is the deployment's choice, its query was the caller's
        target = target.partition("?")[0]
    target += ("&" if "?" in target else "?") + urlencode({"account_id": connected.account_id})
    # A fragment reaches neither a server nor its logs.
    fragment = f"#confirmation={connected.confirmation}" if connected.confirmation else ""
    return _go_on(target + fragment)


@api.get("/installations", tags=["Install links"])
def list_installations(
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,10}\.acct_[A-Za-z0-9_]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> InstallationList:
    """The caller's installations, newest first."""
    found, following = listing.list_installations(context(), caller_of(api).subject, cursor, limit)
    return InstallationList(data=[_shown(entry) for entry in found], next_cursor=following)


@api.get("/installations/<account_id>", tags=["Install links"])
def get_installation(account_id: AccountId) -> InstallationView:
    """An installation of the caller's."""
    return _shown(access.own(context(), caller_of(api).subject, account_id))


@api.patch("/installations/<account_id>", tags=["Install links"])
def edit_installation(
    account_id: AccountId, request: Annotated[EditInstallation, Body()]
) -> InstallationView:
    """Set what payers are shown of the merchant, and who may act for the account."""
    held = access.own(context(), caller_of(api).subject, account_id)
    return _shown(editing.edit(context(), held, request.model_dump(exclude_unset=True)))


@api.delete("/installations/<account_id>", tags=["Install links"])
def delete_installation(account_id: AccountId) -> InstallationView:
    """Uninstall the app from the account, at Stripe and here."""
    return _shown(
        disconnect_account.release(
            context(), access.own(context(), caller_of(api).subject, account_id)
        )
    )


@api.post("/installations/<account_id>/confirm", tags=["Install links"])
def confirm_installation(
    account_id: AccountId, request: Annotated[Confirm, Body()]
) -> InstallationView:
    """Finish an installation that was left pending, where install links are not bound to a browser
    (INSTALL_BINDING=off).
    """
    return _shown(
        connect_account.confirm(context(), caller_of(api).subject, account_id, request.confirmation)
    )


@api.get("/installations/<account_id>/account", tags=["Install links"])
def get_connected_account(account_id: AccountId) -> dict[str, Any]:
    """The connected account as Stripe returns it, for its holder and the clients listed by it."""
    held = access.acting_for(context(), caller_of(api).subject, account_id)
    return access.read_account(context(), held).body


def _once(return_to: str, key: str | None) -> Link:
    """Make the link, under the `Idempotency-Key` if the caller sent one; a repeated key gets a link
    with a fresh state, since the first one's is not kept.
    """
    user, event = caller_of(api).subject, _event()

    def make() -> Link:
        return create_link(context(), user, public_origin(event), return_to, cookies(event, COOKIE))

    named = key_of(api, user, key)
    return honour(context().table, named, lambda: ("link", make()), lambda _: make())


def _cookie(value: str) -> Cookie:
    """`Lax`, since the browser comes back from another site; for this host alone (RFC 6265bis,
    section 4.1.3.2).
    """
    return Cookie(
        COOKIE,
        value,
        path="/",
        max_age=COOKIE_AGE,
        secure=True,
        http_only=True,
        same_site=SameSite.LAX_MODE,
    )


def _go_on(target: str) -> Response[str]:
    headers = {"Location": target, "Referrer-Policy": "no-referrer"}
    return Response(status_code=303, content_type="text/plain", body="", headers=headers)


def _shown(installation: Installation) -> InstallationView:
    return InstallationView.model_validate(view(installation, livemode=deployment_is_live()))


def _event() -> HttpEvent:
    return api.current_event.raw_event


def _refuse(event: HttpEvent, problem: Problem) -> HttpResponse:
    """A page for the person whom Stripe sent back, a problem for a program."""
    if event["rawPath"] != CALLBACK:
        return as_problem(event, problem)
    count("InstallRefused")
    logger.warning("install refused", extra={"code": problem.code})
    return refusal_response(event, problem) if wants_html(event) else as_problem(event, problem)


handler = serve(api, "GET, POST, PATCH, DELETE", refuse=_refuse, with_cookies=True)
