"""Read the card that is named for a payment, as Stripe has it."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from countersign.installs.installation import Installation
from countersign.payments.context import Contexts
from countersign.payments.named_card import NamedCard
from countersign.problems import Invalid
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.evidence_sources import read_at_stripe
from countersign.step_up.stripe_card import StripeCard, read_card
from countersign.stripe_api.calls import StripeResponse


class CardRequest(Struct, frozen=True):
    """The card that a merchant names, by one of two ids, and what Google Pay gave."""

    payment_method: str | None = None
    confirmation_token: str | None = None
    token: str | None = None
    payment_data: Mapping[str, Any] | None = None

    @property
    def names_card(self) -> bool:
        """Whether it names a card at Stripe."""
        return bool(self.payment_method or self.confirmation_token)


class ReadCard(Struct, frozen=True):
    """A card that was named, as Stripe has it."""

    named: NamedCard
    at_stripe: StripeCard

    @property
    def is_reusable(self) -> bool:
        """Whether the same id may be confirmed again; a confirmation token serves one attempt."""
        return self.named.payment_method is not None


def read_named_card(
    contexts: Contexts, installation: Installation, request: CardRequest
) -> ReadCard:
    """Return the card that a request names. Raises 422 for one that does not exist on the account,
    is not a card, or would be saved by this payment, and as `on_behalf` does.
    """
    stripe, installs = contexts.decisions.step_up.stripe, contexts.decisions.installs
    read: Callable[[str, str], StripeResponse]
    if request.confirmation_token is not None:
        name, resource, read = (
            "confirmation_token", request.confirmation_token, stripe.confirmation_token,
        )  # fmt: skip
    else:
        name, resource, read = "payment_method", request.payment_method or "", stripe.payment_method
    found = read_at_stripe(installs, installation, name, read, resource)
    card = read_card(found)
    if card is None:
        raise Invalid([{"pointer": f"/{name}", "message": "is not a card"}])
    if found.get("setup_future_usage"):
        message = "would save the card (setup_future_usage): make it without"
        raise Invalid([{"pointer": f"/{name}", "message": message}])
    named = NamedCard(
        DecidedCard.from_stripe(card), request.payment_method, request.confirmation_token
    )
    return ReadCard(named, card)
