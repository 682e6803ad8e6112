"""What surrounds every request: the worker runs, and can be given the time to send events first."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.stand_in import deliveries
from local.stand_in.backend import Backend
from local.stand_in.worker import Worker


class WorkerMiddleware:
    """Starts the worker with the first request, since a mounted application has no lifespan of its
    own, and wakes it when an answer is out. In the mode `first` the answer waits until the events
    that it has brought about were delivered.
    """

    def __init__(self, app: ASGIApp, backend: Backend, worker: Worker) -> None:
        self._app, self._backend, self._worker = app, backend, worker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._worker.start()
        owed: list[str] = []
        # After the start: the worker must not take the list of its first request along.
        deliveries.OWED.set(owed)

        async def send_after_events(message: Message) -> None:
            starts = message["type"] == "http.response.start"
            if starts and owed and deliveries.mode(self._backend) == "first":
                await self._worker.deliver_first(owed)
            await send(message)

        try:
            await self._app(scope, receive, send_after_events)
        finally:
            self._worker.wake()
