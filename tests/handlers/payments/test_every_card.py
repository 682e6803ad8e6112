"""With the rules as they ship, each card can be paid with to the end, on accounts of each region."""

from itertools import product

import pytest

from tests.support.chromium import Json
from tests.support.exhaustive import exhaustive
from tests.support.payments_bundle import PaymentsBundle
from tests.support.stand_in import BAKERY, BOOKSHOP

ACCOUNTS = {BAKERY: "usd", BOOKSHOP: "eur", "acct_1LocalBicycle001": "jpy"}
"""An account of the United States, of France and of Japan, with its currency."""
CARDS: dict[str, Json] = {
    "us": {"last4": "4242", "country": "US"},
    "fr": {"last4": "0003", "country": "FR"},
    "gb": {"last4": "0000", "country": "GB"},
    "jp": {"last4": "0003", "country": "JP"},
    "challenged": {"last4": "3220", "country": "US"},
    "google_pay": {"country": "FR", "wallet": {"type": "google_pay", "dynamic_last4": "3478"}},
    "apple_pay": {"country": "FR", "wallet": {"type": "apple_pay", "dynamic_last4": "1121"}},
}
_MOST_CALLS = 4


FIRST = [(account, "us") for account in ACCOUNTS] + [(BAKERY, card) for card in CARDS][1:]
REST = [pair for pair in product(ACCOUNTS, CARDS) if pair not in FIRST]


@pytest.mark.parametrize(("account", "card"), [*FIRST, *(exhaustive(*pair) for pair in REST)])
def test_a_payer_who_does_what_is_asked_has_paid(
    payments: PaymentsBundle, account: str, card: str
) -> None:
    payments.open_shop(account)
    method = payments.card(account, **CARDS[card])
    payment = payments.created(
        account_id=account, amount=4200, currency=ACCOUNTS[account], payment_method=method
    )
    body: Json = {"payment_method": method}
    for _ in range(_MOST_CALLS):
        if payment["status"] == "requires_step_up":  # no authenticator at hand
            body |= {"give_up_spc": True}
        payment = payments.confirmed(payment["id"], **body)
        if payment["next"] is None:
            break
        if payment["next"] == "act":
            payments.authenticate(payment["id"])
            body = {}
    read = payments.read(payment["id"])
    assert (read["status"], read["amount_captured"]) == ("succeeded", 4200), read
    assert payments.intent(payment["id"])["amount_received"] == 4200
