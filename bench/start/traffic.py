"""What the functions are called with: requests that a person, a payer or Stripe sends, made through
the running service so that everything in them is real.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.authenticator import SigningKey
from tests.support.service import ROOT, Service, new_user
from tests.support.spc_service import PayerAtHome, Shop
from tests.support.step_up_service import Till
from tools.signed_event import signed_request

Event = dict[str, Any]


def traffic(service: Service, issuer: str) -> Mapping[str, Callable[[], Event]]:
    """Return what makes a request for each function, by its folder. Stripe has been asked for the
    merchant's country, as it is once a day, so that all requests of a function are alike.
    """
    shop = Shop.open(service)
    Till(shop).decided()
    run = _run(issuer)  # always the same one, by its key: only so many runs may wait
    return {
        "session_creation": lambda: _as_user(
            _sample("session_creation/create"), new_user(), issuer
        ),
        "install_callback": lambda: _as_user(
            _sample("install_callback/create_link"), new_user(), issuer
        ),
        "spc_verification": lambda: _confirmation(service, shop),
        "step_up_decision": lambda: _decision(shop, issuer),
        "payments": lambda: _payment(shop, issuer),
        "webhook_receipt": _redaction,
        "reconciliation": lambda: run,
        "pages": lambda: _sample("pages/verify"),
    }


def _sample(name: str) -> Event:
    return dict(json.loads((ROOT / "events" / f"{name}.json").read_text("utf-8")))


def _as_user(event: Event, subject: str, issuer: str) -> Event:
    event["requestContext"]["authorizer"]["jwt"]["claims"] |= {"sub": subject, "iss": issuer}
    return event


def _confirmation(service: Service, shop: Shop) -> Event:
    """The response of a payer's browser, each time of another payer."""
    payer = PayerAtHome(service, SigningKey.new())
    assert payer.register_identified().status_code == 201
    asked = shop.ask(payer.allow(shop)).json()
    event = _sample("spc_verification/answer_unknown_ceremony")
    event["headers"] = event["headers"] | {"origin": shop.origin}
    event["body"] = json.dumps(payer.answer(asked, shop.origin))
    return event


def _decision(shop: Shop, issuer: str) -> Event:
    """A decision on a freshly sealed Google Pay token."""
    event = _as_user(
        _sample("step_up_decision/decide_for_unknown_account"), shop.merchant.user, issuer
    )
    order = json.loads(event["body"]) | {"account_id": shop.merchant.account}
    event["body"] = json.dumps(order | {"google_pay": {"token": Till(shop).google_pay()["token"]}})
    return event


def _payment(shop: Shop, issuer: str) -> Event:
    """A payment with a card that is decided on."""
    event = _as_user(_sample("payments/create_for_unknown_account"), shop.merchant.user, issuer)
    order = json.loads(event["body"]) | {
        "account_id": shop.merchant.account,
        "reference": new_user("order"),
        "payment_method": Till(shop).at_stripe("payment_methods", card={"country": "US"}),
    }
    event["body"] = json.dumps(order)
    event["headers"] = event["headers"] | {"idempotency-key": new_user("key")}
    return event


def _redaction() -> Event:
    """A webhook that is stored without a read at Stripe."""
    kind = "identity.verification_session.redacted"
    return dict(signed_request(kind, f"vs_{new_user('bench')}", int(time.time())))


def _run(issuer: str) -> Event:
    """An operator's call for a run. The emulator calls every function by a name of its own, which
    Lambda does not know: so the run does not begin beside what is measured.
    """
    event = _as_user(_sample("reconciliation/begin_too_old"), new_user("operator"), issuer)
    now = int(time.time())
    event["body"] = json.dumps({"from": now - 120, "to": now - 60})
    event["headers"] = event["headers"] | {"idempotency-key": new_user("key")}
    return event
