"""With the rules as shipped: the usual cards of four countries and both wallets can each be paid to
the end, on accounts of three countries.
"""

from itertools import product

import pytest

from countersign.payments.payment_record import PaymentRecord
from tests.domain.payments.conftest import MakeWorld
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_world import PaymentWorld

ACCOUNTS = "FR", "US", "JP"
CARDS = {
    **{
        f"{country} {plays}": PlayedCard("4242", plays, country=country)
        for country, plays in product(("FR", "GB", "US", "JP"), ("plain", "challenge"))
    },
    **{
        f"{wallet} {country}": PlayedCard("4242", "plain", country=country, wallet=wallet)
        for wallet, country in product(("apple_pay", "google_pay"), ("FR", "US"))
    },
}
SMALL, LARGE = 1099, 99_900


def paid(world: PaymentWorld, card: PlayedCard, by: str, amount: int) -> PaymentRecord:
    """A payment that its payer goes through to the end."""
    currency = {"FR": "eur", "US": "usd", "JP": "jpy"}[world.country]
    made = world.create(card=getattr(world, by)(card), amount=amount, currency=currency)
    done = world.confirm(made.record.id).record
    if done.status == "requires_action":
        world.stripe.authenticate(str(done.payment_intent))
        done = world.confirm(done.id).record
    return done


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("country", ACCOUNTS)
def test_every_usual_card_can_be_paid_to_the_end(
    make_world: MakeWorld, country: str, name: str
) -> None:
    world, card = make_world(country=country), CARDS[name]
    for by, amount in product(("card", "token"), (SMALL, LARGE)):
        done = paid(world, card, by, amount)
        assert done.status == "succeeded", (done.status, done.reason, done.steps)
        assert (done.money.captured, done.unproven) == (amount, False)
        assert (done.proof == "wallet") == (card.wallet is not None)


@pytest.mark.parametrize("country", ACCOUNTS)
def test_a_card_of_a_region_where_authentication_is_expected_is_authenticated(
    make_world: MakeWorld, country: str
) -> None:
    world = make_world(country=country)
    done = paid(world, PlayedCard("4242", "plain", country=country), "card", SMALL)
    expected = None if country == "US" else "authenticated"
    assert (done.status, done.money.three_d_secure) == ("succeeded", expected)
