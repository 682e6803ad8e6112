"""The orders of the shop, and what its server decides about each from the verdict alone."""

import base64
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from local.shop.connection import Connection
from local.shop.relying_party import Json, RelyingParty, RelyingPartyError

AMOUNT, CURRENCY = 2400, "eur"
CARD = Path(__file__).parent / "assets" / "card.png"
MOST = 500
"""Orders that are kept; the oldest are forgotten."""

Status = Literal["asked", "confirmed", "needs_3ds"]

_NOT_SET_UP = ("payee_missing", "checkout_origins_missing", "not_installed")


@dataclass
class Order:
    """An order: `confirmation` is what the payer's browser needs to confirm it; `reason` is why the
    payment goes on with 3-D Secure instead.
    """

    order_id: str
    payer: str
    status: Status = "needs_3ds"
    reason: str = ""
    code: str = ""
    confirmation: Json | None = None

    def view(self) -> Json:
        """Return what the shop's page gets."""
        return {
            "id": self.order_id,
            "status": self.status,
            "reason": self.reason,
            "code": self.code,
            "confirmation": self.confirmation,
        }


@dataclass
class Orders:
    """The orders of this run."""

    relying_party: RelyingParty
    connection: Connection
    _kept: dict[str, Order] = field(default_factory=dict)

    async def place(self, payer: str) -> Order:
        """Return a new order of a payer, who is asked to confirm it where that is possible."""
        order = Order(secrets.token_urlsafe(16), payer)
        if payer:
            await self._ask(order)
        else:
            order.reason = "no_payer"
        while len(self._kept) >= MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[order.order_id] = order
        return order

    def find(self, order_id: str) -> Order | None:
        """Return an order of this run."""
        return self._kept.get(order_id)

    async def decide(self, order: Order) -> None:
        """Ask the relying party what became of the confirmation; a page's word counts for nothing.
        Without a verdict in our favor the payment goes on with 3-D Secure.
        """
        if order.status != "asked" or order.confirmation is None:
            return
        path = f"/spc-ceremonies/{order.confirmation['ceremony_id']}"
        try:
            verdict = await self.relying_party.call("GET", path)
        except RelyingPartyError as error:
            order.status, order.reason, order.code = "needs_3ds", "unavailable", error.code
            return
        order.status, order.reason = _decided(order, verdict)

    async def _ask(self, order: Order) -> None:
        asked = {
            "payer": order.payer,
            "account_id": self.connection.account_id,
            "amount": AMOUNT,
            "currency": CURRENCY,
            "instrument": {"display_name": "Visa •••• 4242", "icon": _card()},
            "caller_origin": self.relying_party.config.origin,
            "top_origin": self.relying_party.config.origin,
        }
        # The order's own key, so that a repeated request is the same ceremony.
        key = {"idempotency-key": order.order_id}
        try:
            path = "/spc-auth-request"
            told = await self.relying_party.call("POST", path, json=asked, headers=key)
        except RelyingPartyError as error:
            order.reason, order.code = _why_not(error), error.code
            return
        if told["available"]:
            order.status, order.confirmation = "asked", told
        else:
            order.reason = "no_credential"


def _why_not(error: RelyingPartyError) -> str:
    if error.code == "unknown_payer":
        return "no_payer"
    set_up = error.code in _NOT_SET_UP or error.status == 404
    return "not_set_up" if set_up else "unavailable"


def _decided(order: Order, verdict: Json) -> tuple[Status, str]:
    """Return whether the verdict is about exactly this order."""
    paid = (verdict["payer"], verdict["amount"], verdict["currency"])
    if verdict["status"] != "authenticated" or paid != (order.payer, AMOUNT, CURRENCY):
        return "needs_3ds", "not_confirmed"
    return ("needs_3ds", "step_up") if verdict["step_up_required"] else ("confirmed", "")


def _card() -> str:
    """Return the picture of the card within the request, so that nothing has to be fetched to show
    it.
    """
    return f"data:image/png;base64,{base64.b64encode(CARD.read_bytes()).decode()}"
