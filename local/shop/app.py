"""The server of the shop: two pages, and the calls that they make."""

from dataclasses import dataclass

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.shop.checkout import checkout_routes, create_checkout
from local.shop.config import ShopConfig
from local.shop.connection import Connection
from local.shop.cookies import (
    CUSTOMER,
    PAYER,
    forget_customer,
    forget_payer,
    keep_customer,
    keep_payer,
)
from local.shop.customers import LONGEST_NAME, Customers
from local.shop.documents import HERE, document, language_of
from local.shop.guards import of_own_pages, problem
from local.shop.relying_party import Json, RelyingParty

LONGEST_HANDLE = 255
_MAX_BODY = 4096


@dataclass(frozen=True)
class _Shop:
    config: ShopConfig
    connection: Connection
    customers: Customers

    async def home(self, request: Request) -> Response:
        """Return the page of the product or, until the shop is connected, of how to connect it."""
        return self._page(request, "product" if self.connection.account_id else "set_up")

    async def set_up_page(self, request: Request) -> Response:
        return self._page(request, "set_up")

    def _page(self, request: Request, name: str) -> Response:
        language = language_of(request.headers.get("accept-language", ""))
        return document(self.config, name, language, self.connection.account_id or "")

    async def remember_payer(self, _: Request, body: Json) -> Response:
        """Keep the handle in the customer's account at the shop: here, in a cookie that no script
        can read.
        """
        payer = body.get("payer")
        if not isinstance(payer, str) or not 0 < len(payer) <= LONGEST_HANDLE:
            return problem(422, "invalid_payer")
        response = JSONResponse({"known": True})
        keep_payer(response, payer)
        return response

    async def forget_payer(self, _: Request, __: Json) -> Response:
        response = JSONResponse({"known": False})
        forget_payer(response)
        return response

    async def show_payer(self, request: Request) -> Response:
        return JSONResponse({"known": PAYER in request.cookies})

    async def sign_in(self, _: Request, body: Json) -> Response:
        """Sign somebody in at the shop, under the name that they give."""
        name = body.get("name")
        if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
            return problem(422, "invalid_name")
        response = JSONResponse({"name": name.strip()})
        keep_customer(response, self.customers.sign_in(name.strip()))
        return response

    async def sign_out(self, request: Request, _: Json) -> Response:
        self.customers.sign_out(request.cookies.get(CUSTOMER, ""))
        response = JSONResponse({"name": ""})
        forget_customer(response)
        return response

    async def show_customer(self, request: Request) -> Response:
        customer = self.customers.find(request.cookies.get(CUSTOMER, ""))
        return JSONResponse({"name": customer.name if customer else ""})

    async def make_ticket(self, request: Request, _: Json) -> Response:
        """Have a ticket made for who is signed in here; for anybody else there is none."""
        ticket = await self.customers.ticket(request.cookies.get(CUSTOMER, ""))
        return JSONResponse({"ticket": ticket}, headers={"cache-control": "no-store"})

    async def connect(self, _: Request, body: Json) -> Response:
        account_id = body.get("account_id")
        await self.connection.use(account_id if isinstance(account_id, str) else "")
        return self._connected()

    async def set_up(self, _: Request, __: Json) -> Response:
        if self.config.stand_in is None:
            return problem(409, "stand_in_missing")
        await self.connection.set_up()
        return self._connected()

    async def disconnect(self, _: Request, __: Json) -> Response:
        self.connection.forget()
        return self._connected()

    def _connected(self) -> Response:
        return JSONResponse({"account_id": self.connection.account_id})


def create_shop(config: ShopConfig, http: httpx.AsyncClient) -> Starlette:
    """Return the shop as an app for its own host; `http` is the server's client, which the caller
    closes.
    """
    relying_party = RelyingParty(config, http)
    connection = Connection(relying_party)
    customers = Customers(relying_party, connection)
    shop = _Shop(config, connection, customers)
    checkout = create_checkout(relying_party, connection, customers)
    own = of_own_pages(config.origin)
    routes = [
        Route("/", shop.home),
        Route("/set-up", shop.set_up_page),
        *checkout_routes(checkout, own),
        Route("/payer", shop.show_payer, methods=["GET"]),
        Route("/payer", own(shop.remember_payer), methods=["POST"]),
        Route("/payer", own(shop.forget_payer), methods=["DELETE"]),
        Route("/customer", shop.show_customer, methods=["GET"]),
        Route("/customer", own(shop.sign_in), methods=["POST"]),
        Route("/customer", own(shop.sign_out), methods=["DELETE"]),
        Route("/ticket", own(shop.make_ticket), methods=["POST"]),
        Route("/connection", own(shop.connect), methods=["POST"]),
        Route("/connection", own(shop.disconnect), methods=["DELETE"]),
        Route("/connection/demo", own(shop.set_up), methods=["POST"]),
        Mount("/assets", StaticFiles(directory=HERE / "assets" / "static")),
    ]
    return Starlette(routes=routes, max_body_size=_MAX_BODY)
