"""Send an attempt that was claimed, and find out what it came to: what is refused, and what is not
answered, is judged by what Stripe has.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.payments.context import Contexts
from countersign.payments.end_attempt import Decline, decline_attempt, give_up_attempt
from countersign.payments.follow_intent import follow_intent, has_time
from countersign.payments.intent import read_intent
from countersign.payments.on_account import NOT_CARRIED_OUT, on_account, read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import card_refused
from countersign.payments.requests import stripe_key
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeKeyReused, StripeRefused


class Attempted(Struct, frozen=True):
    """A payment after an attempt. `found` is its PaymentIntent, where it was read since: it holds
    its `client_secret`, so it is neither logged nor stored.
    """

    record: PaymentRecord
    found: Mapping[str, Any] | None = None


def send_attempt(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> Attempted:
    """Send the confirmation that was claimed, and return what became of it. What is not answered is
    read at once if there is time, else by the sweep.
    """
    attempt, intent_id = record.attempt, record.payment_intent
    if attempt is None or intent_id is None:
        raise RuntimeError("no attempt was claimed")
    params = dict(attempt.params)
    key = stripe_key(contexts.payments.settings.deployment, record, f"confirm{attempt.n}")
    try:
        answer = on_account(
            contexts, installation, lambda c, account: c.confirm(account, intent_id, params, key)
        )
    except StripeRefused as refused:
        return _refused(contexts, installation, record, refused)
    except NOT_CARRIED_OUT:
        raise
    except (Problem, StripeKeyReused):
        logger.warning("an attempt is not answered", extra={"payment": record.id, "n": attempt.n})
        return _read(contexts, installation, record)
    if answer.replayed:  # as the first answer was: what has become of it since is read
        return _read(contexts, installation, record)
    followed = follow_intent(contexts, installation, record, answer.body)
    return Attempted(followed, answer.body)


def _refused(
    contexts: Contexts, installation: Installation, record: PaymentRecord, refused: StripeRefused
) -> Attempted:
    """A decline says so. Any other refusal is judged by what Stripe has: where nothing was tried,
    the card is at fault.
    """
    intent = read_intent(refused.payment_intent) if refused.payment_intent else None
    if refused.status == 402 and intent is not None and intent.awaits_card:
        why = Decline.answered(refused, intent)
        return Attempted(decline_attempt(contexts, installation, record, why))
    done = _read(contexts, installation, record)
    is_untouched = done.record is record and done.found is not None
    if is_untouched and done.found and done.found["status"] == "requires_payment_method":
        give_up_attempt(contexts, record)
        raise card_refused(refused.param, refused.code)
    return done


def _read(contexts: Contexts, installation: Installation, record: PaymentRecord) -> Attempted:
    """Return a payment as Stripe has it now, if it can be read; else the sweep reads it."""
    if not has_time():
        return Attempted(record)
    try:
        found = read(contexts, installation, record)
    except Problem:
        return Attempted(record)
    return Attempted(follow_intent(contexts, installation, record, found), found)
