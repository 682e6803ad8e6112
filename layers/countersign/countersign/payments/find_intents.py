"""Find the PaymentIntents that name a payment, where Stripe has failed and may have made one all
the same. They were never confirmed.
"""

from typing import Any

from countersign.installs.installation import Installation
from countersign.payments.context import Contexts
from countersign.payments.intent import FINAL
from countersign.payments.metadata import PAYMENT
from countersign.payments.on_account import on_account
from countersign.payments.payment_record import PaymentRecord

MARGIN = 120
"""Seconds before a time from which PaymentIntents are looked for: clocks differ."""


def open_intents(
    contexts: Contexts, installation: Installation, record: PaymentRecord, since: int
) -> list[str]:
    """Return the ids of the open PaymentIntents that name a payment, of those that were created
    since (Unix seconds). Raises as `on_account` does.
    """
    found: list[str] = []
    after: str | None = None
    while True:
        page = _page(contexts, installation, since - MARGIN, after)
        found += [
            each["id"]
            for each in page["data"]
            if (each.get("metadata") or {}).get(PAYMENT) == record.id
            and each["status"] not in FINAL
        ]
        if not page["has_more"]:
            return found
        after = page["data"][-1]["id"]


def _page(
    contexts: Contexts, installation: Installation, since: int, after: str | None
) -> dict[str, Any]:
    return on_account(
        contexts, installation, lambda c, account: c.created_since(account, since, after)
    ).body
