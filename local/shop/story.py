"""What has happened to an order so far, for its payer and for who looks behind the counter."""

from dataclasses import dataclass

from local.shop.orders import Order
from local.shop.payments import Payments
from local.shop.relying_party import Json, RelyingParty


@dataclass
class Stories:
    """The stories of orders: the payment, the decision on its card, and the events."""

    relying_party: RelyingParty
    payments: Payments

    async def of(self, order: Order) -> Json:
        """Return an order with its payment, as Countersign has it at this moment, the decision on
        it, and the domain events that have left. Raises `RelyingPartyError`.
        """
        if order.payment_id is None:
            return order.view() | {"payment": None, "decision": None, "events": []}
        payment = await self.payments.read(order)
        decision = None
        if payment["decision"] is not None:
            path = f"/step-up-decisions/{payment['decision']}"
            decision = await self.relying_party.call("GET", path)
        subjects = (payment["id"], payment["decision"], payment["ceremony_id"])
        events = await self._events([each for each in subjects if each is not None])
        return order.view() | {"payment": payment, "decision": decision, "events": events}

    async def _events(self, subjects: list[str]) -> list[Json]:
        """Return the domain events about these, oldest first. They can be read on one machine
        alone; a merchant in the cloud subscribes to them.
        """
        found: list[Json] = []
        headers = {"accept": "application/json"}
        for subject in subjects:
            asked = {"subject": subject}
            answer = await self.relying_party.send(
                "GET", "/_local/events", params=asked, headers=headers
            )
            found += answer.json()["data"]
        return sorted(map(_shown, found), key=lambda event: (event["at"], event["revision"]))


def _shown(event: Json) -> Json:
    detail = event["detail"]
    return {
        "type": event["detail-type"],
        "subject": detail["subject"],
        "revision": detail["revision"],
        "at": detail["occurred_at"],
    }
