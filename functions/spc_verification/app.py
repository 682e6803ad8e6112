"""Secure Payment Confirmation, with us as the relying party: credentials, payers, confirmations."""

from countersign.prepare import prepare  # isort: split

import json
from typing import Any

import browsers  # noqa: F401  the calls register themselves
import credentials  # noqa: F401
import merchants  # noqa: F401
from calls import api
from confirmations import ANSWER, OPT_OUT, readers
from tickets import FRAMED_REQUEST, FRAMED_RESPONSE

from countersign.crypto.token_keys import token_keys
from countersign.http.api import is_own_site, serve
from countersign.http.edge import HttpEvent, HttpResponse, as_problem
from countersign.http.rehearse import rehearse
from countersign.problems import Problem
from countersign.settings import require_settings
from countersign.spc.context import context as spc_context

require_settings(
    "DEPLOYMENT",
    "STRIPE_MODE",
    "INSTALLS_TABLE",
    "ISSUER",
    "SPC_TABLE",
    "STRIPE_SECRET",
    "TOKEN_SECRET",
)

PUBLIC = (ANSWER, OPT_OUT)
"""The calls of a payer's browser on a merchant's page."""
FRAMED = (FRAMED_REQUEST, FRAMED_RESPONSE)
"""The calls of our own page in a frame."""


def _may_read(event: HttpEvent, origin: str) -> bool:
    """Return whether pages of an origin may read the response: the business's own sites, and for
    the calls of a payer's browser the merchant's pages. Which merchant that is follows from the
    ceremony; while no ceremony is known, every origin may read the response, which names nobody.
    Nobody else's page may read what our own is told in a frame.
    """
    if event["rawPath"] in FRAMED:
        return False
    merchants_pages = readers.get()
    is_preflight = event["requestContext"]["http"]["method"] == "OPTIONS"
    is_anybodys = is_preflight or merchants_pages is None
    if event["rawPath"] in PUBLIC and (is_anybodys or origin in (merchants_pages or ())):
        return True
    return is_own_site(event, origin)


def _refuse(event: HttpEvent, problem: Problem) -> HttpResponse:
    """Return the response to a refused request; that to a confirmation has `success`, too."""
    response = as_problem(event, problem)
    if event["rawPath"] == ANSWER:
        response["body"] = json.dumps(problem.as_dict() | {"success": False})
    return response


def _load_verification() -> None:
    """Import what verifies the response of a payer's browser, which the calls import when they come
    to it.
    """
    import countersign.spc.finish_confirmation  # noqa: F401


_serve = serve(api, "GET, POST, DELETE", refuse=_refuse, may_read=_may_read)


def handler(event: HttpEvent, context: Any) -> HttpResponse:
    """Serve one invocation, which begins without a merchant: the process serves many."""
    readers.set(None)
    response: HttpResponse = _serve(event, context)
    return response


prepare(
    lambda: spc_context().table.connect(),
    token_keys,
    _load_verification,
    rehearsal=lambda: rehearse(api, "POST", ANSWER),
)
