"""Create install links, and receive the browsers that come back from Stripe's marketplace."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from calls import api
from models import CreateLink, InstallLink

from countersign.http.api import IdempotencyHeader, idempotency_key_of, person_of
from countersign.http.edge import HttpEvent, cookies, public_origin
from countersign.http.idempotency import create_once
from countersign.http.return_url import check_return_url, with_query
from countersign.installs.callback import CanceledCallback, parse_callback
from countersign.installs.cancel_link import cancel_link
from countersign.installs.connect_account import Connected, connect_account
from countersign.installs.context import context
from countersign.installs.create_link import CALLBACK, Link, create_link
from countersign.settings import settings

COOKIE = "__Host-countersign-install"
COOKIE_AGE = 3600
"""Seconds that a browser keeps the cookie after its last link. A link itself lasts 15 minutes."""

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


def _event() -> HttpEvent:
    return api.current_event.raw_event
