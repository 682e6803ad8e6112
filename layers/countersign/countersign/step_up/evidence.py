"""Weighing the evidence: one payment, out of what Google signed, what Stripe has, what the merchant
says and what the browser claims, in this order of trust. Pure.
"""

from dataclasses import dataclass, replace
from typing import Any

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.problems import Problem
from countersign.step_up.claims import Claims, read_claims
from countersign.step_up.order import Order
from countersign.step_up.rules.payment import Payment
from countersign.step_up.stripe_card import StripeCard


@dataclass(frozen=True, slots=True)
class Evidence:
    """`payment` is what is decided about. `otherwise` is the same without the browser's claims
    where they are all there is, and with them where they deny what Google has signed. `card` is
    what a payment can be held to. `is_contradicted` says that the browser claimed something of the
    assurance that Google has not signed.
    """

    payment: Payment
    otherwise: Payment | None
    assurance: Assurance | None
    card: dict[str, Any] | None
    is_contradicted: bool


def weigh(
    order: Order, signed: SignedCard | None, gateway: StripeCard | None, *, first_seen: bool
) -> Evidence:
    """The evidence for an order; raises 409 `card_differs` when the signed card is not the one that
    Stripe has.
    """
    if signed is not None and gateway is not None:
        _check_same_card(signed, gateway)
    claims = read_claims(order.payment_data)
    stated = _stated(order, gateway, first_seen=first_seen)
    if signed is not None:
        payment, card = _signed(stated, signed, gateway), _card(signed, gateway)
        is_denied = claims.deny(signed.assurance)
        otherwise = replace(payment, assurance="partial") if is_denied else None
        is_contradicted = claims.exceed(signed.assurance)
        return Evidence(payment, otherwise, signed.assurance, card, is_contradicted)
    if gateway is not None:
        return Evidence(_read_back(stated, gateway), None, None, _card(None, gateway), False)
    if claims.assurance is not None:
        claimed = _claimed(stated, claims)
        return Evidence(claimed, stated, claims.assurance, None, False)
    return Evidence(stated, None, None, None, False)


def _stated(order: Order, gateway: StripeCard | None, *, first_seen: bool) -> Payment:
    """The payment by Stripe's word where Stripe has the card, else by the merchant's. It is Google
    Pay's if either says so.
    """
    is_google_pay = order.token is not None or order.payment_data is not None
    card, wallet = gateway or order.card, gateway.wallet if gateway else None
    return Payment(
        amount=order.amount,
        currency=order.currency,
        acquirer_country=order.acquirer_country,
        issuer_country=card.issuer_country,
        network=card.network,
        funding=card.funding,
        wallet="google_pay" if is_google_pay else wallet,
        first_seen=first_seen,
        off_session=order.off_session,
        metadata=order.metadata,
    )


def _signed(stated: Payment, signed: SignedCard, gateway: StripeCard | None) -> Payment:
    """The network is what the number tells, which of a card with two of them is one; Stripe knows
    better.
    """
    seen = signed.facts.network if signed.facts else None
    return replace(
        stated,
        evidence="signed",
        network=(stated.network or seen) if gateway else (seen or stated.network),
        wallet="google_pay",
        auth_method=signed.auth_method,
        assurance=_word(signed.assurance),
        eci=signed.eci,
        is_tokenized=signed.auth_method == "CRYPTOGRAM_3DS",
    )


def _read_back(stated: Payment, gateway: StripeCard) -> Payment:
    is_tokenized = gateway.dynamic_last4 is not None
    is_pan = gateway.wallet == "google_pay" and not is_tokenized
    return replace(
        stated,
        evidence="gateway",
        auth_method="PAN_ONLY" if is_pan else None,
        is_tokenized=is_tokenized,
    )


def _claimed(stated: Payment, claims: Claims) -> Payment:
    return replace(
        stated,
        evidence="claimed",
        assurance=_word(claims.assurance),
        network=claims.network or stated.network,
        funding=claims.funding or stated.funding,
    )


def _check_same_card(signed: SignedCard, gateway: StripeCard) -> None:
    """A genuine token of one card says nothing for another. The expiry is compared for a card's own
    number alone, since a device's has one of its own.
    """
    is_pan = signed.auth_method == "PAN_ONLY"
    is_same = gateway.wallet == "google_pay" and is_pan == (gateway.dynamic_last4 is None)
    if is_same and signed.facts is not None:
        facts, expiry = signed.facts, (gateway.exp_month, gateway.exp_year)
        is_same = facts.last4 == (gateway.last4 if is_pan else gateway.dynamic_last4)
        is_same &= not is_pan or (facts.exp_month, facts.exp_year) == expiry
    if not is_same:
        raise card_differs("Stripe has")


def card_differs(which: str) -> Problem:
    """409 `card_differs`: what was proved of one card says nothing for another."""
    detail = (
        f"The card that {which} is not the one decided about: decide on the card to be charged."
    )
    return Problem(409, "card_differs", detail)


def _card(signed: SignedCard | None, gateway: StripeCard | None) -> dict[str, Any] | None:
    """What a payment is held to: the number in the token is the device's own for `CRYPTOGRAM_3DS`,
    which Stripe calls `dynamic_last4`.
    """
    if gateway is not None:
        names = ("network", "last4", "dynamic_last4", "exp_month", "exp_year")
        return {name: getattr(gateway, name) for name in names}
    if signed is None or signed.facts is None:
        return None
    is_pan = signed.auth_method == "PAN_ONLY"
    return {
        "network": signed.facts.network,
        "last4": signed.facts.last4 if is_pan else None,
        "dynamic_last4": None if is_pan else signed.facts.last4,
        "exp_month": signed.facts.exp_month,
        "exp_year": signed.facts.exp_year,
    }


def _word(assurance: Assurance | None) -> Any:
    """Full, partial, or nothing for an object that states no flag."""
    if assurance is None or assurance == Assurance(None, None):
        return None
    return "full" if assurance.is_full else "partial"
