"""Create the session of a slot at Stripe: everyone who tries creates the same one.

Idempotency at Stripe: https://docs.stripe.com/api/idempotent_requests. See
docs/decisions.md#one-open-session-per-user.
"""

import hashlib
import json
from typing import Any

from countersign.aws.telemetry import logger
from countersign.crypto.users import issuer_mark_of, subject_of
from countersign.identity import slots
from countersign.identity.context import Context
from countersign.identity.slots import Slot
from countersign.identity.snapshot import ISSUER, MARKER, SLOT, USER, Snapshot, is_ours
from countersign.identity.store import store_snapshot
from countersign.identity.stripe_calls import LONGEST_PAGE, StripeSession
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeFailed, StripeKeyReused, StripeRefused


def create_at_stripe(context: Context, user: str, slot: Slot) -> tuple[StripeSession | None, Slot]:
    """Create the session of a claimed slot, or find the one whose response was lost.

    Returns no session if the slot has changed and has to be looked at again. Raises 500
    `verification_misconfigured` for parameters that Stripe refuses, `SlotMoved` and `Unavailable`.
    """
    if slot.is_old(context.now()):
        return None, _adopt_or_regenerate(context, user, slot)
    params = _create_params(context, user, slot)
    try:
        response = context.stripe.create(params, _idempotency_key(context, user, slot))
    except StripeRefused as refused:
        if adopted := _adopt(context, user, slot):
            return None, adopted
        slots.release(context.table, slot)
        logger.error("stripe refused to create a session", extra={"param": refused.param})
        raise _misconfigured() from refused
    except (StripeFailed, StripeKeyReused):
        return None, _adopt_or_regenerate(context, user, slot)
    store_snapshot(context.table, Snapshot.from_read(response.body, None))
    bound = slots.bind(context.table, slot, response.body["id"])
    # The secret of a repeated response may have been used: the caller retrieves a fresh one.
    return (None if response.replayed else response.body), bound


def _misconfigured() -> Problem:
    return Problem(
        500,
        "verification_misconfigured",
        "Stripe refuses the verification that this deployment asks for. Its operator has to"
        " correct the settings.",
    )


def _create_params(context: Context, user: str, slot: Slot) -> dict[str, Any]:
    subject = subject_of(user)
    metadata = {
        MARKER: context.settings.deployment,
        SLOT: f"{slot.attempt}.{slot.generation}",
        ISSUER: issuer_mark_of(user),
        USER: subject,
    }
    return {**(slot.create_params or {}), "client_reference_id": subject, "metadata": metadata}


def _idempotency_key(context: Context, user: str, slot: Slot) -> str:
    """Return the key, the same for everyone who creates this generation of this attempt."""
    parts = [context.settings.deployment, user, slot.attempt, slot.generation]
    return f"countersign-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def _adopt_or_regenerate(context: Context, user: str, slot: Slot) -> Slot:
    """Bind the session that was created nevertheless, or let the next generation be created. This
    follows a failure that Stripe repeats for a day, and a key that it may have forgotten.
    """
    return _adopt(context, user, slot) or slots.regenerate(context.table, slot, context.now())


def _adopt(context: Context, user: str, slot: Slot) -> Slot | None:
    """Bind the session of this attempt whose response never reached us, if there is one."""
    page = context.stripe.list({"client_reference_id": subject_of(user), "limit": LONGEST_PAGE})
    for session in page.body["data"]:
        snapshot = Snapshot.from_read(session, page.not_before)
        of_slot = (snapshot.user, snapshot.attempt) == (user, slot.attempt)
        if of_slot and is_ours(session, context.settings.deployment):
            store_snapshot(context.table, snapshot)
            return slots.bind(context.table, slot, snapshot.id)
    return None
