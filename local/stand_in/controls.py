"""The controls that Stripe does not have: `/_requests`, `/_faults`, `/_outcome`, `/_deliveries`,
`/_events`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.stand_in import deliveries, drive, faults, lifecycle, request_log
from local.stand_in.backend import Backend
from local.stand_in.bodies import Body, read
from local.stand_in.deliveries import Mode
from local.stand_in.faults import Fault

_SHOWN = ("event", "type", "endpoint", "account", "attempts", "delivered", "last_status", "state")


class FaultOrder(Body):
    """The body of `POST /_faults`; `path` is that of the API, as in `/_requests`. With a `method`
    only that meets it.
    """

    method: Literal["GET", "POST"] | None = None
    path: Annotated[str, Field(pattern=r"^/v1/[^?#]+$")]
    times: Annotated[int, Field(ge=0, le=100_000)]
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    delay_s: Annotated[float, Field(ge=0, le=600)] = 0
    after: bool = False
    code: Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")] | None = None

    @model_validator(mode="after")
    def _does_something(self) -> "FaultOrder":
        if self.times and self.status is None and not self.delay_s:
            raise ValueError("give a status, a delay_s, or both")
        if self.after and self.status is not None and self.status < 500:
            raise ValueError("a 4xx is a refusal before anything is carried out: leave `after` out")
        if self.code is not None and self.status is None:
            raise ValueError("a code is of an error: give a status too")
        return self


class OutcomeOrder(Body):
    """The body of `POST /_outcome`."""

    session: str
    outcome: str
    force: bool = False


class ModeOrder(Body):
    """The body of `POST /_deliveries`."""

    mode: Mode


class EventOrder(Body):
    """The body of `POST /_events`: any JSON object at all is signed and sent."""

    event: dict[str, Any]
    connect: bool = False


async def list_requests(request: Request) -> Response:
    return JSONResponse({"data": request_log.entries(_backend(request))})


async def clear_requests(request: Request) -> Response:
    backend = _backend(request)
    with backend.store.transaction():
        request_log.clear(backend)
    return Response(status_code=204)


async def order_fault(request: Request) -> Response:
    order, backend = await read(request, FaultOrder), _backend(request)
    fault = Fault(order.status, order.delay_s, order.after, order.code)
    with backend.store.transaction():
        faults.order(backend, order.path, fault, order.times, order.method)
    return JSONResponse(order.model_dump())


async def set_outcome(request: Request) -> Response:
    order, backend = await read(request, OutcomeOrder), _backend(request)
    with backend.store.transaction():
        drive.to_outcome(backend, order.session, order.outcome, force=order.force)
        return JSONResponse(lifecycle.load(backend, order.session)["object"])


async def list_deliveries(request: Request) -> Response:
    backend = _backend(request)
    data = [
        {name: delivery.get(name) for name in _SHOWN}
        for _, delivery in backend.store.oldest_first("delivery")
    ]
    return JSONResponse({"mode": deliveries.mode(backend), "data": data})


async def set_delivery_mode(request: Request) -> Response:
    order, backend = await read(request, ModeOrder), _backend(request)
    with backend.store.transaction():
        deliveries.set_mode(backend, order.mode)
        return JSONResponse({"mode": deliveries.mode(backend)})


async def send_event(request: Request) -> Response:
    order, backend = await read(request, EventOrder), _backend(request)
    endpoint: deliveries.Endpoint = "connect" if order.connect else "account"
    with backend.store.transaction():
        delivery = deliveries.queue(backend, order.event, endpoint, listed=False)
    return JSONResponse({"delivery": delivery}, status_code=202)


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
