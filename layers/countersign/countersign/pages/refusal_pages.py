"""The refusals of the install callback, as pages for a person who returns from Stripe."""

from countersign.http.edge import PRIVATE, HttpEvent, HttpResponse
from countersign.pages.documents import page
from countersign.problems import Problem

REFUSALS = frozenset(
    {
        "account_held_by_another_user",
        "install_signature_missing",
        "invalid_install_signature",
        "invalid_request",
        "invalid_state",
        "wrong_mode",
    }
)
"""The codes that have a page of their own."""


def refusal_response(event: HttpEvent, problem: Problem) -> HttpResponse:
    """Return the page for a refusal, with its status and headers. It needs no script, says what
    happened to the account and what to do next, and shows nothing from the request.
    """
    found = page(event, f"callback.{_kind(problem)}")
    return found.with_headers(PRIVATE | problem.headers).response(problem.status)


def _kind(problem: Problem) -> str:
    if problem.status == 503:
        return "unavailable"
    if problem.status == 500:
        return "internal"
    return problem.code if problem.code in REFUSALS else "other"
