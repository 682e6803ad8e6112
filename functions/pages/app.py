"""The pages of Countersign, their assets, and what any site may fetch: the browser module, the
public settings and the API's description. Everything is read once, from files.
"""

from typing import Any

from resources import public_settings, static

from countersign import __version__
from countersign.http.edge import (
    HttpEvent,
    HttpResponse,
    boundary,
    json_response,
)
from countersign.pages.documents import page_response, wants_html
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
    "/wallet": "wallet",
    "/wallet/ticket": "wallet_ticket",
}
"""The page at each path."""


@boundary
def handler(event: HttpEvent, _context: Any) -> HttpResponse:
    """Answer a GET of an HTTP API; 404 for an unknown path, 405 for another method."""
    response = _find(event)
    if response is None:
        return _not_found(event)
    if event["requestContext"]["http"]["method"] != "GET":
        raise Problem(405, "method_not_allowed", "Only GET is served.", headers={"Allow": "GET"})
    return response


def _find(event: HttpEvent) -> HttpResponse | None:
    path = event["rawPath"]
    if path in PAGES:
        return page_response(event, PAGES[path])
    if path == "/health":
        return json_response(200, {"status": "ok", "version": __version__})
    if path == "/settings.json":
        return public_settings(settings()).response_unless_known(event)
    resource = static().get(path)
    return resource.response_unless_known(event) if resource else None


def _not_found(event: HttpEvent) -> HttpResponse:
    """A page for a person, a problem for a program."""
    if wants_html(event):
        return page_response(event, "not_found", 404)
    raise Problem(404, "not_found", "There is nothing at this address.")
