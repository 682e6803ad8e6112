"""A payment, the decision on its card, and its PaymentIntent, each plain and in order."""

from typing import Any

from msgspec.structs import replace

from countersign.payments.attempt import Attempt
from countersign.payments.named_card import NamedCard
from countersign.payments.order import PaymentOrder
from countersign.payments.payment_record import PaymentRecord
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.rules.payment import Payment
from tests.support.clock import START

Json = dict[str, Any]
ACCOUNT, FIRST = "acct_1SQbakery", "first"
ORDER = PaymentOrder(ACCOUNT, FIRST, "order-1", 1099, "eur")
DECIDED = DecidedCard("visa", "4242", None, 12, 2030, "fp_1", None)
NAMED = NamedCard(DECIDED, "pm_1")
PAYMENT = "pay_0123456789abcdefABCDEF"
DECISION = DecidedOrder(
    account_id=ACCOUNT,
    installation=FIRST,
    amount=1099,
    currency="eur",
    payer=None,
    outcome="step_up",
    next="authenticate",
    reasons=("rule",),
    rule="rule",
    rules_version="0" * 16,
    evidence="gateway",
    methods=("3ds",),
    auth_method=None,
    assurance=None,
    request_three_d_secure="any",
    after_confirmation="automatic",
    captures=("authenticated",),
    captures_after_confirmation=("none", "authenticated"),
    card=DECIDED,
    inputs=Payment(1099, "eur", "gateway"),
)


def new_payment(**members: Any) -> PaymentRecord:
    """A payment of now, with no card yet, unless the test says otherwise."""
    return replace(PaymentRecord.new(ORDER, START), **{"id": PAYMENT} | members)


def decision(**order: Any) -> DecisionRecord:
    """The decision on its card, of now."""
    return DecisionRecord.new(replace(DECISION, **order), START)


def authorized(decided: DecisionRecord, **members: Any) -> PaymentRecord:
    """A payment whose first attempt runs, of a card that was decided on so."""
    plain = new_payment(
        status="processing",
        card=NAMED,
        decision=decided.id,
        proof="3ds",
        payment_intent="pi_1",
        attempt=Attempt(1, "card", START, {"payment_method": "pm_1"}, "fp_1"),
        rev=5,
    )
    return replace(plain, **members)


def card_details(**members: Any) -> Json:
    """The card of a charge, as Stripe shows it, after 3-D Secure with a challenge."""
    secure = {"result": "authenticated", "authentication_flow": "challenge", "version": "2.2.0"}
    plain = {
        **{"brand": "visa", "network": "visa", "last4": "4242", "exp_month": 12},
        **{"exp_year": 2030, "fingerprint": "fp_1", "wallet": None, "country": "FR"},
        **{"three_d_secure": secure, "capture_before": START + 7 * 86400},
    }
    return plain | members


def charge(card: Json | None = None, **members: Any) -> Json:
    """The charge of an authorization."""
    plain = {
        **{"id": "ch_1", "object": "charge", "created": START, "amount": 1099},
        **{"amount_captured": 0, "amount_refunded": 0, "disputed": False},
        **{"payment_method": "pm_1", "payment_method_details": {"card": card or card_details()}},
    }
    return plain | members


def intent(record: PaymentRecord, **members: Any) -> Json:
    """The PaymentIntent of a payment, authorized as it was decided, read with its charge."""
    order = record.order
    plain = {
        **{"id": record.payment_intent, "object": "payment_intent", "status": "requires_capture"},
        **{"livemode": False, "amount": order.amount, "currency": order.currency},
        **{"capture_method": "manual", "confirmation_method": "manual"},
        **{"customer": order.customer, "application_fee_amount": order.application_fee_amount},
        **{"amount_capturable": order.amount, "amount_received": 0, "payment_method": "pm_1"},
        "metadata": {"countersign_payment": record.id, "countersign_decision": record.decision},
        **{"latest_charge": charge(), "review": None, "last_payment_error": None},
        "client_secret": "pi_1_secret_canary",
    }
    return plain | members
