"""Whether a card was saved for payments without its payer: what Stripe shows of it, and nothing else."""

from secrets import token_hex
from typing import Any

import pytest

from countersign.installs import access
from countersign.problems import Invalid
from countersign.step_up.context import contexts
from countersign.step_up.read_saving import read_saving
from tests.support.chromium import Json
from tests.support.spc_bundle import SERVER
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import StepUpBundle
from tests.support.step_up_cards import INTENTS, METHODS, at_stripe, paid, rewrite
from tests.support.step_up_results import CHALLENGED, charge_of
from tests.support.users import qualified

SETUPS = "/_setup_intents"
CHARGED: Json = {"amount": 1099, "currency": "eur", "three_d_secure": CHALLENGED}
APPLE_PAY: Json = {"wallet": {"type": "apple_pay", "dynamic_last4": "1121"}}


@pytest.fixture
def customer() -> str:
    """Of this test alone: the stand-in remembers those of others."""
    return f"cus_{token_hex(8)}"


def saving(step_up: StepUpBundle, payment_method: str) -> str | None:
    step_up.stripe.install(BAKERY)
    held = access.require_may_act(contexts().installs, qualified(SERVER), BAKERY)
    return read_saving(contexts(), held, payment_method)


def method(step_up: StepUpBundle, **members: Any) -> str:
    return at_stripe(step_up, METHODS, **members)


@pytest.mark.parametrize(("card", "members", "found"), [
    ({}, {}, "unauthenticated"), ({}, {"three_d_secure": CHALLENGED}, "authenticated"),
    ({}, {"three_d_secure": {"result": "attempt_acknowledged"}}, "unauthenticated"), (APPLE_PAY, {}, "authenticated"),
    ({}, {"usage": "on_session", "three_d_secure": CHALLENGED}, None),
    ({}, {"status": "requires_payment_method", "three_d_secure": CHALLENGED}, None),
])  # fmt: skip
def test_a_setup_intent_saves_a_card(
    step_up: StepUpBundle, card: Json, members: Json, found: str | None
) -> None:
    saved = method(step_up, card=card)
    assert saving(step_up, saved) is None
    at_stripe(step_up, SETUPS, payment_method=saved, **members)
    assert saving(step_up, saved) == found
    assert saving(step_up, method(step_up, card={"last4": "0000"})) is None


@pytest.mark.parametrize(("card", "members", "found"), [
    ({}, {}, "unauthenticated"), ({}, {"three_d_secure": CHALLENGED}, "authenticated"), (APPLE_PAY, {}, "authenticated"),
    ({}, {"setup_future_usage": "on_session", "three_d_secure": CHALLENGED}, None),
    ({}, {"setup_future_usage": None, "three_d_secure": CHALLENGED}, None),
    ({}, {"status": "requires_capture", "three_d_secure": CHALLENGED}, None),
    ({}, {"customer": "cus_another", "three_d_secure": CHALLENGED}, None),
    ({}, {"on_behalf_of": BOOKSHOP, "three_d_secure": CHALLENGED}, None),
])  # fmt: skip
def test_a_payment_for_later_ones_saves_its_card(
    step_up: StepUpBundle, customer: str, card: Json, members: Json, found: str | None
) -> None:
    order = {"setup_future_usage": "off_session", "customer": customer, "status": "succeeded"}
    # The same card, as it was entered another time.
    paid(step_up, card=card, **order | members)
    assert saving(step_up, method(step_up, card=card, customer=customer)) == found
    assert saving(step_up, method(step_up, card={"last4": "0000"}, customer=customer)) is None


def test_a_payment_that_was_disputed_is_no_agreement(step_up: StepUpBundle, customer: str) -> None:
    order = {"setup_future_usage": "off_session", "customer": customer}
    payment = paid(step_up, three_d_secure=CHALLENGED, **order)
    saved = method(step_up, customer=customer)
    assert saving(step_up, saved) == "authenticated"
    rewrite(step_up, "charge", charge_of(step_up, payment), disputed=True)
    assert saving(step_up, saved) is None


def test_a_saving_on_another_account_is_none(step_up: StepUpBundle, customer: str) -> None:
    order = {"setup_future_usage": "off_session", "customer": customer, **CHARGED}
    at_stripe(step_up, INTENTS, BOOKSHOP, **order)
    assert saving(step_up, method(step_up, customer=customer)) is None
    with pytest.raises(Invalid) as refused:
        saving(step_up, at_stripe(step_up, METHODS, BOOKSHOP))
    assert refused.value.errors[0]["pointer"] == "/payment_method"
