"""What the rules shipped decide, by instrument and region: the rows that were asked for."""

import json
from pathlib import Path
from typing import Any

import pytest

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.installs.installation import Installation
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.evidence import Surroundings, weigh_evidence
from countersign.step_up.order import Order
from countersign.step_up.policy import NOBODY, Payer
from countersign.step_up.rules.load_rules import load_rules
from countersign.step_up.strictness import decide_strictest
from countersign.step_up.stripe_card import StripeCard
from countersign.step_up.weigh_order import decided_order

FILE = Path(__file__).parents[4] / "shared" / "cases" / "decisions.json"
ROWS = json.loads(FILE.read_text()) if FILE.exists() else []
AMOUNTS = {"small": 1_000, "large": 100_000}
PAYERS = {
    "has a trusted browser for this card here": Payer(can_confirm=True, has_trusted=True),
    "unknown": NOBODY,
    "known by a payment that succeeded": NOBODY,
}


def decided(given: dict[str, Any]) -> DecidedOrder:
    """The decision of a row's payment."""
    card, told = given["card"], given.get("assurance")
    claimed = given.get("told_by") == "browser"
    info = {"assuranceDetails": told} if claimed else None
    if "browser_says" in given:
        info = {"assuranceDetails": {"cardHolderAuthenticated": False}}
    order = Order(
        "acct_1",
        AMOUNTS[given.get("amount", "large")],
        "usd",
        payment_data={"paymentMethodData": {"info": info}} if info else None,
        acquirer_country=given.get("acquirer_country_told"),
        off_session=given.get("off_session", False),
    )
    wallet = next((one for one in ("apple_pay", "google_pay") if one in card), None)
    at_stripe = StripeCard(
        network="visa",
        funding="prepaid" if "prepaid" in card else "credit",
        issuer_country=given["issuer"],
        last4="4242",
        dynamic_last4="3478" if "device token" in card or "CRYPTOGRAM_3DS" in card else None,
        exp_month=12,
        exp_year=2030,
        wallet=wallet,
    )
    full = Assurance(account_verified=True, card_holder_authenticated=True)
    signed = SignedCard("CRYPTOGRAM_3DS", full, "05", None) if "signed" in card else None
    payer = given.get("payer", "unknown")
    around = Surroundings(given["account"], first_seen="known by" not in payer)
    evidence = weigh_evidence(order, signed, at_stripe, around)
    found = decide_strictest(load_rules(), evidence.views, PAYERS[payer])
    return decided_order(load_rules(), Installation("acct_1"), order, evidence, found)


@pytest.mark.skipif(not ROWS, reason="the rows are not beside the project")
def test_every_row_comes_out_of_the_rules_shipped() -> None:
    for row in ROWS:
        view = decided(row["given"]).view()
        seen = view | view["stripe"]
        for name, value in row["must"].items():
            if name == "captures_has":
                assert value in seen["captures"], row
            elif name == "reason":
                assert value in seen["reasons"], row
            elif name != "note":
                assert seen[name] == value, (row, name, seen[name])
