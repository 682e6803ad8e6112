"""Weigh the evidence: one payment, out of what Google signed, what Stripe has and what the
merchant's server says, in this order of trust, beside what is merely claimed of it. Pure.
"""

from msgspec import Struct
from msgspec.structs import replace

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.step_up.claimed_views import claimed_views, contradict
from countersign.step_up.claims import Claims, read_claims
from countersign.step_up.decided_card import DecidedCard, decided_card
from countersign.step_up.floor import lacks_assurance, needs_authentication
from countersign.step_up.order import Order
from countersign.step_up.reasons import Reason
from countersign.step_up.rules.payment import AssuranceLevel, Payment
from countersign.step_up.saving import SavingProof
from countersign.step_up.stripe_card import StripeCard


class Surroundings(Struct, frozen=True):
    """What is known beside the card: the country of the merchant's account at Stripe, whether the
    payer has not yet paid here, and how the card was saved for payments without them, if it was.
    """

    account_country: str | None = None
    first_seen: bool = True
    saving: SavingProof | None = None


class Evidence(Struct, frozen=True):
    """`views` are the payment as it is known, and then as it would be with what is claimed of it,
    in every combination; in the last the browser is right in all. `assurance` is what Google has
    signed, `card` what the payment is held to, and `contradictions` are the claims that are wrong.
    """

    views: tuple[Payment, ...]
    assurance: Assurance | None
    claims: Claims
    card: DecidedCard | None
    contradictions: tuple[Reason, ...]

    @property
    def known(self) -> Payment:
        """The payment without anything that is only claimed."""
        return self.views[0]


def weigh_evidence(
    order: Order, signed: SignedCard | None, at_stripe: StripeCard | None, around: Surroundings
) -> Evidence:
    """Return the evidence for an order. Raises 409 `card_differs` when the signed card is not the
    one that Stripe has.
    """
    card = decided_card(signed, at_stripe)
    claims = read_claims(order.payment_data)
    known = _known(order, signed, at_stripe, around)
    views = (known, *claimed_views(known, claims, order.card, order.acquirer_country))
    has_card = signed is not None or at_stripe is not None
    networks = at_stripe.networks if at_stripe else frozenset[str]()
    contradictions: dict[Reason, bool] = {
        "claimed_assurance_not_signed": signed is not None and claims.exceed(signed.assurance),
        "claim_contradicts": has_card and contradict(claims, order.card, known, networks),
        "acquirer_country_differs": _is_elsewhere(order.acquirer_country, around.account_country),
    }
    return Evidence(
        views=tuple(_with_saving(view, around.saving) for view in views),
        assurance=signed.assurance if signed else None,
        claims=claims,
        card=card,
        contradictions=tuple(reason for reason, applies in contradictions.items() if applies),
    )


def _known(
    order: Order, signed: SignedCard | None, at_stripe: StripeCard | None, around: Surroundings
) -> Payment:
    """Return the payment as Stripe states it where Stripe has the card, else as the merchant's
    server does, and with what Google has signed.
    """
    card = at_stripe or order.card
    payment = Payment(
        amount=order.amount,
        currency=order.currency,
        acquirer_country=around.account_country,
        issuer_country=card.issuer_country,
        network=card.network,
        funding=card.funding,
        first_seen=around.first_seen,
        off_session=order.off_session,
        metadata=order.metadata,
    )
    if at_stripe is not None:
        payment = _read_back(payment, at_stripe)
    return payment if signed is None else _signed(payment, signed)


def _read_back(payment: Payment, at_stripe: StripeCard) -> Payment:
    is_tokenized = at_stripe.dynamic_last4 is not None
    is_pan = at_stripe.wallet == "google_pay" and not is_tokenized
    return replace(
        payment,
        evidence="wallet" if at_stripe.is_device_token else "gateway",
        wallet=at_stripe.wallet,
        auth_method="PAN_ONLY" if is_pan else None,
        is_tokenized=is_tokenized,
    )


def _signed(payment: Payment, signed: SignedCard) -> Payment:
    """Return the payment with what Google signed. The number gives the network, or one of two for a
    card with two of them, so Stripe's word for it comes first. A token without any assurance adds
    nothing to a device token that Stripe has read.
    """
    seen = signed.facts.network if signed.facts else None
    is_read = payment.evidence in ("wallet", "gateway")
    adds_nothing = payment.evidence == "wallet" and signed.assurance is None
    return replace(
        payment,
        evidence="wallet" if adds_nothing else "signed",
        network=(payment.network or seen) if is_read else (seen or payment.network),
        wallet="google_pay",
        auth_method=signed.auth_method,
        assurance=_level(signed.assurance),
        eci=signed.eci,
        is_tokenized=signed.auth_method == "CRYPTOGRAM_3DS",
    )


def _is_elsewhere(told_country: str | None, account_country: str | None) -> bool:
    return None not in (told_country, account_country) and told_country != account_country


def _with_saving(view: Payment, saving: SavingProof | None) -> Payment:
    """Return a view with whether its card is saved: with the payer authenticated, where the floor
    would not let them pay without.
    """
    is_needed = lacks_assurance(view) or needs_authentication(view)
    is_enough = saving == "authenticated" or (saving is not None and not is_needed)
    return replace(view, saved=is_enough)


def _level(assurance: Assurance | None) -> AssuranceLevel | None:
    """Return full or partial, or nothing where there is no assurance object."""
    if assurance is None:
        return None
    return "full" if assurance.is_full else "partial"
