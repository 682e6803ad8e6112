"""Tidy up after a payment that has ended: a failure of Stripe's may have left a PaymentIntent
beside its own, and the rules may have refused its last card. Nobody confirms what is open then, and
it is canceled so that nobody wonders.
"""

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.context import Contexts
from countersign.payments.due import LEFTOVER
from countersign.payments.find_intents import MARGIN, open_on_page
from countersign.payments.follow_intent import has_time
from countersign.payments.machine import move
from countersign.payments.on_account import as_permitted
from countersign.payments.payment_record import TIDIED, PaymentRecord
from countersign.payments.requests import ending_key, settle_params
from countersign.stripe_api.calls import StripeKeyReused, StripeRefused

PAGES = 5
"""Pages of PaymentIntents that are looked at in one go."""


def tidy_up(contexts: Contexts, installation: Installation, record: PaymentRecord) -> PaymentRecord:
    """Cancel what is open at Stripe of a payment that has ended, and return it with how far that
    has come. Raises `Changed`, and as `on_account` does.
    """
    if not record.leaves_open:
        return record
    if record.leaves_own and record.tidied is None:
        _cancel(contexts, installation, record, str(record.payment_intent))
    now = contexts.payments.now()
    if now < (record.ended_at or now) + LEFTOVER:
        return record
    place = _look(contexts, installation, record)
    after = move(record, "record", record.status, now, tidied=place)
    return store.save(contexts.payments.table, record, after)


def _look(contexts: Contexts, installation: Installation, record: PaymentRecord) -> str:
    """Cancel what is found on a few pages, and return the place after them: a merchant may make
    thousands in the time, and others' payments are due, too.
    """
    times = _times(record)
    which, _, last = (record.tidied or "0.").partition(".")
    at, after, pages = int(which), last or None, 0
    while at < len(times):
        if pages == PAGES or not has_time():
            return f"{at}.{after or ''}"
        found, after = open_on_page(contexts, installation, record, times[at], after)
        for intent_id in found:
            _cancel(contexts, installation, record, intent_id)
            logger.info("a leftover is canceled", extra={"payment": record.id})
        at, pages = at + (after is None), pages + 1
    return TIDIED


def _times(record: PaymentRecord) -> list[tuple[int, int]]:
    """Return the times in which a PaymentIntent may have come about (Unix seconds): from each claim
    to create one until it was known what came of it, and a while longer.
    """
    times: list[tuple[int, int]] = []
    if record.creation is None or record.creation.generation == 1:
        return times
    known = [*(step.at for step in record.steps[1:]), record.ended_at]
    for step, then in zip(record.steps, known, strict=True):
        if step.did != "claim_creation":
            continue
        until = (then or step.at) + LEFTOVER
        if times and step.at - MARGIN <= times[-1][1] + MARGIN:
            times[-1] = times[-1][0], until
        else:
            times.append((step.at, until))
    return times


def _cancel(
    contexts: Contexts, installation: Installation, record: PaymentRecord, intent_id: str
) -> None:
    deployment, now = contexts.payments.settings.deployment, contexts.payments.now()
    key = ending_key(deployment, record, f"leftover {intent_id}", record.ended_at or now, now)
    params = settle_params("cancel", record, "replaced")
    try:
        as_permitted(
            contexts,
            installation,
            lambda c, account, expand: c.cancel(account, intent_id, params, key, expand),
        )
    except (StripeRefused, StripeKeyReused):  # it is canceled, by us or by somebody else
        logger.info("a leftover is gone", extra={"payment": record.id})
