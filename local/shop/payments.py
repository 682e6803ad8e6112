"""The payment of an order: what the shop's server asks of Countersign, with a merchant's token.

The amount and the currency are the order's, whatever a page says; so is the reference, of which
only one payment is ever open or paid.
"""

from dataclasses import dataclass

from local.shop.boxes import CURRENCY
from local.shop.connection import Connection
from local.shop.customers import Customer
from local.shop.orders import Order
from local.shop.relying_party import Json, RelyingParty, RelyingPartyError


@dataclass
class Payments:
    """What is asked for the orders of this run. Everything raises `RelyingPartyError`."""

    relying_party: RelyingParty
    connection: Connection

    async def create(
        self, order: Order, card: Json, key: str, payer: str, customer: Customer | None
    ) -> Json:
        """Create a payment of an order with a card; one of it that is still open is canceled. A
        payer whom Countersign does not know any more pays as a stranger, which the answer says as
        `forgotten`.
        """
        saved = customer.saved if customer else None
        body = {
            "account_id": self.connection.account_id,
            "reference": order.order_id,
            "amount": order.box.amount,
            "currency": CURRENCY,
            "description": f"{order.box.pieces} canelés",
            "replace": True,
            **card,
            **({"customer": saved.customer_id} if saved else {}),
        }
        try:
            named = body | ({"payer": payer} if payer else {})
            return await self._create(order, named, key)
        except RelyingPartyError as error:
            if error.code != "unknown_payer":
                raise
        return await self._create(order, body, f"{key}-stranger") | {"forgotten": True}

    async def _create(self, order: Order, body: Json, key: str) -> Json:
        """An order that is paid already is from now on shown with the payment that has paid it."""
        headers = {"idempotency-key": key}
        try:
            call = self.relying_party.call
            made: Json = await call("POST", "/payments", json=body, headers=headers)
        except RelyingPartyError as error:
            if error.code == "already_paid":
                order.payment_id = str(error.problem["payment_id"])
            raise
        order.payment_id = made["id"]
        return made

    async def confirm(self, order: Order, body: Json, key: str) -> Json:
        """Confirm the payment of an order, with what the page has of the card."""
        headers = {"idempotency-key": key}
        return await self._of(order, "POST", "/confirm", json=body, headers=headers)

    async def ask_again(self, order: Order) -> Json:
        """Ask the payer once more, in a ceremony that takes the place of the last."""
        return await self._of(order, "POST", "/spc", json={})

    async def cancel(self, order: Order) -> Json:
        """Cancel the payment of an order; nothing is charged."""
        return await self._of(order, "POST", "/cancel", json={})

    async def read(self, order: Order) -> Json:
        """Return the payment of an order."""
        return await self._of(order, "GET", "")

    async def _of(self, order: Order, method: str, call: str, **request: object) -> Json:
        if order.payment_id is None:
            raise RelyingPartyError(409, "payment_missing")
        path = f"/payments/{order.payment_id}{call}"
        found: Json = await self.relying_party.call(method, path, **request)
        return found
