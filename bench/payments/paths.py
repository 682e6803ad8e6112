"""A payment by each of its paths, through the functions of a running service in this process."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.payments.meter import Meter, Used
from tests.support.authenticator import SigningKey
from tests.support.gateway import LambdaContext, http_event
from tests.support.merchants import STAND_IN
from tests.support.service import Service
from tests.support.spc_service import PayerAtHome, Shop

AMOUNT = 10990
"""Large enough for the rules shipped to ask for a proof."""
Json = dict[str, Any]
Path = Callable[["Till"], Json]


@dataclass(frozen=True)
class Call:
    """One call of a payment: what it used, and its seconds."""

    name: str
    used: Used
    seconds: float


@dataclass
class Till:
    """A merchant's server whose calls are counted."""

    service: Service
    shop: Shop
    handler: Any
    meter: Meter
    client: str
    calls: list[Call] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def create(self, method: str, **members: Any) -> Json:
        """Create a payment with this card."""
        order = {"account_id": self.shop.merchant.account, "reference": f"order-{self._next()}"}
        body = {**order, "amount": AMOUNT, "currency": "eur", "payment_method": method, **members}
        return self._call("POST /payments", "/payments", body)

    def confirm(self, payment: Json, **body: Any) -> Json:
        """Confirm a payment."""
        return self._call("POST …/confirm", f"/payments/{payment['id']}/confirm", body)

    def card(self, **card: Any) -> str:
        """A PaymentMethod of the merchant's account."""
        body = {"account": self.shop.merchant.account, "card": {"country": "US"} | card}
        answer = self.service.http.post(f"{STAND_IN}/_payment_methods", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def payer(self) -> tuple[PayerAtHome, str]:
        """A payer in a browser that is trusted, with their handle; each time another one, since
        the rules ask nothing of one who has paid here before.
        """
        payer = PayerAtHome(self.service, SigningKey.new())
        assert payer.register_identified().is_success
        return payer, payer.allow(self.shop)

    def _call(self, name: str, path: str, body: Json) -> Json:
        headers = {"idempotency-key": f"key-{self._next()}", "content-type": "application/json"}
        event = http_event(
            "POST",
            path,
            body=json.dumps(body),
            headers=headers,
            user=self.client,
            scope="countersign/merchant",
        )
        self.meter.take()
        began = time.perf_counter()
        answer = self.handler(event, LambdaContext())
        seconds = time.perf_counter() - began
        self.calls.append(Call(name, self.meter.take(), seconds))
        assert answer["statusCode"] in (200, 201), answer["body"]
        return dict(json.loads(answer["body"]))

    def _next(self) -> int:
        return next(self._numbers)


def device_token(till: Till) -> Json:
    """A card of a wallet on a device: nothing more is asked for."""
    wallet = {"wallet": {"type": "google_pay", "dynamic_last4": "4242"}}
    return till.confirm(till.create(till.card(**wallet)))


def trusted_browser(till: Till) -> Json:
    """Secure Payment Confirmation in a browser that is trusted, and no 3-D Secure."""
    payer, handle = till.payer()
    payment = till.create(till.card(), payer=handle)
    answer = payer.answer(payment["spc"], till.shop.origin)
    assert till.service.http.post("/spc-auth-response", json=answer).is_success
    return till.confirm(payment)


def frictionless(till: Till) -> Json:
    """3-D Secure within the confirmation, without a challenge."""
    return till.confirm(till.create(till.card(plays="frictionless")))


def challenge(till: Till) -> Json:
    """3-D Secure with a challenge of the payer, who comes back."""
    payment = till.create(till.card(plays="challenge"))
    asked = till.confirm(payment)
    assert asked["next"] == "act", asked
    body = {"payment_intent": asked["payment_intent"]["id"], "outcome": "pass"}
    assert till.service.http.post(f"{STAND_IN}/_authenticate", json=body).is_success
    return till.confirm(payment)


PATHS: dict[str, Path] = {
    "device token": device_token,
    "SPC, trusted browser": trusted_browser,
    "3-D Secure, frictionless": frictionless,
    "3-D Secure, challenge": challenge,
}
