"""The controls of merchants' accounts that Stripe does not have: `/_accounts`, `/_install`,
`/_uninstall`.
"""

from dataclasses import asdict
from typing import Annotated

from pydantic import Field, field_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.stand_in import accounts, installs, marketplace
from local.stand_in.backend import Backend
from local.stand_in.bodies import Body, read
from local.stand_in.errors import StripeError


class AccountOrder(Body):
    """The body of `POST /_accounts`."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    country: str = accounts.OWN.country
    currency: Annotated[str, Field(pattern="^[a-z]{3}$")] | None = None

    @field_validator("country")
    @classmethod
    def _is_served(cls, country: str) -> str:
        if country not in accounts.CURRENCIES:
            raise ValueError(f"there are accounts in {', '.join(sorted(accounts.CURRENCIES))}")
        return country


class InstallOrder(Body):
    """The body of `POST /_install`: what a person would choose, and what the link has."""

    account: str
    state: str | None = None
    livemode: bool = False


class UninstallOrder(Body):
    """The body of `POST /_uninstall`; without `livemode`, in whichever modes it is installed."""

    account: str
    livemode: bool | None = None


async def add_account(request: Request) -> Response:
    order, backend = await read(request, AccountOrder), _backend(request)
    with backend.store.transaction():
        added = accounts.add(backend, order.name, order.country, order.currency)
        return JSONResponse(asdict(added), 201)


async def install(request: Request) -> Response:
    """Do what Install on the page does; the browser would be sent to `redirect`."""
    order, backend = await read(request, InstallOrder), _backend(request)
    link = marketplace.Link(backend.config.redirect_uris[0], order.state)
    with backend.store.transaction():
        address = marketplace.install(backend, link, order.account, livemode=order.livemode)
    return JSONResponse({"redirect": address})


async def uninstall(request: Request) -> Response:
    """Do what a merchant does in the Dashboard; the answer has what was uninstalled."""
    order, backend = await read(request, UninstallOrder), _backend(request)
    with backend.store.transaction():
        found = [
            install
            for install in installs.newest_first(backend)
            if install["account"] == order.account and order.livemode in (None, install["livemode"])
        ]
        if not found:
            message = f"The app is not installed on '{order.account[:40]}'"
            raise StripeError(message, status=404, param="account")
        return JSONResponse({"data": [installs.remove(backend, install) for install in found]})


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
