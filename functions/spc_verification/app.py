"""Secure Payment Confirmation, with us as the relying party: credentials, payers, confirmations."""

import json
from typing import Any

import browsers  # noqa: F401  the calls register themselves
import credentials  # noqa: F401
import merchants  # noqa: F401
from calls import api
from confirmations import ANSWER, OPT_OUT, askers

from countersign.http.api import is_own_site, serve
from countersign.http.edge import HttpEvent, HttpResponse, as_problem
from countersign.problems import Problem
from countersign.settings import require_settings

require_settings("DEPLOYMENT", "INSTALLS_TABLE", "SPC_TABLE", "STRIPE_SECRET", "TOKEN_SECRET")

PUBLIC = (ANSWER, OPT_OUT)
"""The calls of a payer's browser on a merchant's page."""


def _may_read(event: HttpEvent, origin: str) -> bool:
    """The business's own sites, and for the calls of a payer's browser the merchant's pages. Which
    merchant is known once its ceremony is: before that every origin is told the same of nothing.
    """
    asked_by = askers.get()
    is_answered = event["requestContext"]["http"]["method"] != "OPTIONS" and asked_by is not None
    if event["rawPath"] in PUBLIC and (not is_answered or origin in (asked_by or ())):
        return True
    return is_own_site(event, origin)


def _refuse(event: HttpEvent, problem: Problem) -> HttpResponse:
    """The answer to a confirmation says in its own words, too, that it is none."""
    response = as_problem(event, problem)
    if event["rawPath"] == ANSWER:
        response["body"] = json.dumps(problem.as_dict() | {"success": False})
    return response


_serve = serve(api, "GET, POST, DELETE", refuse=_refuse, may_read=_may_read)


def handler(event: HttpEvent, context: Any) -> HttpResponse:
    """Every invocation begins without a merchant: the process serves many."""
    askers.set(None)
    response: HttpResponse = _serve(event, context)
    return response
