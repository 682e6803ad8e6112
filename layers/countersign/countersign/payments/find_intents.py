"""Find the PaymentIntents of a payment, where Stripe has failed and may have made one all the same.
They were never confirmed.

Our metadata alone proves nothing: a merchant may copy it to a PaymentIntent of their own. One that
is not as the claim has it is not ours, and is neither confirmed nor canceled.
"""

from collections.abc import Mapping
from typing import Any

from countersign.installs.installation import Installation
from countersign.payments.context import Contexts
from countersign.payments.intent import FINAL, read_intent
from countersign.payments.on_account import on_account
from countersign.payments.payment_record import PaymentRecord
from countersign.problems import Unavailable
from countersign.stripe_api.calls import StripeRefused

MARGIN = 120
"""Seconds around a time in which PaymentIntents are looked for: clocks differ."""


def open_intents(
    contexts: Contexts, installation: Installation, record: PaymentRecord, since: int, until: int
) -> list[str]:
    """Return the ids of the open PaymentIntents of a payment, of those that were created in a time
    (Unix seconds): its own, and what its claim has made. Raises as `on_account` does.
    """
    found: list[str] = []
    after: str | None = None
    while True:
        ids, after = open_on_page(contexts, installation, record, (since, until), after)
        found += ids
        if after is None:
            return found


def open_on_page(
    contexts: Contexts,
    installation: Installation,
    record: PaymentRecord,
    times: tuple[int, int],
    after: str | None,
) -> tuple[list[str], str | None]:
    """Return those of one page, and the PaymentIntent after which the next page begins, if there is
    one. Raises as `on_account` does.
    """
    since, until = times
    page = _page(contexts, installation, since - MARGIN, until + MARGIN, after)
    found = [
        each["id"]
        for each in page["data"]
        if each["status"] not in FINAL
        and (each["id"] == record.payment_intent or _is_made(record, each))
    ]
    return found, page["data"][-1]["id"] if page["has_more"] else None


def _is_made(record: PaymentRecord, found: Mapping[str, Any]) -> bool:
    """Whether a PaymentIntent is what the claim to create one makes, and nobody confirmed it."""
    intent, order = read_intent(found), record.order
    return (
        intent.payment == record.id
        and intent.awaits_card
        and intent.failed_charge is None
        and not intent.elsewhere
        and (intent.amount, intent.currency) == (order.amount, order.currency)
        and (intent.capture_method, intent.confirmation_method) == ("manual", "manual")
        and intent.customer == order.customer
        and (intent.application_fee_amount or 0) == (order.application_fee_amount or 0)
    )


def _page(
    contexts: Contexts, installation: Installation, since: int, until: int, after: str | None
) -> dict[str, Any]:
    try:
        return on_account(
            contexts,
            installation,
            lambda c, account: c.created_between(account, since, until, after),
        ).body
    except StripeRefused:  # a place in the list that is not there any more
        raise Unavailable("stripe") from None
