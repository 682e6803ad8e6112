"""One run from beginning to end: build, deploy, serve, and stop everything again."""

import asyncio
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

import httpx

from local.build import build, built, bundle_hash
from local.config import Settings, stripe_listen_hint
from local.deploy import deploy, fingerprint, is_deployed, mark_deployed, parameters_of
from local.emulator import Emulator, running_emulator
from local.errors import LocalError
from local.events import reading_events, recording
from local.first_answer import first_answer
from local.front_door import EVENTS_PATH
from local.function_environment import write_environment
from local.google.machine import google_pay, load_keys
from local.lock import RunLock, run_lock
from local.open_front_door import open_front_door
from local.places import Places
from local.processes import last_lines
from local.progress import say, step
from local.server import listening, serving
from local.stored_form import forget_other_form

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
        recorded = await stack.enter_async_context(
            recording(places.state / "events.sqlite", emulator)
        )
        opened = open_front_door(places, settings, google, emulator.port, recorded)
        front_door = await stack.enter_async_context(opened)
        await stack.enter_async_context(serving(front_door, sockets))
        with step("waiting for the first answer"):
            await _answer_first(settings, emulator)
        say(f"events {settings.public_url}{EVENTS_PATH}")
        say(f"ready {settings.public_url}")
        await stack.enter_async_context(reading_events(recorded.queue, recorded.kept))
        status = await emulator.ended()
        raise NotReadyError(f"the AWS emulator ended ({status}); {last_lines(emulator.log)}")


async def _answer_first(settings: Settings, emulator: Emulator) -> None:
    # Longer than the proxy itself waits for an answer.
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        status = await first_answer(http, f"{settings.public_url}/health")
    if status != httpx.codes.OK:
        text = f"/health answered {status}; {last_lines(emulator.log)}"
        raise NotReadyError(text)
