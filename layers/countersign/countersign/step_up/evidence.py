"""Weigh the evidence: one payment, out of what Google signed, what Stripe has, what the merchant
says and what the browser claims, in this order of trust. Pure.
"""

from dataclasses import dataclass, replace

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.step_up.claims import Claims, read_claims
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.order import Order
from countersign.step_up.refusals import card_differs
from countersign.step_up.rules.payment import AssuranceLevel, Payment
from countersign.step_up.stripe_card import StripeCard


@dataclass(frozen=True, slots=True)
class Evidence:
    """`payment` is what is decided. `otherwise` is the same payment without the browser's claims
    where they are the only evidence, and with them where they deny what Google has signed. `card`
    is what the payment is held to. `is_contradicted` says that the browser claimed an assurance
    that Google has not signed.
    """

    payment: Payment
    otherwise: Payment | None
    assurance: Assurance | None
    card: DecidedCard | None
    is_contradicted: bool


def weigh_evidence(
    order: Order, signed: SignedCard | None, at_stripe: StripeCard | None, *, first_seen: bool
) -> Evidence:
    """Return the evidence for an order. Raises 409 `card_differs` when the signed card is not the
    one that Stripe has.
    """
    if signed is not None and at_stripe is not None:
        _check_same_card(signed, at_stripe)
    claims = read_claims(order.payment_data)
    stated = _stated(order, at_stripe, first_seen=first_seen)
    if signed is not None:
        payment, card = _signed(stated, signed, at_stripe), _card(signed, at_stripe)
        is_denied = claims.deny(signed.assurance)
        otherwise = replace(payment, assurance="partial") if is_denied else None
        is_contradicted = claims.exceed(signed.assurance)
        return Evidence(payment, otherwise, signed.assurance, card, is_contradicted)
    if at_stripe is not None:
        return Evidence(_read_back(stated, at_stripe), None, None, _card(None, at_stripe), False)
    if claims.assurance is not None:
        claimed = _claimed(stated, claims)
        return Evidence(claimed, stated, claims.assurance, None, False)
    return Evidence(stated, None, None, None, False)


def _stated(order: Order, at_stripe: StripeCard | None, *, first_seen: bool) -> Payment:
    """Return the payment as Stripe states it where Stripe has the card, else as the merchant does.
    It is Google Pay's if either says so.
    """
    is_google_pay = order.token is not None or order.payment_data is not None
    card, wallet = at_stripe or order.card, at_stripe.wallet if at_stripe else None
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


def _signed(stated: Payment, signed: SignedCard, at_stripe: StripeCard | None) -> Payment:
    """Return the payment with what Google signed. The number gives the network, or one of two for a
    card with two of them, so Stripe's word for it comes first.
    """
    seen = signed.facts.network if signed.facts else None
    return replace(
        stated,
        evidence="signed",
        network=(stated.network or seen) if at_stripe else (seen or stated.network),
        wallet="google_pay",
        auth_method=signed.auth_method,
        assurance=_level(signed.assurance),
        eci=signed.eci,
        is_tokenized=signed.auth_method == "CRYPTOGRAM_3DS",
    )


def _read_back(stated: Payment, at_stripe: StripeCard) -> Payment:
    is_tokenized = at_stripe.dynamic_last4 is not None
    is_pan = at_stripe.wallet == "google_pay" and not is_tokenized
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
        assurance=_level(claims.assurance),
        network=claims.network or stated.network,
        funding=claims.funding or stated.funding,
    )


def _check_same_card(signed: SignedCard, at_stripe: StripeCard) -> None:
    """Raise 409 `card_differs` for a token of another card. The expiry is compared for a card's own
    number only, since a device's number has its own.
    """
    is_pan = signed.auth_method == "PAN_ONLY"
    is_same = at_stripe.wallet == "google_pay" and is_pan == (at_stripe.dynamic_last4 is None)
    if is_same and signed.facts is not None:
        facts, expiry = signed.facts, (at_stripe.exp_month, at_stripe.exp_year)
        is_same = facts.last4 == (at_stripe.last4 if is_pan else at_stripe.dynamic_last4)
        is_same &= not is_pan or (facts.exp_month, facts.exp_year) == expiry
    if not is_same:
        raise card_differs("Stripe has")


def _card(signed: SignedCard | None, at_stripe: StripeCard | None) -> DecidedCard | None:
    """Return the card that a payment is held to."""
    if at_stripe is not None:
        return DecidedCard.from_stripe(at_stripe)
    if signed is None or signed.facts is None:
        return None
    return DecidedCard.from_token(signed.facts, is_pan=signed.auth_method == "PAN_ONLY")


def _level(assurance: Assurance | None) -> AssuranceLevel | None:
    """Return full, partial, or nothing for an object that states no flag."""
    if assurance is None or assurance == Assurance(None, None):
        return None
    return "full" if assurance.is_full else "partial"
