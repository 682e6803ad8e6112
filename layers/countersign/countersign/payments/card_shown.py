"""The card as a payer is shown it in the dialog of Secure Payment Confirmation. Pure."""

from countersign.payments.order import Instrument
from countersign.spc.protocol.terms import Instrument as ShownInstrument
from countersign.step_up.decided_card import DecidedCard

_NAMES = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "girocard": "girocard",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
"""Networks by Stripe's names, as they write themselves."""
_PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAoCAMAAAB5EAzbAAAADFBMVEUAAAAtPF8UGizWum4kfxHJAAAABHRSTlMA"
    "////sy1AiAAAAERJREFUeNrt1iESACAMA8EU/v9nGDBoTkA7Od9VFZFmcZl2AaL3S6BAwCoADWbgC8CvXAjoRwbS"
    "An7l5MD7hcJHFpx5A1T7DEkpKK3xAAAAAElFTkSuQmCC"
)
"""A plain card, for merchants that have no picture of theirs: a browser needs one to show."""


def card_shown(card: DecidedCard, wished: Instrument) -> ShownInstrument:
    """Return the instrument that a payer is asked about. Its name is ours, by what Stripe has of
    the card, so that it cannot name another.
    """
    network = _NAMES.get(card.network or "", "Card")
    last4 = card.last4 or card.dynamic_last4
    name = f"{network} •••• {last4}" if last4 else network
    icon = wished.icon or _PICTURE
    return ShownInstrument(name, icon, icon_must_be_shown=False, details=wished.details)
