"""The rules and cards of the model of payments, and what each card's payment has to prove."""

from collections.abc import Collection

from countersign.payments.payment_record import PaymentRecord
from countersign.payments.spc_ceremony import load as load_ceremony
from countersign.step_up.rules.load_rules import parse_rules
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_world import PaymentWorld

RULES = parse_rules(
    """
    [default]
    outcome = "step_up"
    methods = ["spc", "3ds"]

    [[rule]]
    name = "debit"
    outcome = "proceed"
    when = { funding = ["debit"] }

    [[rule]]
    name = "prepaid"
    outcome = "review"
    when = { funding = ["prepaid"] }

    [[rule]]
    name = "amex"
    outcome = "decline"
    when = { network = ["amex"] }

    [[rule]]
    name = "diners"
    outcome = "step_up"
    methods = ["3ds"]
    three_d_secure = "challenge"
    captures = ["authenticated"]
    when = { network = ["diners"] }

    [[rule]]
    name = "device"
    outcome = "proceed"
    when = { evidence = ["wallet"] }
    """
)
CARDS = (
    PlayedCard("0001", "plain", "debit"),
    PlayedCard("0002", "declined", "debit"),
    PlayedCard("0003", "always", "debit"),
    PlayedCard("0004", "plain"),
    PlayedCard("0005", "challenge"),
    PlayedCard("0006", "unsupported"),
    PlayedCard("0007", "failing"),
    PlayedCard("0008", "declined"),
    PlayedCard("0009", "plain", "prepaid"),
    PlayedCard("0010", "plain", network="amex"),
    PlayedCard("0011", "challenge", network="diners"),
    PlayedCard("0012", "unsupported", network="diners"),
    PlayedCard("0013", "plain", wallet="apple_pay"),
    PlayedCard("0014", "challenge", country="FR"),
)
_TRIED = {None, "authenticated", "attempt_acknowledged", "exempted", "not_supported"}
_STEPPED_UP = {"authenticated", "attempt_acknowledged", "not_supported"}


def why_not_captured(world: PaymentWorld, record: PaymentRecord, reviewed: set[str]) -> list[str]:
    """Why we must not capture a payment now, by what its card, the payer and Stripe have said, and
    not by the code that decides it.
    """
    intent = world.stripe.whole(world.stripe.intents[str(record.payment_intent)])
    card, order, review = world.stripe.card_of(intent["id"]), record.order, intent["review"]
    details = intent["latest_charge"]["payment_method_details"]["card"]
    is_approved = review is None or (review["open"], review["reason"]) == (False, "approved")
    reasons = {
        "nothing was chosen": record.settle is None or record.settle.kind != "capture",
        "another amount": (intent["amount"], intent["currency"]) != (order.amount, order.currency),
        "not approved": not is_approved,
        "another card": details["fingerprint"] != card.fingerprint,
        "declined by the rules": card.network == "amex",
        "not reviewed": card.funding == "prepaid" and record.decision not in reviewed,
        "not proved": (details["three_d_secure"] or {}).get("result")
        not in _accepted(world, record, card),
    }
    return [reason for reason, applies in reasons.items() if applies]


def _accepted(
    world: PaymentWorld, record: PaymentRecord, card: PlayedCard
) -> Collection[str | None]:
    """The results of 3-D Secure that the rules accept for a card; `None` where none was tried."""
    if card.network == "diners":
        return {"authenticated"}
    if card.funding in ("debit", "prepaid") or card.wallet:
        return _TRIED
    return _TRIED if _is_confirmed(world, record, card) else _STEPPED_UP


def _is_confirmed(world: PaymentWorld, record: PaymentRecord, card: PlayedCard) -> bool:
    """Whether the payer has confirmed this very payment with this card, in a trusted browser."""
    ceremony = load_ceremony(world.contexts, record)
    if ceremony is None or ceremony.confirmation is None:
        return False
    wanted = (record.order.amount, record.order.currency, record.order.payer, card.fingerprint)
    asked = (ceremony.amount, ceremony.currency, ceremony.payer, ceremony.scope.fingerprint)
    return wanted == asked and not ceremony.confirmation.step_up_required
