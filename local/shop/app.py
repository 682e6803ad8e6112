"""The server of the shop: two pages, and the calls that they make."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.shop.config import ShopConfig
from local.shop.connection import Connection
from local.shop.customers import LONGEST_NAME, Customers
from local.shop.documents import HERE, document, language_of
from local.shop.orders import Order, Orders
from local.shop.relying_party import Json, RelyingParty, RelyingPartyError

COOKIE = "shop_payer"
CUSTOMER = "shop_customer"
COOKIE_AGE = 180 * 24 * 3600
LONGEST_HANDLE = 255
_MAX_BODY = 4096

_Call = Callable[[Request, Json], Awaitable[Response]]


@dataclass(frozen=True)
class _Shop:
    config: ShopConfig
    connection: Connection
    orders: Orders
    customers: Customers

    async def home(self, request: Request) -> Response:
        """Return the page of the product or, until the shop is connected, of how to connect it."""
        return self._page(request, "product" if self.connection.account_id else "set_up")

    async def set_up_page(self, request: Request) -> Response:
        return self._page(request, "set_up")

    def _page(self, request: Request, name: str) -> Response:
        language = language_of(request.headers.get("accept-language", ""))
        return document(self.config, name, language, self.connection.account_id or "")

    async def place_order(self, request: Request, _: Json) -> Response:
        order = await self.orders.place(request.cookies.get(COOKIE, ""))
        return _order(order, 201)

    async def show_order(self, request: Request) -> Response:
        order = self.orders.find(request.path_params["order_id"])
        return _order(order) if order else _problem(404, "order_not_found")

    async def decide_order(self, request: Request, _: Json) -> Response:
        """Decide an order once the page is done, whatever the page says became of it."""
        order = self.orders.find(request.path_params["order_id"])
        if order is None:
            return _problem(404, "order_not_found")
        await self.orders.decide(order)
        return _order(order)

    async def remember_payer(self, _: Request, body: Json) -> Response:
        """Keep the handle in the customer's account at the shop: here, in a cookie that no script
        can read.
        """
        payer = body.get("payer")
        if not isinstance(payer, str) or not 0 < len(payer) <= LONGEST_HANDLE:
            return _problem(422, "invalid_payer")
        response = JSONResponse({"known": True})
        response.set_cookie(COOKIE, payer, max_age=COOKIE_AGE, httponly=True, samesite="strict")
        return response

    async def forget_payer(self, _: Request, __: Json) -> Response:
        response = JSONResponse({"known": False})
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    async def show_payer(self, request: Request) -> Response:
        return JSONResponse({"known": COOKIE in request.cookies})

    async def sign_in(self, _: Request, body: Json) -> Response:
        """Sign somebody in at the shop, under the name that they give."""
        name = body.get("name")
        if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
            return _problem(422, "invalid_name")
        response = JSONResponse({"name": name.strip()})
        session = self.customers.sign_in(name.strip())
        response.set_cookie(CUSTOMER, session, httponly=True, samesite="strict")
        return response

    async def sign_out(self, request: Request, _: Json) -> Response:
        self.customers.sign_out(request.cookies.get(CUSTOMER, ""))
        response = JSONResponse({"name": ""})
        response.delete_cookie(CUSTOMER, httponly=True, samesite="strict")
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
            return _problem(409, "stand_in_missing")
        await self.connection.set_up()
        return self._connected()

    async def disconnect(self, _: Request, __: Json) -> Response:
        self.connection.forget()
        return self._connected()

    def _connected(self) -> Response:
        return JSONResponse({"account_id": self.connection.account_id})

    def guarded(self, call: _Call) -> Callable[[Request], Awaitable[Response]]:
        """Serve a call that only the shop's own pages may make, with a JSON object as its body."""

        async def answer(request: Request) -> Response:
            if request.headers.get("origin") != self.config.origin:
                return _problem(403, "wrong_origin")
            try:
                body = json.loads(await request.body() or b"{}")
            except ValueError:
                return _problem(400, "invalid_json")
            if not isinstance(body, dict):
                return _problem(400, "invalid_json")
            try:
                return await call(request, body)
            except RelyingPartyError as error:
                status = error.status if error.status < 500 else 503
                return _problem(422 if status == 401 else status, error.code)

        return answer


def create_shop(config: ShopConfig, http: httpx.AsyncClient) -> Starlette:
    """Return the shop as an app for its own host; `http` is the server's client, which the caller
    closes.
    """
    relying_party = RelyingParty(config, http)
    connection = Connection(relying_party)
    orders, customers = Orders(relying_party, connection), Customers(relying_party, connection)
    shop = _Shop(config, connection, orders, customers)
    own = shop.guarded
    routes = [
        Route("/", shop.home),
        Route("/set-up", shop.set_up_page),
        Route("/orders", own(shop.place_order), methods=["POST"]),
        Route("/orders/{order_id}", shop.show_order),
        Route("/orders/{order_id}/decide", own(shop.decide_order), methods=["POST"]),
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


def _order(order: Order, status: int = 200) -> Response:
    return JSONResponse(order.view(), status, {"cache-control": "no-store"})


def _problem(status: int, code: str) -> Response:
    problem = {"type": "about:blank", "status": status, "code": code}
    return JSONResponse(problem, status, media_type="application/problem+json")
