"""The calls that are measured. Each is prepared, which is not counted, and then made."""

import itertools
from collections.abc import Callable, Mapping

from bench.growth.deployment import Deployment
from tests.support.authenticator import Passkey
from tests.support.bundle import SESSIONS
from tests.support.payments_bundle import PAYMENTS
from tests.support.spc_bundle import OPERATOR_SCOPE
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import DECISIONS

AMOUNT = 10990
"""Large enough for the rules shipped to ask for a proof."""
Call = Callable[[], object]
Operation = Callable[[Deployment, str], Call]
"""Prepares the call of a person who was never here before."""
_numbers = itertools.count()


def new_person() -> str:
    """Return a subject that nobody had before; all are of one length."""
    return f"person-{next(_numbers):07d}"


def _creation(deployment: Deployment, person: str) -> Call:
    return lambda: deployment.sessions.open(person)


def _read(deployment: Deployment, person: str) -> Call:
    session = deployment.sessions.open(person)
    return lambda: deployment.sessions.view(person, session)


def _webhook(deployment: Deployment, person: str) -> Call:
    session = deployment.sessions.open(person)
    deployment.sessions.stripe.outcome(session, "verified")
    event = deployment.sessions.events_of(session)[-1]
    return lambda: deployment.sessions.tell(event)


def _sessions(deployment: Deployment, person: str) -> Call:
    return lambda: _page(deployment.sessions.operator().get(SESSIONS).json)


def _ask(deployment: Deployment, person: str) -> Call:
    deployment.shop.register(person)
    deployment.shop.allow(person)
    return lambda: deployment.shop.ask(person)


def _confirmation(deployment: Deployment, person: str) -> Call:
    passkey = deployment.shop.register(person)
    question = deployment.shop.ask(person)
    return lambda: _is(200, deployment.shop.confirm(question, passkey).status)


def _decision(deployment: Deployment, person: str) -> Call:
    token = deployment.shop.google.token()
    return lambda: deployment.shop.decided_on(token)


def _decisions(deployment: Deployment, person: str) -> Call:
    caller = deployment.shop.decider("business", OPERATOR_SCOPE)
    query = {"account_id": BAKERY}
    return lambda: _page(caller.get(DECISIONS, query=query).json)


def _payment(deployment: Deployment, person: str) -> Call:
    deployment.shop.register(person)
    members = {"payer": deployment.shop.allow(person), "payment_method": deployment.shop.card()}
    return lambda: deployment.shop.created(amount=AMOUNT, **members)


def _paid(deployment: Deployment, person: str) -> Call:
    """A card of a wallet on a device: nothing more is asked for."""
    shop = deployment.shop
    wallet = {"type": "google_pay", "dynamic_last4": "4242"}
    card = shop.card(wallet=wallet)

    def call() -> None:
        made = shop.created(amount=AMOUNT, payment_method=card)
        assert shop.confirmed(made["id"])["status"] == "succeeded"

    return call


def _payments(deployment: Deployment, person: str) -> Call:
    query = {"account_id": BAKERY}
    return lambda: _page(deployment.shop.shop().get(PAYMENTS, query=query).json)


OPERATIONS: Mapping[str, Operation] = {
    "session creation": _creation,
    "session read": _read,
    "webhook, verified": _webhook,
    "page of sessions": _sessions,
    "SPC request": _ask,
    "SPC confirmation": _confirmation,
    "step-up decision": _decision,
    "page of decisions": _decisions,
    "payment, create": _payment,
    "payment, device token": _paid,
    "page of payments": _payments,
}


def live(deployment: Deployment, person: str) -> None:
    """Have a person do everything once, so that all of it is stored."""
    deployment.sessions.open(person)
    shop = deployment.shop
    passkey: Passkey = shop.register(person)
    assert shop.confirm(shop.ask(person), passkey).status == 200
    shop.decided_on(shop.google.token())
    shop.created(amount=AMOUNT, payer=shop.allow(person), payment_method=shop.card())


def _page(listed: dict[str, list[object]]) -> None:
    _is(20, len(listed["data"]))


def _is(wanted: int, found: int) -> None:
    assert found == wanted, found
