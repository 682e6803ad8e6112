"""The requests to Stripe that a payment makes, and their keys."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.payments.named_card import NamedCard
from countersign.payments.requests import (
    confirm_params,
    create_params,
    marks,
    resume_params,
    settle_params,
    stripe_key,
)
from tests.support.payment_objects import (
    DECIDED,
    DECISION,
    NAMED,
    ORDER,
    PAYMENT,
    authorized,
    decision,
    new_payment,
)

RECORD = authorized(decision())
FORBIDDEN = {
    *("confirm", "setup_future_usage", "off_session", "on_behalf_of", "transfer_data", "mandate"),
    *("automatic_payment_methods", "payment_method_data", "return_url", "capture_method_options"),
}
"""Members that would let a charge differ from what was decided, or send the payer to an address."""


def every_request() -> list[dict[str, Any]]:
    """Every kind of request, for every kind of proof."""
    confirmations = [
        confirm_params(replace(RECORD, proof=proof), NAMED, DECISION)
        for proof in ("3ds", "spc", "wallet", "none")
    ]
    settlings = [settle_params(kind, RECORD, "abandoned") for kind in ("capture", "cancel")]
    return [create_params(RECORD), *confirmations, resume_params(), *settlings]


def test_a_payment_intent_is_created_by_hand_for_cards_alone_and_not_confirmed() -> None:
    assert create_params(RECORD) == {
        "amount": 1099,
        "currency": "eur",
        "allowed_payment_method_types": ["card"],
        "capture_method": "manual",
        "confirmation_method": "manual",
        "metadata": {"countersign_payment": PAYMENT, "countersign_decision": RECORD.decision},
    }


def test_what_the_merchant_has_fixed_is_in_the_request() -> None:
    order = replace(
        ORDER,
        customer="cus_1",
        application_fee_amount=0,
        description="Bread",
        metadata={"shelf": "7"},
    )
    found = create_params(replace(RECORD, order=order))
    assert (found["customer"], found["description"]) == ("cus_1", "Bread")
    assert found["application_fee_amount"] == 0
    assert found["metadata"] == {"shelf": "7"} | marks(RECORD)


def test_the_merchants_metadata_cannot_name_another_payment() -> None:
    copied = {"countersign_payment": "pay_another", "countersign_decision": "dec_another"}
    found = create_params(replace(RECORD, order=replace(ORDER, metadata=copied)))
    assert found["metadata"] == marks(RECORD)


def test_no_request_lets_a_charge_differ_from_what_was_decided() -> None:
    for params in every_request():
        assert not FORBIDDEN & params.keys()
        assert "amount" not in params or params == create_params(RECORD)


def test_the_amount_is_always_sent_with_a_capture() -> None:
    for reason in ("approved", "merchant", "replaced"):
        assert settle_params("capture", RECORD, reason) == {"amount_to_capture": 1099}


def test_a_cancellation_has_a_reason_that_stripe_knows() -> None:
    told = {"merchant": "requested_by_customer", "replaced": "duplicate", "expired": "abandoned"}
    for reason, known in told.items():
        assert settle_params("cancel", RECORD, reason) == {"cancellation_reason": known}


@pytest.mark.parametrize(
    ("proof", "asked"), [("3ds", "any"), ("spc", "automatic"), ("wallet", "any"), ("none", "any")]
)
def test_what_is_asked_of_3d_secure_is_what_was_decided(proof: Any, asked: str) -> None:
    found = confirm_params(replace(RECORD, proof=proof), NAMED, DECISION)
    assert found == {
        "payment_method": "pm_1",
        "capture_method": "manual",
        "payment_method_options": {"card": {"request_three_d_secure": asked}},
        "use_stripe_sdk": True,
    }


def test_a_confirmation_names_the_card_by_one_of_its_ids() -> None:
    named = NamedCard(DECIDED, confirmation_token="ctoken_1")
    found = confirm_params(RECORD, named, DECISION)
    assert found["confirmation_token"] == "ctoken_1"
    assert "payment_method" not in found


def test_a_second_confirmation_names_no_card() -> None:
    assert resume_params() == {"use_stripe_sdk": True}


def test_keys_differ_by_deployment_account_payment_and_call() -> None:
    records = [
        new_payment(id=identifier, order=replace(ORDER, account_id=account))
        for identifier, account in product(("pay_1", "pay_2"), ("acct_1", "acct_2"))
    ]
    calls = ("create1", "create2", "confirm1", "confirm2", "settle capture", "settle cancel")
    keys = {
        stripe_key(deployment, record, call)
        for deployment, record, call in product(("prod", "stage"), records, calls)
    }
    assert len(keys) == 2 * 4 * len(calls)
    assert all(len(key) <= 255 for key in keys)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_part_of_a_key_imitates_another(one: str, two: str, three: str, four: str) -> None:
    def key(deployment: str, payment: str) -> str:
        return stripe_key(deployment, new_payment(id=payment), "create1")

    assert (key(one, two) == key(three, four)) == ((one, two) == (three, four))


def test_a_key_is_the_same_for_everyone_who_makes_the_call() -> None:
    later = replace(RECORD, status="ready", rev=99, decision="dec_2")
    assert stripe_key("prod", RECORD, "create1") == stripe_key("prod", later, "create1")
