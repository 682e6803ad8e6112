"""The calls of the shop's page about its orders."""

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.shop.boxes import BOXES
from local.shop.cards import CardMaker
from local.shop.connection import Connection
from local.shop.cookies import CUSTOMER, ORDER, PAYER, forget_order, forget_payer, keep_order
from local.shop.customers import Customer, Customers
from local.shop.evidence import SealedTokens
from local.shop.guards import Guard, read_only
from local.shop.orders import Order, Orders
from local.shop.payments import Payments
from local.shop.relying_party import Json, RelyingParty, RelyingPartyError
from local.shop.story import Stories

_PRIVATE = {"cache-control": "no-store"}
_CARD = ("payment_method", "confirmation_token")


@dataclass(frozen=True)
class Checkout:
    """Orders, their payments, and what is shown of both."""

    connection: Connection
    customers: Customers
    orders: Orders
    cards: CardMaker
    payments: Payments
    stories: Stories
    sealed_tokens: SealedTokens

    async def place(self, _: Request, body: Json) -> Response:
        """Place an order of a box; its payment follows."""
        order = self.orders.place(body.get("box"))
        response = _told(order.view(), 201)
        keep_order(response, order.order_id)
        return response

    async def make_card(self, request: Request, body: Json) -> Response:
        """Return the id of a card that was chosen, where Stripe.js has not made one in the page."""
        account_id, kind, name = (
            self.connection.account_id or "",
            body.get("kind"),
            body.get("name"),
        )
        if kind == "test":
            return _told(await self.cards.test_card(account_id, name), 201)
        if kind == "wallet":
            return _told(await self.cards.wallet_card(account_id, name), 201)
        customer = self._customer(request)
        if kind != "saved" or customer is None:
            raise RelyingPartyError(422, "invalid_card")
        saved = await self.customers.saved_card(customer, account_id, self.cards)
        return _told({"payment_method": saved.card}, 201)

    async def create(self, request: Request, body: Json) -> Response:
        """Create the payment of an order with the card that the page names."""
        card = body.get("card")
        if not isinstance(card, dict):
            raise RelyingPartyError(422, "invalid_card")
        named = {name: card[name] for name in _CARD if name in card}
        payer, customer = request.cookies.get(PAYER, ""), self._customer(request)
        order = self._order(request)
        made = await self.payments.create(order, named, _key(request), payer, customer)
        response = _told(made, 201)
        if made.get("forgotten"):
            forget_payer(response)
        return response

    async def confirm(self, request: Request, body: Json) -> Response:
        return _told(await self.payments.confirm(self._order(request), body, _key(request)))

    async def ask_again(self, request: Request, _: Json) -> Response:
        return _told(await self.payments.ask_again(self._order(request)))

    async def cancel(self, request: Request, _: Json) -> Response:
        return _told(await self.payments.cancel(self._order(request)))

    async def read(self, request: Request, _: Json) -> Response:
        """Return the payment of an order: what a page says of it counts for nothing."""
        return _told(await self.payments.read(self._order(request)))

    async def tell(self, request: Request, _: Json) -> Response:
        """Return an order with all that has happened to it."""
        return await self._story(self._order(request))

    async def come_back(self, request: Request, _: Json) -> Response:
        """Return the order that this browser was paying, to who has closed the page. How it ended
        is told once; where there is none, there is no payment either.
        """
        order = self.orders.get(request.cookies.get(ORDER, ""))
        return _told({"payment": None}) if order is None else await self._story(order)

    async def decide_on_sealed(self, _: Request, __: Json) -> Response:
        return _told(await self.sealed_tokens.decide(BOXES["large"]))

    async def _story(self, order: Order) -> Response:
        story = await self.stories.of(order)
        response = _told(story)
        if story["payment"] is not None and story["payment"]["ended_at"] is not None:
            forget_order(response)
        return response

    def _order(self, request: Request) -> Order:
        return self.orders.find(request.path_params["order_id"])

    def _customer(self, request: Request) -> Customer | None:
        return self.customers.find(request.cookies.get(CUSTOMER, ""))


def create_checkout(
    relying_party: RelyingParty, connection: Connection, customers: Customers
) -> Checkout:
    """Return the checkout of a shop that has no orders yet."""
    payments = Payments(relying_party, connection)
    return Checkout(
        connection,
        customers,
        Orders(),
        CardMaker(relying_party),
        payments,
        Stories(relying_party, payments),
        SealedTokens(relying_party, connection),
    )


def checkout_routes(checkout: Checkout, own: Guard) -> list[Route]:
    """Return the routes of the checkout: `own` guards the calls that change something."""
    order = "/orders/{order_id}"
    return [
        Route("/cards", own(checkout.make_card), methods=["POST"]),
        Route("/sealed-token", own(checkout.decide_on_sealed), methods=["POST"]),
        Route("/orders", own(checkout.place), methods=["POST"]),
        Route("/orders/current", read_only(checkout.come_back)),
        Route(order, read_only(checkout.tell)),
        Route(f"{order}/payment", read_only(checkout.read), methods=["GET"]),
        Route(f"{order}/payment", own(checkout.create), methods=["POST"]),
        Route(f"{order}/confirm", own(checkout.confirm), methods=["POST"]),
        Route(f"{order}/spc", own(checkout.ask_again), methods=["POST"]),
        Route(f"{order}/cancel", own(checkout.cancel), methods=["POST"]),
    ]


def _key(request: Request) -> str:
    """Return the idempotency key of the page's call: a call that it repeats has the same."""
    return request.headers.get("idempotency-key") or secrets.token_urlsafe(16)


def _told(told: Json, status: int = 200) -> Response:
    """Return an answer that nobody keeps: it may have a secret of the payment's in it."""
    return JSONResponse(told, status, _PRIVATE)
