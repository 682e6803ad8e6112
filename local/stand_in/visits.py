"""A person's visit: on the hosted page by the session's url, in the modal by its client_secret."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from local.stand_in import drive, forms, lifecycle, pages, tokens
from local.stand_in.backend import Backend
from local.stand_in.bodies import Body, read
from local.stand_in.errors import StripeError
from local.stand_in.tokens import TokenRefused

_COOKIE = "visit"


class Opening(Body):
    """What the modal sends first."""

    client_secret: str


class Submission(Body):
    """What the modal sends last."""

    visit: str
    outcome: str
    failure: str


async def home(_: Request) -> Response:
    return pages.home()


async def open_hosted(request: Request) -> Response:
    """Use up the URL; the cookie lets the same browser load the page again."""
    backend, value = _backend(request), request.path_params["token"]
    try:
        with backend.store.transaction():
            visit = tokens.begin_visit(backend, "url", value, request.cookies.get(_COOKIE))
    except TokenRefused as refusal:
        return pages.refused(refusal.reason)
    response = pages.hosted(visit)
    response.set_cookie(_COOKIE, visit, path=request.url.path, httponly=True, samesite="lax")
    return response


async def submit_hosted(request: Request) -> Response:
    """Do what was chosen and lead back to the site; `leave` leads back without doing anything."""
    backend = _backend(request)
    form = dict(forms.decode(await request.body()))
    visit = form.get("visit", "")
    try:
        with backend.store.transaction():
            session = tokens.open_session(backend, visit)
            return_url = lifecycle.load(backend, session)["return_url"]
            if "leave" not in form:
                drive.choose(backend, session, form.get("outcome", ""), form.get("failure", ""))
            tokens.finish_visit(backend, visit)
    except TokenRefused as refusal:
        return pages.refused(refusal.reason)
    except StripeError as error:
        return pages.hosted(visit, str(error))
    return RedirectResponse(return_url, 303) if return_url else pages.done()


async def show_modal(_: Request) -> Response:
    return pages.modal()


async def open_modal(request: Request) -> Response:
    """Use up the client_secret: `{client_secret}` gives `{visit}`."""
    backend, body = _backend(request), await read(request, Opening)
    try:
        with backend.store.transaction():
            visit = tokens.begin_visit(backend, "client_secret", body.client_secret)
    except TokenRefused as refusal:
        return _refused(refusal)
    return _json({"visit": visit})


async def submit_modal(request: Request) -> Response:
    """`{visit, outcome, failure}` gives what Stripe.js resolves with, as `{result}`."""
    backend, body = _backend(request), await read(request, Submission)
    try:
        with backend.store.transaction():
            session = tokens.open_session(backend, body.visit)
            choice = drive.choose(backend, session, body.outcome, body.failure)
            tokens.finish_visit(backend, body.visit)
    except TokenRefused as refusal:
        return _refused(refusal)
    error = drive.client_error(choice)
    return _json({"result": {"error": error} if error else _submitted(session)})


def _submitted(session_id: str) -> dict[str, Any]:
    # Stripe.js promises the id alone; how it went is for the server to find out.
    return {"verificationSession": {"id": session_id, "object": "identity.verification_session"}}


def _refused(refusal: TokenRefused) -> Response:
    message = pages.refusal_message(refusal.reason)
    error = StripeError(message, code="client_secret_" + refusal.reason)
    return _json(error.body(), 404 if refusal.reason == "unknown" else 410)


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(content, status, {"Cache-Control": "no-store"})


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
