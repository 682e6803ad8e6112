"""The pages of Countersign, their assets, and what any site may fetch: the browser module, the
public settings and the API's description. Everything is read once, from files.
"""

from countersign.prepare import prepare  # isort: split

from typing import Any

from resources import public_settings, static

from countersign import __version__
from countersign.http.edge import (
    HttpEvent,
    HttpResponse,
    boundary,
    json_response,
)
from countersign.pages.documents import document, page_response, wants_html
from countersign.pages.languages import LANGUAGES
from countersign.problems import Problem
from countersign.settings import require_settings, settings

require_settings("DEPLOYMENT", "STRIPE_MODE", "ISSUER")

PAGES = {
    "/": "home",
    "/verify": "verify",
    "/confirmation": "confirmation",
    "/signed-in": "signed_in",
    "/connect": "connect",
    "/connected": "connected",
    "/not-connected": "not_connected",
    "/payment-return": "payment_return",
    "/wallet": "wallet",
    "/wallet/ticket": "wallet_ticket",
}
"""The page at each path."""
_DROPS_QUERY = "/payment-return"
"""Where Stripe may send a payer back to, with the secret of the PaymentIntent in the query."""
_METHODS = ("GET", "HEAD")


def handler(event: HttpEvent, context: Any) -> HttpResponse:
    """Answer a GET of an HTTP API, and a HEAD as a GET without a body (RFC 9110, section 9.3.2)."""
    response = _answer(event, context)
    return response | {"body": ""} if _method(event) == "HEAD" else response


@boundary
def _answer(event: HttpEvent, _context: Any) -> HttpResponse:
    """Return what is at a path; 404 for an unknown one, 405 for another method."""
    response = _find(event)
    if response is None:
        return _not_found(event)
    if _method(event) not in _METHODS:
        allowed = ", ".join(_METHODS)
        detail = f"This address serves {allowed} only."
        raise Problem(405, "method_not_allowed", detail, headers={"Allow": allowed})
    return response


def _method(event: HttpEvent) -> str:
    return str(event["requestContext"]["http"]["method"])


def _find(event: HttpEvent) -> HttpResponse | None:
    path = event["rawPath"]
    if path == _DROPS_QUERY and event.get("rawQueryString"):
        return _redirect(path)
    if path in PAGES:
        return page_response(event, PAGES[path])
    if path == "/health":
        return json_response(200, {"status": "ok", "version": __version__})
    if path == "/settings.json":
        return public_settings(settings()).response_unless_known(event)
    resource = static().get(path)
    return resource.response_unless_known(event) if resource else None


def _redirect(path: str) -> HttpResponse:
    """Return the way to the same page without a query: what was in it is in no document, in no
    request for a part of one, and not in the browser's history.
    """
    headers = {"location": path, "referrer-policy": "no-referrer", "cache-control": "no-store"}
    return {"statusCode": 303, "headers": headers, "body": ""}


def _not_found(event: HttpEvent) -> HttpResponse:
    """A page for a person, a problem for a program."""
    if wants_html(event):
        return page_response(event, "not_found", 404)
    raise Problem(404, "not_found", "There is nothing at this address.")


def _documents() -> None:
    """Read every page in every language."""
    for name in (*PAGES.values(), "not_found"):
        for language in LANGUAGES:
            document(name, language)


prepare(static, _documents)
