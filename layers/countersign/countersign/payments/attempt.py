"""What was claimed before each call to Stripe: a claim names the call, and is stored first. Pure.

An idempotency key of Stripe's lasts a day, so a payment ends before that
(https://docs.stripe.com/api/idempotent_requests).
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

from countersign.formats.records import Item, from_members, to_members

AttemptKind = Literal["card", "resume"]
"""An attempt with a card, or its second confirmation after the payer has acted."""
SettleKind = Literal["capture", "cancel"]


class Creation(Struct, frozen=True):
    """The claim to create the PaymentIntent. `generation` rises where Stripe has answered with a
    failure and has nothing to show for it; it is `over` until the next attempt claims it again.
    `params` is the request, whole.
    """

    at: int
    params: Mapping[str, Any]
    generation: int = 1
    over: bool = False

    @property
    def claimed_at(self) -> int:
        """When it was claimed (Unix seconds)."""
        return self.at


class Marking(Struct, frozen=True):
    """The claim to have the PaymentIntent name the `decision` that counts now."""

    at: int
    decision: str

    @property
    def claimed_at(self) -> int:
        """When it was claimed (Unix seconds)."""
        return self.at


class Attempt(Struct, frozen=True):
    """The claim to confirm the PaymentIntent, the payment's `n`th. `params` is the request, whole:
    it is repeated byte for byte. `at` is when its card was confirmed first, `resumed_at` when the
    payer had acted. `fingerprint` is Stripe's of the card. `ended` says that what came of it is
    known, `code` and `decline_code` are Stripe's for an attempt that failed, with the
    `failed_charge`; `seen` is the last one before, by which an old failure is known from a new one.
    """

    n: int
    kind: AttemptKind
    at: int
    params: Mapping[str, Any]
    fingerprint: str | None = None
    ended: bool = False
    ended_at: int | None = None
    code: str | None = None
    decline_code: str | None = None
    failed_charge: str | None = None
    seen: str | None = None
    resumed_at: int | None = None

    @property
    def claimed_at(self) -> int:
        """When it was claimed (Unix seconds)."""
        return self.at if self.resumed_at is None else self.resumed_at

    @property
    def is_declined(self) -> bool:
        """Whether the issuer, or 3-D Secure, refused the card."""
        return self.ended and self.code is not None


class Settlement(Struct, frozen=True):
    """The choice between capture and cancellation, taken once. `ends_as` is what the payment
    becomes once a cancellation is done, `reason` the word for why.
    """

    kind: SettleKind
    at: int
    reason: str
    ends_as: Literal["succeeded", "canceled", "failed"] = "canceled"


class Money(Struct, frozen=True):
    """What has become of the money, as Stripe has it now, in the minor unit of the currency.
    `three_d_secure` is the result of 3-D Secure, `None` where none was tried.
    """

    captured: int = 0
    refunded: int = 0
    disputed: bool = False
    three_d_secure: str | None = None
    authentication_flow: str | None = None
    eci: str | None = None
    wallet: str | None = None
    capture_before: int | None = None
    charge: str | None = None


NO_MONEY = Money()


class Step(Struct, frozen=True):
    """One step of a payment: what was done, when (Unix seconds), and what it became."""

    at: int
    did: str
    status: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def creation_from(item: Item | None) -> Creation | None:
    """Return a stored claim to create, if there is one."""
    return from_members(Creation, _with_params(item)) if item else None


def marking_from(item: Item | None) -> Marking | None:
    """Return a stored claim to name a decision, if there is one."""
    return from_members(Marking, item) if item else None


def attempt_from(item: Item | None) -> Attempt | None:
    """Return a stored attempt, if there is one."""
    return from_members(Attempt, _with_params(item)) if item else None


def settlement_from(item: Item | None) -> Settlement | None:
    """Return a stored choice, if there is one."""
    return from_members(Settlement, item) if item else None


def stored(claim: Creation | Marking | Attempt | Settlement | Money | Step | None) -> Item | None:
    """Return what is stored of a claim, without what is not known. A request is stored as text, so
    that its repetition has the same order, too.
    """
    if claim is None:
        return None
    known = {name: value for name, value in to_members(claim).items() if value is not None}
    return known | (
        {"params": json.dumps(known["params"], ensure_ascii=False)} if "params" in known else {}
    )


def _with_params(item: Item) -> Item:
    return item | {"params": json.loads(item["params"])}
