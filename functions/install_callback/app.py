"""Install links: merchants connect their Stripe accounts, and say what they may be used for."""

from countersign.prepare import prepare  # isort: split

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

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
from countersign.context import context_for
from countersign.crypto.token_keys import token_keys
from countersign.http.api import (
    IdempotencyHeader,
    caller_of,
    create_api,
    idempotency_key_of,
    person_of,
    serve,
)
from countersign.http.edge import (
    Caller,
    HttpEvent,
    HttpResponse,
    as_problem,
    cookies,
    public_origin,
)
from countersign.http.idempotency import create_once
from countersign.http.rehearse import rehearse
from countersign.http.return_url import check_return_url, with_query
from countersign.installs import access
from countersign.installs.callback import CanceledCallback, parse_callback
from countersign.installs.cancel_link import cancel_link
from countersign.installs.confirm_installation import confirm_pending
from countersign.installs.connect_account import Connected, connect_account
from countersign.installs.context import Context, context
from countersign.installs.create_link import CALLBACK, Link, create_link
from countersign.installs.disconnect_account import disconnect_account
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.installation_view import view
from countersign.installs.list_installations import list_installations_of
from countersign.installs.read_installation import read_installation
from countersign.pages.documents import wants_html
from countersign.pages.refusal_pages import refusal_response
from countersign.problems import Problem
from countersign.settings import require_settings, settings
from countersign.stripe_api.keys import deployment_is_live

require_settings(
    "DEPLOYMENT",
    "STRIPE_MODE",
    "APP_SECRET",
    "INSTALLS_TABLE",
    "PAYMENTS_TABLE",
    "SPC_TABLE",
    "STEP_UP_TABLE",
    "STRIPE_SECRET",
    "TOKEN_SECRET",
)

api = create_api()

COOKIE = "__Host-countersign-install"
COOKIE_AGE = 3600
"""Seconds that a browser keeps the cookie after its last link. A link itself lasts 15 minutes."""

AccountId = Annotated[str, Path(description="A connected account, `acct_…`.")]
DEFAULT = CreateLink()
"""The request of an empty body."""


@api.post("/install-links", tags=["Install links"], status_code=201)
def create_install_link(
    request: Annotated[CreateLink, Body()] = DEFAULT,
    idempotency_key: IdempotencyHeader = None,
) -> Response[InstallLink]:
    """Create a link that installs the Stripe App on an account of the caller, in this browser."""
    if request.return_to is not None:
        check_return_url(request.return_to, settings().allowed_return_urls, "return_to")
    link = _link_once(request.return_to or "", idempotency_key)
    body = InstallLink(url=link.url, expires_at=link.expires_at)
    set_cookies = [_cookie(link.cookie)] if link.cookie else []
    return Response(201, content_type="application/json", body=body, cookies=set_cookies)


@api.get(CALLBACK, tags=["Install links"], status_code=303)
def return_from_stripe() -> Response[str]:
    """Receive the browser that Stripe's marketplace sends back, with `user_id`, `account_id`,
    `state`, `install_signature` and in test mode `livemode=false`, or with `error`.
    """
    event = _event()
    callback, known = parse_callback(event.get("rawQueryString") or ""), cookies(event, COOKIE)
    if isinstance(callback, CanceledCallback):
        cancel_link(context(), callback.state, known)
        return _redirect("/not-connected")
    return _redirect(_target(connect_account(context(), callback, known)))


@api.get("/installations", tags=["Install links"])
def list_installations(
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,10}\.acct_[A-Za-z0-9_]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> InstallationList:
    """List the caller's installations, newest first."""
    found, following = list_installations_of(context(), caller_of(api).user, cursor, limit)
    return InstallationList(data=[_shown(entry) for entry in found], next_cursor=following)


@api.get("/installations/<account_id>", tags=["Install links"])
def get_installation(account_id: AccountId) -> InstallationView:
    """Return an installation of the caller, as Stripe has it now and then."""
    caller = caller_of(api)
    return _shown(read_installation(_own_context(caller), caller.user, account_id))


@api.patch("/installations/<account_id>", tags=["Install links"])
def edit_installation(
    account_id: AccountId, request: Annotated[EditInstallation, Body()]
) -> InstallationView:
    """Set what payers are shown of the merchant, and who may act for the account."""
    caller = person_of(api)
    installation = access.require_holder(context(), caller.user, account_id)
    members = request.model_dump(exclude_unset=True)
    return _shown(edit_members(_own_context(caller), installation, members))


