"""3-D Secure at an address of Stripe's (`next_action.redirect_to_url`), for an integration without
Stripe.js: the payer passes it, fails or leaves, and is sent back with the PaymentIntent and its
secret in the address (docs.stripe.com/payments/3d-secure/authentication-flow).
"""

import html
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local.stand_in import attempts, forms, pages, payments
from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError

_OUTCOMES = ("pass", "fail", "leave")


async def show(request: Request) -> Response:
    """Return the page of a payment that waits for its payer."""
    backend = _backend(request)
    intent = _waiting(backend, request)
    if intent is None:
        return _nothing()
    method = payments.find_of_any_account(backend, payments.METHOD, intent["payment_method"])
    last4 = method["card"]["last4"] if method else ""
    return pages.page("redirect.html", last4=html.escape(last4))


async def submit(request: Request) -> Response:
    """Do what the payer chose, and lead back to the site."""
    backend = _backend(request)
    outcome = dict(forms.decode(await request.body())).get("outcome", "")
    intent = _waiting(backend, request)
    if intent is None or outcome not in _OUTCOMES:
        return _nothing()
    where = intent["next_action"]["redirect_to_url"]["return_url"]
    if outcome != "leave":
        with backend.store.transaction():
            attempts.authenticate(backend, intent["id"], passed=outcome == "pass")
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return RedirectResponse(_back(where, intent, outcome), 303, headers)


def _waiting(backend: Backend, request: Request) -> dict[str, Any] | None:
    """Return the PaymentIntent whose challenge is at this address, if it is open still."""
    try:
        _, intent = payments.of_any_account(backend, request.path_params["intent"])
    except StripeError:
        return None
    action = intent["next_action"] or {}
    here = action.get("redirect_to_url", {}).get("url", "")
    return intent if here.endswith(f"/{request.path_params['token']}") else None


def _back(where: str, intent: dict[str, Any], outcome: str) -> str:
    """Return the address of the site, with what Stripe adds."""
    added = urlencode(
        {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": "succeeded" if outcome == "pass" else "failed",
            "source_type": "card",
        }
    )
    parts = urlsplit(where)
    return parts._replace(query=f"{parts.query}&{added}" if parts.query else added).geturl()


def _nothing() -> Response:
    return pages.notice(
        410, "There is nothing to confirm", "This payment does not wait for you.", root="../../"
    )


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
