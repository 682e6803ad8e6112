"""The types of events of payments in docs/deploy.md, as the code receives them."""

from itertools import groupby
from pathlib import Path

from countersign.payments.receive_event import TYPES
from tools.papers.tables import code, fill_tables, table

PAGE = "docs/deploy.md"
_NEEDS = {
    "payment_intent": "payment_intent_read",
    "charge": "charge_read",
    "charge.dispute": "dispute_read",
    "charge.refund": "charge_read",
    "refund": "charge_read",
    "review": "review_read",
}
"""The permission of the app without which Stripe sends none of these
(https://docs.stripe.com/stripe-apps/events).
"""


def deploy_page(root: Path) -> str:
    """Return the page, with its table of types made again."""
    families = groupby(sorted(TYPES, key=lambda kind: (_family(kind), kind)), _family)
    rows = [[", ".join(map(code, kinds)), code(_NEEDS[family])] for family, kinds in families]
    made = {"events of payments": table(["types", "the app needs"], rows)}
    return fill_tables(PAGE, (root / PAGE).read_text("utf-8"), made)


def _family(kind: str) -> str:
    return kind.rpartition(".")[0]