@api.delete("/installations/<account_id>", tags=["Install links"])
def delete_installation(
    account_id: AccountId,
    force: Annotated[bool, Query(description="Leave open what cannot be closed now.")] = False,
) -> InstallationView:
    """Settle or cancel the open payments of the account, and uninstall the app from it, at Stripe
    and here.
    """
    caller = person_of(api)
    installation = access.require_holder(context(), caller.user, account_id)
    end = partial(disconnect_account, _own_context(caller), installation)
    return _shown(_end(installation, end, force=force) if installation.stands else end())


@api.post("/installations/<account_id>/confirm", tags=["Install links"])
def confirm_installation(
    account_id: AccountId, request: Annotated[Confirm, Body()]
) -> InstallationView:
    """Finish an installation that was left pending, where install links are not bound to a browser
    (INSTALL_BINDING=off).
    """
    confirmed = confirm_pending(context(), person_of(api).user, account_id, request.confirmation)
    return _shown(confirmed)


@api.get("/installations/<account_id>/account", tags=["Install links"])
def get_connected_account(account_id: AccountId) -> dict[str, Any]:
    """Return the connected account as Stripe has it, to its holder and the clients that the holder
    has listed.
    """
    caller = caller_of(api)
    installation = access.require_may_act(context(), caller.user, account_id)
    return access.read_account(_own_context(caller), installation).body


def _end(
    installation: Installation, end: Callable[[], Installation], *, force: bool
) -> Installation:
    """End an installation with its payments: only then are they imported."""
    from countersign.payments.close_payments import end_with_payments
    from countersign.payments.context import contexts

    return end_with_payments(contexts(), installation, end, force=force)


def _own_context(caller: Caller) -> Context:
    """Return the context in which a person's requests to Stripe are counted."""
    return context_for(context(), caller)


def _link_once(return_to: str, key: str | None) -> Link:
    """Create the link, under the `Idempotency-Key` if the caller sent one. A repeated key gets a
    link with a new state, since the first state is stored only as a hash.
    """
    user, event = person_of(api).user, _event()

    def create() -> Link:
        return create_link(context(), user, public_origin(event), return_to, cookies(event, COOKIE))

    named = idempotency_key_of(api, user, key)
    return create_once(context().table, named, lambda: ("link", create()), lambda _: create())


def _target(connected: Connected) -> str:
    """Return where the browser goes next, with the account and the confirmation if there is any."""
    target = connected.return_to or "/connected"
    # The deployment chose the page that gets a confirmation; the creator of the link, who may be
    # an attacker, chose its query.
    if connected.confirmation:
        target = target.partition("?")[0]
    target = with_query(target, "account_id", connected.account_id)
    # A fragment reaches neither a server nor its logs.
    return f"{target}#confirmation={connected.confirmation}" if connected.confirmation else target


def _cookie(value: str) -> Cookie:
    """Return the cookie that binds a link to a browser: `Lax`, since the browser comes back from
    another site, and for this host alone (RFC 6265bis, section 4.1.3.2).
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


def _redirect(target: str) -> Response[str]:
    headers = {"Location": target, "Referrer-Policy": "no-referrer"}
    return Response(status_code=303, content_type="text/plain", body="", headers=headers)


def _shown(installation: Installation) -> InstallationView:
    shown = view(installation, livemode=deployment_is_live(), now=context().now())
    return InstallationView.model_validate(shown)


def _event() -> HttpEvent:
    return api.current_event.raw_event


def _refuse(event: HttpEvent, problem: Problem) -> HttpResponse:
    """Return a page to the person that Stripe sent back, a problem to a program."""
    if event["rawPath"] != CALLBACK:
        return as_problem(event, problem)
    count("InstallRefused")
    logger.warning("install refused", extra={"code": problem.code})
    return refusal_response(event, problem) if wants_html(event) else as_problem(event, problem)


handler = serve(api, "GET, POST, PATCH, DELETE", refuse=_refuse, with_cookies=True)

prepare(
    lambda: context().table.connect(),
    token_keys,
    rehearsal=lambda: rehearse(api, "POST", "/install-links"),
)
