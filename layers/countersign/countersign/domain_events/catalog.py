"""Every type of domain event: what it means, the version of its form, and its data. Pure.

Within a version, members are only ever added. A change that would break a consumer is a new
version (docs/decisions.md#an-event-has-a-revision-and-not-a-place).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain_events.identity_events import SessionState


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event. `data` is the dataclass of its data."""

    meaning: str
    data: type
    version: int = 1


CATALOG: Mapping[str, EventType] = {
    "identity.verified": EventType(
        "Stripe has verified this person's identity.",
        SessionState,
    ),
    "identity.requires_input": EventType(
        "A check of this person's documents failed, for the reason in `error`.",
        SessionState,
    ),
    "identity.processing": EventType(
        "The person has submitted their documents, and Stripe is checking them.",
        SessionState,
    ),
    "identity.canceled": EventType(
        "The session has ended without a verification.",
        SessionState,
    ),
    "identity.redacted": EventType(
        "Stripe has erased what it collected in this session: erase what you hold of it.",
        SessionState,
    ),
    "identity.revoked": EventType(
        "The person was verified by this session, and is no more.",
        SessionState,
    ),
}
"""The types by their names, which are the `detail-type` on the bus."""
