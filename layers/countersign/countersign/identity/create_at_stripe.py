"""Creating the session of a slot: everybody who tries makes the same one.

Idempotency at Stripe: https://docs.stripe.com/api/idempotent_requests.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from countersign.aws.telemetry import logger
from countersign.identity import slots
from countersign.identity.context import Context
from countersign.identity.slots import Slot
from countersign.identity.snapshot import (
    MARKER,
    SLOT,
    USER,
    from_read,
    is_ours,
)
from countersign.identity.store import keep
from countersign.identity.stripe_calls import LONGEST_PAGE
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeFailed, StripeKeyReused, StripeRefused

Session = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks for: `details` are the e-mail and phone that Stripe's page begins with.

    They are sent in an update and never stored. `origin` is where our own pages are. `return_url`
    is where the visitor goes on to after Stripe's page: empty for our own, `None` for no change.
    """

    user: str
    origin: str
    return_url: str | None = ""
    details: dict[str, str] | None = None


def return_page(origin: str, pk: str, token: str) -> str:
    """Our page that Stripe returns to. The token keeps others from asking where a user goes on."""
    return f"{origin}/verify/return/{pk.removeprefix('slot#')}{token}"


def wanted_slot(context: Context, wish: Wish) -> Slot:
    """The slot as this request would have it. Stripe takes a `return_url` at the creation only, so
    it is set for both flows, and to a page of ours.
    """
    pk, token = slots.slot_key(wish.user), secrets.token_urlsafe(16)
    return_url = return_page(wish.origin, pk, token)
    return Slot(
        pk=pk,
        create_params=_checks(context) | {"return_url": return_url},
        claimed_at=context.now(),
        return_token=token,
        return_url=wish.return_url or "",
    )


def _checks(context: Context) -> dict[str, Any]:
    """What Stripe is to check: the deployment's choice, never the caller's."""
    if context.settings.verification_flow:
        return {"verification_flow": context.settings.verification_flow}
    options = context.settings.verification_options
    return {"type": "document"} | ({"options": options} if options else {})


def create(context: Context, wish: Wish, slot: Slot) -> tuple[Session | None, Slot]:
    """Create the session of a claimed slot, or find the one that a lost answer made.

    Returns no session when the slot has changed and is to be looked at again.
    """
    if slot.is_old(context.now()):
        return None, _adopt_or_regenerate(context, wish.user, slot)
    try:
        response = context.stripe.create(
            _create_params(context, wish.user, slot), _idempotency_key(context, wish.user, slot)
        )
    except StripeRefused as refused:
        if adopted := _adopt(context, wish.user, slot):
            return None, adopted
        slots.release(context.table, slot)
        logger.error("stripe refused a session", extra={"param": refused.param})
        raise Problem(
            500, "verification_misconfigured", "Stripe refuses this deployment's verification."
        ) from refused
    except (StripeFailed, StripeKeyReused):
        return None, _adopt_or_regenerate(context, wish.user, slot)
    keep(context.table, from_read(response.body, None))
    bound = slots.bind(context.table, slot, response.body["id"])
    return (None if response.replayed else response.body), bound


def _create_params(context: Context, user: str, slot: Slot) -> dict[str, Any]:
    metadata = {
        MARKER: context.settings.deployment,
        SLOT: f"{slot.attempt}.{slot.generation}",
        USER: user,
    }
    return {**(slot.create_params or {}), "client_reference_id": user, "metadata": metadata}


def _idempotency_key(context: Context, user: str, slot: Slot) -> str:
    """The idempotency key: the same for everybody who creates this generation of this attempt."""
    parts = [context.settings.deployment, user, slot.attempt, slot.generation]
    return f"countersign-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def _adopt_or_regenerate(context: Context, user: str, slot: Slot) -> Slot:
    """After a failure that Stripe saves for a day, or a key it may have forgotten: bind the
    session that was made all the same, or let the next generation be created.
    """
    return _adopt(context, user, slot) or slots.regenerate(context.table, slot, context.now())


def _adopt(context: Context, user: str, slot: Slot) -> Slot | None:
    """Bind the session that was made for this attempt without our hearing of it, if any."""
    page = context.stripe.list({"client_reference_id": user, "limit": LONGEST_PAGE})
    for session in page.body["data"]:
        snapshot = from_read(session, page.not_before)
        if is_ours(session, context.settings.deployment) and snapshot.attempt == slot.attempt:
            keep(context.table, snapshot)
            return slots.bind(context.table, slot, snapshot.id)
    return None
