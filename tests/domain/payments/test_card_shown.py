"""The card as a payer is shown it: by what Stripe has of it."""

from msgspec.structs import replace

from countersign.payments.card_shown import card_shown
from countersign.payments.order import Instrument
from countersign.step_up.decided_card import DecidedCard

VISA = DecidedCard("visa", "4242")


def test_a_card_is_named_by_its_network_and_last_digits() -> None:
    named = {
        VISA: "Visa •••• 4242",
        replace(VISA, network="amex"): "American Express •••• 4242",
        replace(VISA, last4=None, dynamic_last4="3478"): "Visa •••• 3478",
        replace(VISA, dynamic_last4="3478"): "Visa •••• 4242",
        replace(VISA, network="a_new_one"): "Card •••• 4242",
        DecidedCard(): "Card",
    }
    for card, name in named.items():
        assert card_shown(card, Instrument()).display_name == name


def test_a_merchant_adds_a_picture_and_details_and_no_name() -> None:
    shown = card_shown(VISA, Instrument("https://shop.example/card.png", "Your usual card"))
    assert (shown.icon, shown.details) == ("https://shop.example/card.png", "Your usual card")
    assert shown.display_name == "Visa •••• 4242"


def test_there_is_always_a_picture_which_need_not_be_shown() -> None:
    shown = card_shown(VISA, Instrument())
    assert shown.icon.startswith("data:image/png;base64,")
    assert shown.icon_must_be_shown is False
