"""The pages of Countersign, their assets, and what any site may fetch: the browser module, the
public settings and the API's description. Everything is read once, from the files beside this one.
"""

from typing import Any

from documents import PAGES, document
from languages import negotiate
from resources import Resource, public_settings, static
from security import document_headers

from countersign import __version__
from countersign.edge import Answer, Event, boundary, header, json_answer
from countersign.problems import Problem
from countersign.settings import settings


@boundary
def handler(event: Event, _context: Any) -> Answer:
    """Answer a GET of an HTTP API; 404 for an unknown path, 405 for another method."""
    answer = _find(event)
    if answer is None:
        return _not_found(event)
    if event["requestContext"]["http"]["method"] != "GET":
        raise Problem(405, "method_not_allowed", "Only GET is served.", headers={"Allow": "GET"})
    return answer


def _find(event: Event) -> Answer | None:
    path = event["rawPath"]
    if path in PAGES:
        return _conditional(event, _page(event, PAGES[path]))
    if path == "/health":
        return json_answer(200, {"status": "ok", "version": __version__})
    if path == "/settings.json":
        return _conditional(event, public_settings(settings()))
    resource = static().get(path)
    return _conditional(event, resource) if resource else None


def _page(event: Event, name: str) -> Resource:
    page = document(name, negotiate(header(event, "accept-language") or ""))
    return page.with_headers(document_headers(settings()))


def _conditional(event: Event, resource: Resource) -> Answer:
    """The resource, or 304 when the browser has it already (RFC 9110, section 13.1.2)."""
    known = (header(event, "if-none-match") or "").split(",")
    unchanged = any(tag.strip().removeprefix("W/") in ("*", resource.etag) for tag in known)
    if unchanged:
        return {"statusCode": 304, "headers": resource.answer_headers, "body": ""}
    return {"statusCode": 200, "headers": resource.answer_headers, "body": resource.body}


def _not_found(event: Event) -> Answer:
    """A page for a person, a problem for a program."""
    if "text/html" not in (header(event, "accept") or "").lower():
        raise Problem(404, "not_found", "There is nothing at this address.")
    page = _page(event, "not_found")
    return {"statusCode": 404, "headers": page.answer_headers, "body": page.body}
