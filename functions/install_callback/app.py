"""Install links: merchants connect their Stripe accounts, and say what they may be used for."""

from countersign.prepare import prepare  # isort: split

import install_links  # noqa: F401  the calls register themselves
import installations  # noqa: F401
from calls import api

from countersign.aws.telemetry import count, logger
from countersign.crypto.token_keys import token_keys
from countersign.http.api import serve
from countersign.http.edge import HttpEvent, HttpResponse, as_problem
from countersign.http.rehearse import rehearse
from countersign.installs.context import context
from countersign.installs.create_link import CALLBACK
from countersign.pages.documents import wants_html
from countersign.pages.refusal_pages import refusal_response
from countersign.problems import Problem
from countersign.settings import require_settings

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
