"""Every kind of payment that is decided: weighed from orders, signed cards and Stripe's cards."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.problems import Problem
from countersign.step_up.evidence import Surroundings, weigh_evidence
from countersign.step_up.order import Order, check_order
from countersign.step_up.rules.payment import Payment
from countersign.step_up.stripe_card import StripeCard

ABOUT_EVIDENCE = ("evidence", "auth_method", "assurance", "wallet", "eci", "off_session")
"""The members of a payment that depend on each other."""
WALLETS = (None, "google_pay", "apple_pay", "link")
INDICATORS = (None, "05", "07")
_FLAGS = (None, False, True)


def _details() -> Iterator[dict[str, Any] | None]:
    yield None
    for verified, authenticated in product(_FLAGS, _FLAGS):
        yield {"accountVerified": verified, "cardHolderAuthenticated": authenticated}


def _signed_cards() -> Iterator[SignedCard]:
    assurances = (None, *(Assurance(*flags) for flags in product(_FLAGS, _FLAGS)))
    for assurance, eci in product(assurances, INDICATORS):
        yield SignedCard("PAN_ONLY", assurance, eci, None)
        yield SignedCard("CRYPTOGRAM_3DS", assurance, eci, None)


def _cards_at_stripe() -> Iterator[StripeCard]:
    for wallet, dynamic_last4 in product(WALLETS, (None, "3478")):
        yield StripeCard("visa", "credit", "FR", "1111", dynamic_last4, 12, 2030, wallet)


def _weighed() -> Iterator[Payment]:
    """Each view of every order that is not refused."""
    claims = [{"paymentMethodData": {"info": {"assuranceDetails": one}}} for one in _details()]
    given = product((None, {}, *claims), (None, "{}"), (False, True))
    cards = product((None, *_signed_cards()), (None, *_cards_at_stripe()))
    for (payment_data, token, off_session), (signed, at_stripe) in product(given, list(cards)):
        # A token is opened before anything is weighed, else the order is refused. A supposed one
        # does not belong to the order.
        if token is not None and signed is None:
            continue
        order = Order(
            "acct_1", 100, "eur", token=token, payment_data=payment_data, off_session=off_session
        )
        with suppress(Problem):
            check_order(order, has_token=signed is not None)
            yield from weigh_evidence(order, signed, at_stripe, Surroundings()).views


def _shape(payment: Payment) -> tuple[Any, ...]:
    return tuple(getattr(payment, name) for name in ABOUT_EVIDENCE)


@cache
def shapes() -> list[tuple[Any, ...]]:
    """The members that depend on each other, of all these payments."""
    return list(dict.fromkeys(map(_shape, _weighed())))
