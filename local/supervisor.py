"""One run from beginning to end: build, deploy, serve, and stop everything again."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from starlette.applications import Starlette

from local import aws, stand_in
from local.build import build, built, bundle_hash
from local.config import CLIENT_ID, Settings, stripe_listen_hint
from local.deploy import deploy, fingerprint, is_deployed, mark_deployed, parameters_of
from local.emulator import Emulator, running_emulator
from local.errors import LocalError
from local.first_answer import first_answer
from local.front_door import FrontDoor, create_front_door
from local.function_environment import write_environment
from local.gateway import install_routes
from local.google.machine import GooglePay, google_pay, load_keys
from local.issuer import TokenMaker, create_issuer, load_key
from local.lock import RunLock, run_lock
from local.places import Places
from local.preflight import lambda_invoker
from local.processes import last_lines
from local.progress import say, step
from local.proxy import ApiProxy
from local.server import listening, serving
from local.shop import ShopConfig, create_shop
from local.stored_form import forget_other_form
from local.stripe_settings import STRIPE_PATH, stand_in_url

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class NotReadyError(LocalError):
    """The bundle does not answer. The message has the end of the emulator's log."""


async def run(places: Places, settings: Settings, environ: Mapping[str, str]) -> None:
    """Serve until a stop signal comes. Everything that was started has ended on return.

    Raises NotReadyError, and what the steps raise.
    """
    places.make()
    with run_lock(places.home, settings.port) as lock, listening(settings.port) as sockets:
        work = asyncio.create_task(_work(places, settings, environ, lock, sockets))
        _stop_on_signal(work)
        try:
            await work
        except asyncio.CancelledError:
            say("stopped")


def _stop_on_signal(work: asyncio.Task[None]) -> None:
    """Cancel the work at the first signal. A second one must not interrupt the end."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, lambda: None)
        work.cancel()

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)


async def _work(
    places: Places,
    settings: Settings,
    environ: Mapping[str, str],
    lock: RunLock,
    sockets: Sequence[socket.socket],
) -> None:
    if settings.stripe.is_real:
        say(stripe_listen_hint(settings))
    bundle = bundle_hash(places)
    template = built(places, bundle)
    if template is None:
        with step("building the bundle"):
            template = await build(places, environ, bundle)
    google = google_pay(settings.google, load_keys(places.state / "google-pay.json"))
    parameters = settings.with_values(google.values).parameters(parameters_of(template))
    mark = fingerprint(bundle, parameters)
    forget_other_form(places)
    async with AsyncExitStack() as stack:
        with step("starting the AWS emulator"):
            emulator = await stack.enter_async_context(running_emulator(places, environ, lock))
        if not is_deployed(emulator.port, mark):
            with step("deploying the bundle"):
                await deploy(places, environ, emulator.port, template, parameters)
                mark_deployed(emulator.port, mark)
        write_environment(emulator.port, places.home / "env.json")
        opened = _front_door(places, settings, google, emulator.port)
        front_door = await stack.enter_async_context(opened)
        await stack.enter_async_context(serving(front_door, sockets))
        with step("waiting for the first answer"):
            await _answer_first(settings, emulator)
        say(f"ready {settings.public_url}")
        status = await emulator.ended()
        raise NotReadyError(f"the AWS emulator ended ({status}); {last_lines(emulator.log)}")


@asynccontextmanager
async def _front_door(
    places: Places, settings: Settings, google: GooglePay, port: int
) -> AsyncIterator[FrontDoor]:
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
        yield create_front_door(api, issuer, tokens, google, shop, stripe)


def _shop(places: Places, settings: Settings, http: httpx.AsyncClient) -> Starlette:
    config = ShopConfig(
        origin=settings.shop_origin,
        relying_party=settings.public_url,
        state_file=places.state / "shop.json",
        stand_in=None if settings.stripe.is_real else STRIPE_PATH,
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
        raise NotReadyError(str(error)) from error


async def _answer_first(settings: Settings, emulator: Emulator) -> None:
    # Longer than the proxy itself waits for an answer.
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        status = await first_answer(http, f"{settings.public_url}/health")
    if status != httpx.codes.OK:
        text = f"/health answered {status}; {last_lines(emulator.log)}"
        raise NotReadyError(text)
