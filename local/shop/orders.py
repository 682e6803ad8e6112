"""The orders of the shop, each paid by one payment at a time."""

import secrets
from dataclasses import dataclass, field

from local.shop.boxes import BOXES, CURRENCY, Box
from local.shop.relying_party import Json, RelyingPartyError

MOST = 500
"""Orders that are kept; the oldest are forgotten."""


@dataclass
class Order:
    """An order: its id is the `reference` of its payments, of which `payment_id` is the present
    one.
    """

    order_id: str
    box: Box
    payment_id: str | None = None

    def view(self) -> Json:
        """Return what the shop's page gets of an order itself."""
        return {
            "id": self.order_id,
            "pieces": self.box.pieces,
            "amount": self.box.amount,
            "currency": CURRENCY,
        }


@dataclass
class Orders:
    """The orders of this run."""

    _kept: dict[str, Order] = field(default_factory=dict)

    def place(self, box: object) -> Order:
        """Return a new order of a box. Raises `RelyingPartyError` 422 for one that is not sold."""
        if not isinstance(box, str) or box not in BOXES:
            raise RelyingPartyError(422, "invalid_box")
        order = Order(secrets.token_urlsafe(16), BOXES[box])
        while len(self._kept) >= MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[order.order_id] = order
        return order

    def get(self, order_id: str) -> Order | None:
        """Return an order of this run, `None` where it is none."""
        return self._kept.get(order_id)

    def find(self, order_id: str) -> Order:
        """Return an order of this run. Raises `RelyingPartyError` 404."""
        order = self.get(order_id)
        if order is None:
            raise RelyingPartyError(404, "order_not_found")
        return order
