"""The stand-in as an ASGI application that can be mounted anywhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.stand_in import (
    act_controls,
    app_controls,
    challenges,
    controls,
    deliveries,
    elements,
    marketplace,
    payment_controls,
    redirects,
    stripe_js,
    visits,
)
from local.stand_in.api import METHODS, call_api
from local.stand_in.backend import open_backend
from local.stand_in.config import StandInConfig
from local.stand_in.errors import StripeError
from local.stand_in.pages import ASSETS
from local.stand_in.state import Document
from local.stand_in.worker import Worker
from local.stand_in.worker_middleware import WorkerMiddleware

_MAX_BODY = 1024 * 1024


def create_stand_in(config: StandInConfig) -> Starlette:
    """Return the application. Alone, it starts and stops with its server; if it is mounted in
    another, call `start` and `close` from that one's lifespan. Raises ValueError for a state file
    that is not ours, and httpx.InvalidURL.
    """
    httpx.URL(config.webhook_url)
    backend = open_backend(config)
    worker = Worker(backend)
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(WorkerMiddleware, backend=backend, worker=worker)],
        exception_handlers={HTTPException: _http_error, StripeError: _refuse},
        lifespan=_lifespan,
        max_body_size=_MAX_BODY,
    )
    app.state.backend, app.state.worker = backend, worker
    return app


async def start(app: Starlette) -> None:
    """Take up what was left undone: webhooks not delivered yet, checks still processing."""
    app.state.worker.start()


async def close(app: Starlette) -> None:
    """Stop the worker and close the state file; the application cannot be used afterwards."""
    await app.state.worker.close()
    app.state.backend.store.close()


def latest_deliveries(app: Starlette, limit: int) -> list[Document]:
    """Return the last webhooks that were owed to the bundle, newest first, and how each went."""
    return deliveries.latest(app.state.backend, limit)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    await start(app)
    yield
    await close(app)


def _routes() -> list[Route | Mount]:
    return [
        Route("/", visits.home),
        Route("/v1/{path:path}", call_api, methods=METHODS),
        Route("/v3", stripe_js.serve),
        Route("/v3/", stripe_js.serve),
        Route("/card", elements.show_card),
        Route("/card", elements.make, methods=["POST"]),
        Route("/challenge", challenges.show),
        Route("/challenge/open", challenges.open_challenge, methods=["POST"]),
        Route("/challenge/submit", challenges.submit, methods=["POST"]),
        Route("/3ds/{intent}/{token}", redirects.show),
        Route("/3ds/{intent}/{token}", redirects.submit, methods=["POST"]),
        Route("/start/{token}", visits.open_hosted),
        Route("/start/{token}", visits.submit_hosted, methods=["POST"]),
        Route("/modal", visits.show_modal),
        Route("/modal/open", visits.open_modal, methods=["POST"]),
        Route("/modal/submit", visits.submit_modal, methods=["POST"]),
        Route("/apps", marketplace.list_installs),
        Route("/apps", marketplace.change_install, methods=["POST"]),
        Route("/apps/install/link/{app_id}", marketplace.show_link),
        Route("/apps/install/link/{app_id}", marketplace.answer_link, methods=["POST"]),
        Mount("/assets", StaticFiles(directory=ASSETS / "static")),
        Route("/_requests", controls.list_requests),
        Route("/_requests", controls.clear_requests, methods=["DELETE"]),
        Route("/_faults", controls.order_fault, methods=["POST"]),
        Route("/_outcome", controls.set_outcome, methods=["POST"]),
        Route("/_deliveries", controls.list_deliveries),
        Route("/_deliveries", controls.set_delivery_mode, methods=["POST"]),
        Route("/_events", controls.send_event, methods=["POST"]),
        Route("/_accounts", app_controls.add_account, methods=["POST"]),
        Route("/_install", app_controls.install, methods=["POST"]),
        Route("/_uninstall", app_controls.uninstall, methods=["POST"]),
        Route("/_payment_methods", payment_controls.add_payment_method, methods=["POST"]),
        Route("/_confirmation_tokens", payment_controls.add_confirmation_token, methods=["POST"]),
        Route("/_customers", payment_controls.add_customer, methods=["POST"]),
        Route("/_payment_intents", payment_controls.add_payment_intent, methods=["POST"]),
        Route("/_setup_intents", payment_controls.add_setup_intent, methods=["POST"]),
        Route("/_authenticate", act_controls.authenticate, methods=["POST"]),
        Route("/_merchant", act_controls.act_as_merchant, methods=["POST"]),
        Route("/_ledger", act_controls.show_ledger),
    ]


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, StripeError)  # noqa: S101 (what it is registered for)
    return JSONResponse(error.body(), error.status)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (what it is registered for)
    message = f"{error.detail}: {request.method} {request.url.path}"
    return JSONResponse(
        StripeError(message, status=error.status_code).body(), error.status_code, error.headers
    )
