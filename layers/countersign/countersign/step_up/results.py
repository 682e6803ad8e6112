"""What became of a decision: the payer's confirmation and the payment, as they are stored. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from countersign.formats.records import from_members, to_members
from countersign.spc.ceremony_record import CeremonyStatus
from countersign.spc.payment_ceremony import BrowserBound
from countersign.step_up.stripe_card import ThreeDSecureResult

CLOCK_SKEW = 60
"""Seconds by which Stripe's clock and ours may differ."""


class ConfirmationResult(Struct, frozen=True):
    """The verdict on a ceremony, when the merchant reported it. `fingerprint` is Stripe's of the
    card that the payer was asked about, `None` where the merchant named none.
    """

    ceremony_id: str
    status: CeremonyStatus
    browser_bound: BrowserBound | None
    step_up_required: bool | None
    authenticated_at: int | None
    fingerprint: str | None = None

    def suffices_for(self, charged_at: int | None, fingerprint: str | None) -> bool:
        """Whether the payer confirmed the payment before it was charged, in a browser or with a
        credential that needs no further proof for the card with this fingerprint.
        """
        if self.fingerprint not in (None, fingerprint):
            return False
        if self.status != "authenticated" or self.step_up_required is not False:
            return False
        if self.authenticated_at is None or charged_at is None:
            return False
        return self.authenticated_at <= charged_at + CLOCK_SKEW

    def view(self) -> dict[str, Any]:
        """Return what the caller sees."""
        return {name: value for name, value in to_members(self).items() if name != "fingerprint"}


class PaymentResult(Struct, frozen=True):
    """A PaymentIntent as Stripe has it, with its latest charge. `progress` is how far it has come.
    Amounts are in Stripe's minor unit of the currency that was decided about. `fingerprint` is
    Stripe's of the card that was charged.

    `differs` names what the decision relied on and Stripe knows otherwise. `is_of_another_account`
    marks a payment on behalf of another account, or whose money goes to one. `captured_in_review`
    marks one that was captured while its decision waited for a review. `last_error` is Stripe's
    code for the last attempt that failed.
    """

    payment_intent: str
    status: str
    progress: int = 0
    charged_at: int | None = None
    amount_received: int = 0
    amount_captured: int = 0
    amount_refunded: int = 0
    disputed: bool = False
    three_d_secure: ThreeDSecureResult | None = None
    eci: str | None = None
    differs: tuple[str, ...] = ()
    is_of_another_account: bool = False
    captured_in_review: bool = False
    last_error: str | None = None
    fingerprint: str | None = None

    @property
    def is_paid(self) -> bool:
        """Whether the issuer has authorized the payment."""
        return self.status in ("requires_capture", "succeeded")

    @property
    def has_ended(self) -> bool:
        """Whether it was captured or canceled."""
        return self.status in ("succeeded", "canceled")

    @property
    def is_captured(self) -> bool:
        """Whether money was taken, all or some of it."""
        return self.amount_captured > 0

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "PaymentResult":
        """Return the stored payment."""
        members, proof = dict(item), item.get("three_d_secure")
        members["progress"] = members.pop("settled", 0)
        members["differs"] = tuple(item.get("differs", ()))
        members["three_d_secure"] = from_members(ThreeDSecureResult, proof) if proof else None
        return from_members(cls, members)

    def to_item(self) -> dict[str, Any]:
        """Return what is stored."""
        members = to_members(self) | {
            "differs": list(self.differs),
            "settled": self.progress,
        }
        del members["progress"]
        return members

    def view(self) -> dict[str, Any]:
        """Return what the caller sees; all else is among the reasons of the judgment."""
        return {name: value for name, value in self.to_item().items() if name not in _NOT_SHOWN}


_NOT_SHOWN = {"captured_in_review", "fingerprint", "is_of_another_account", "settled"}


class Results(Struct, frozen=True):
    """What is known of a decision's payment; nothing at first."""

    spc: ConfirmationResult | None = None
    payment: PaymentResult | None = None

    @property
    def is_paid_up(self) -> bool:
        """Whether a payment is known that Stripe will do no more to by itself."""
        return self.payment is not None and self.payment.has_ended

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the payer had not answered when the confirmation was told."""
        return self.spc is not None and self.spc.status == "pending"

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Results":
        """Return the stored results."""
        spc, payment = item.get("spc"), item.get("payment")
        return cls(
            spc=from_members(ConfirmationResult, spc) if spc else None,
            payment=PaymentResult.from_item(payment) if payment else None,
        )

    def to_item(self) -> dict[str, Any]:
        """Return what is stored, by name; what is not known is left out."""
        return ({"spc": to_members(self.spc)} if self.spc else {}) | (
            {"payment": self.payment.to_item()} if self.payment else {}
        )

    def view(self) -> dict[str, Any]:
        """Return what the caller sees."""
        return {
            "spc": self.spc.view() if self.spc else None,
            "payment": self.payment.view() if self.payment else None,
        }


NO_RESULTS = Results()
