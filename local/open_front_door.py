"""What answers behind the front door of a run: the deployed API, the issuer, the shop, Stripe."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import httpx
from starlette.applications import Starlette

from local import aws, stand_in
from local.config import CLIENT_ID, Settings
from local.errors import LocalError
from local.events import Recording, Sent, events_routes
from local.front_door import FrontDoor, create_front_door
from local.gateway import install_routes
from local.google.machine import GooglePay
from local.issuer import TokenMaker, create_issuer, load_key
from local.places import Places
from local.preflight import lambda_invoker
from local.proxy import ApiProxy
from local.shop import STRIPE_JS, ShopConfig, create_shop
from local.stripe_settings import STRIPE_PATH, stand_in_url


class StandInStateError(LocalError):
    """What the stand-in for Stripe remembers cannot be read. The message names the file."""


@asynccontextmanager
async def open_front_door(
    places: Places, settings: Settings, google: GooglePay, port: int, recorded: Recording
) -> AsyncIterator[FrontDoor]:
    """Put everything behind the front door that answers there, and close it at the block's end.

    Raises StandInStateError for a state file that is not the stand-in's.
    """
    gateway = install_routes(port)
    tokens = TokenMaker(load_key(places.state / "issuer.pem"), settings.issuer, CLIENT_ID)
    issuer = create_issuer(tokens, CLIENT_ID, settings.origins)
    invoke = lambda_invoker(aws.client("lambda", port))
    address = f"{aws.endpoint(port)}/_aws/execute-api/{gateway.api_id}/$default"
    async with AsyncExitStack() as stack:
        limits = httpx.Limits(max_connections=None)
        proxying = httpx.AsyncClient(trust_env=False, limits=limits)
        await stack.enter_async_context(proxying)
        api = ApiProxy(proxying, address, gateway.routes, invoke)
        stripe = None
        if not settings.stripe.is_real:
            stripe = _stand_in(places, settings)
            await stand_in.start(stripe)
            stack.push_async_callback(stand_in.close, stripe)
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        shop = _shop(places, settings, http)
        events = events_routes(recorded.kept, recorded.changes, _sent(stripe))
        yield create_front_door(api, issuer, tokens, google, shop, stripe, events)


def _sent(stripe: Starlette | None) -> Sent | None:
    return None if stripe is None else partial(stand_in.latest_deliveries, stripe)


def _shop(places: Places, settings: Settings, http: httpx.AsyncClient) -> Starlette:
    config = ShopConfig(
        origin=settings.shop_origin,
        relying_party=settings.public_url,
        state_file=places.state / "shop.json",
        stand_in=None if settings.stripe.is_real else STRIPE_PATH,
        stripe_js=STRIPE_JS if settings.stripe.is_real else stand_in_url(settings.port),
    )
    return create_shop(config, http)


def _stand_in(places: Places, settings: Settings) -> Starlette:
    config = stand_in.StandInConfig(
        public_url=stand_in_url(settings.port),
        webhook_url=f"{settings.public_url}/webhook",
        account_secret=settings.stripe.webhook_secrets[0],
        connect_secret=settings.stripe.webhook_secrets[-1],
        state_file=places.state / "stripe.sqlite",
        app_id=settings.stripe.app_id,
        application_id=settings.stripe.application_id,
        app_secrets=settings.stripe.app_secrets,
        redirect_uris=(settings.callback_url,),
    )
    try:
        return stand_in.create_stand_in(config)
    except ValueError as error:
        raise StandInStateError(str(error)) from error
