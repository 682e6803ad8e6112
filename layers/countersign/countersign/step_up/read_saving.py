"""Read from Stripe how a card was saved for payments without its payer."""

from collections.abc import Callable
from typing import Any

from countersign.installs.installation import Installation
from countersign.step_up.context import Contexts
from countersign.step_up.evidence_sources import read_at_stripe
from countersign.step_up.saving import SavingProof, best_of, of_payment_intent, of_setup_intent
from countersign.step_up.stripe_card import read_card
from countersign.stripe_api.calls import StripeResponse


def read_saving(
    contexts: Contexts, installation: Installation, payment_method: str
) -> SavingProof | None:
    """Return how the card of a PaymentMethod was saved on this account, if it was. Raises 422 for
    one that does not exist, and as `on_behalf` does.

    Stripe has no search by fingerprint. It lists the SetupIntents of a PaymentMethod and the
    PaymentIntents of a customer; the hundred newest of each are read. What is not among them counts
    as not saved.
    """

    def read(call: Callable[[str, str], StripeResponse], named: str) -> dict[str, Any]:
        return read_at_stripe(contexts.installs, installation, "payment_method", call, named)

    calls = contexts.step_up.stripe
    method = read(calls.payment_method, payment_method)
    card, customer = read_card(method), method.get("customer")
    number = card.fingerprint if card else None
    if number is None:
        return None
    setups = read(calls.setup_intents, payment_method)["data"]
    found = best_of(of_setup_intent(each, number) for each in setups)
    if found == "authenticated" or customer is None:
        return found
    payments = read(calls.payment_intents, customer)["data"]
    return best_of([found, *(of_payment_intent(each, number) for each in payments)])
