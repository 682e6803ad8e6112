"""The part that works by itself: it does what is on the agenda when it is due."""

import asyncio
import logging
from contextlib import suppress

import httpx

from local.stand_in import agenda, deliveries, drive, lifecycle, merchant_acts, settlements
from local.stand_in.backend import Backend
from local.stand_in.books import Books
from local.stand_in.state import Document

_LOG = logging.getLogger(__name__)
_HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://docs.stripe.com/webhooks; a stand-in)",
    "Cache-Control": "no-cache",
}
# Events arrive in order as long as the receiver answers within this time; a slower one does not
# hold up the rest.
_PATIENCE = 1.0


class Worker:
    """One task on the server's event loop; it sleeps until something is due or `wake` is called."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._task: asyncio.Task[None] | None = None
        self._woken: asyncio.Event | None = None
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._tried = asyncio.Event()

    def start(self) -> None:
        """Start it on the running loop, unless it is running already."""
        if self._task is None or self._task.done():
            self._woken = asyncio.Event()
            self._task = asyncio.create_task(self._run(self._woken), name="stand-in worker")
            self._task.add_done_callback(_report)

    def wake(self) -> None:
        if self._woken is not None:
            self._woken.set()

    async def deliver_first(self, owed: list[str]) -> None:
        """Wait until each delivery has been tried once, or for as long as the settings allow."""
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._backend.config.first_limit):
                while deliveries.awaits_first_try(self._backend, owed):
                    await self._tried.wait()

    async def close(self) -> None:
        """Stops; a webhook that was on its way will be sent again at the next start."""
        tasks = [task for task in (self._task, *self._sending.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._task = None

    async def _run(self, woken: asyncio.Event) -> None:
        config = self._backend.config
        async with httpx.AsyncClient(
            headers=_HEADERS,
            timeout=config.delivery_timeout,
            # Reading the trust store holds up the event loop, and loopback has no TLS.
            verify=config.webhook_url.startswith("https:"),
            trust_env=False,
        ) as client:
            while True:
                woken.clear()
                await self._work(client)
                await self._rest(woken)

    async def _work(self, client: httpx.AsyncClient) -> None:
        # One at a time: what is on the agenda can change while a webhook is on its way.
        while (entry := self._next()) and entry[1]["due"] <= self._backend.now():
            key, item = entry
            if item["action"] == "deliver":
                await self._send(client, key, item)
            else:
                self._step(key, item)

    def _next(self) -> tuple[str, Document] | None:
        entries = agenda.items(self._backend)
        return next((entry for entry in entries if entry[0] not in self._sending), None)

    async def _rest(self, woken: asyncio.Event) -> None:
        entry = self._next()
        seconds = None if entry is None else max(0, entry[1]["due"] - self._backend.now())
        # Not wait_for: Python 3.11's can lose a cancellation.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await woken.wait()

    def _step(self, key: str, item: Document) -> None:
        """Carry out what was planned; it leaves the agenda either way."""
        backend = self._backend
        with backend.store.transaction():
            agenda.remove(backend, [key])
            match item["action"]:
                case "outcome":
                    drive.to_outcome(backend, item["session"], item["outcome"], force=True)
                case "redaction":
                    lifecycle.finish_redaction(backend, lifecycle.load(backend, item["session"]))
                case "expire":
                    merchant_acts.expire(backend, item["payment_intent"])
                case "refund":
                    settlements.finish_refund(Books(backend, item["account"]), item["refund"])

    async def _send(self, client: httpx.AsyncClient, key: str, item: Document) -> None:
        task = asyncio.create_task(self._deliver(client, key, item))
        self._sending[key] = task
        task.add_done_callback(lambda done: self._sent(key, done))
        await asyncio.wait({task}, timeout=_PATIENCE)

    def _sent(self, key: str, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        if error := task.exception():
            # Left where it is, so that it is not tried again before the next start.
            _LOG.error("a webhook could not be prepared", exc_info=error)
            return
        del self._sending[key]
        self._tried.set()
        self._tried = asyncio.Event()
        self.wake()

    async def _deliver(self, client: httpx.AsyncClient, key: str, item: Document) -> None:
        parcel = deliveries.pack(self._backend, item["delivery"])
        receipt = None if parcel is None else await self._post(client, parcel)
        with self._backend.store.transaction():
            deliveries.record(self._backend, key, item, receipt)

    async def _post(
        self, client: httpx.AsyncClient, parcel: deliveries.Parcel
    ) -> deliveries.Receipt | None:
        url = self._backend.config.webhook_url
        try:
            answer = await client.post(
                url, content=parcel.body, headers={"Stripe-Signature": parcel.signature}
            )
        except httpx.HTTPError as error:
            _LOG.warning("webhook not delivered: %s", type(error).__name__)
            return None
        return deliveries.Receipt(answer.status_code, _said(answer))


def _said(answer: httpx.Response) -> str | None:
    """Return the word by which an answer says what became of an event."""
    try:
        body = answer.json()
    except ValueError:
        return None
    said = (body.get("outcome") or body.get("code")) if isinstance(body, dict) else None
    return said[:64] if isinstance(said, str) else None


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _LOG.error("the stand-in's worker stopped; the next request starts it", exc_info=error)
