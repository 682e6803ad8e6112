"""The refusals of the install callback, as pages for the person whom Stripe sent there."""

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
    """The page for a refusal, with its status and headers. It needs no script, says what became of
    the account and what to do next, and shows nothing of what came with the request.
    """
    found = page(event, f"callback.{_kind(problem)}")
    return found.with_headers(PRIVATE | problem.headers).response(problem.status)


def _kind(problem: Problem) -> str:
    if problem.status == 503:
        return "unavailable"
    if problem.status == 500:
        return "internal"
    return problem.code if problem.code in REFUSALS else "other"
