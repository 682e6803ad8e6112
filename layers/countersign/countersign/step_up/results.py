"""What became of a decision: the payer's confirmation and the payment, as they are stored. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from countersign.formats.records import from_members
from countersign.spc.ceremony_record import CeremonyStatus
from countersign.spc.payment_ceremony import BrowserBound
from countersign.step_up.stripe_card import ThreeDSecureResult


@dataclass(frozen=True, slots=True)
class ConfirmationResult:
    """The verdict on a ceremony, when the merchant reported it."""

    ceremony_id: str
    status: CeremonyStatus
    browser_bound: BrowserBound | None
    step_up_required: bool | None
    authenticated_at: int | None

    @property
    def is_authenticated(self) -> bool:
        """Whether the payer has confirmed the payment."""
        return self.status == "authenticated"


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """A PaymentIntent as Stripe has it. `progress` is how far it has come. `differs` names what the
    decision relied on and Stripe knows otherwise.
    """

    payment_intent: str
    status: str
    progress: int = 0
    charged_at: int | None = None
    three_d_secure: ThreeDSecureResult | None = None
    eci: str | None = None
    differs: tuple[str, ...] = ()

    @property
    def is_paid(self) -> bool:
        """Whether the issuer has authorized the payment."""
        return self.status in ("requires_capture", "succeeded")

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "PaymentResult":
        """Return the stored payment."""
        proof = item.get("three_d_secure")
        return cls(
            payment_intent=item["payment_intent"],
            status=item["status"],
            progress=item.get("settled", 0),
            charged_at=item.get("charged_at"),
            three_d_secure=from_members(ThreeDSecureResult, proof) if proof else None,
            eci=item.get("eci"),
            differs=tuple(item.get("differs", ())),
        )

    def to_item(self) -> dict[str, Any]:
        """Return what is stored."""
        return self.view() | {"settled": self.progress}

    def view(self) -> dict[str, Any]:
        """Return what the caller sees."""
        members = asdict(self) | {"differs": list(self.differs)}
        del members["progress"]
        return members


@dataclass(frozen=True, slots=True)
class Results:
    """What is known of a decision's payment; nothing at first."""

    spc: ConfirmationResult | None = None
    payment: PaymentResult | None = None

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
        return ({"spc": asdict(self.spc)} if self.spc else {}) | (
            {"payment": self.payment.to_item()} if self.payment else {}
        )

    def view(self) -> dict[str, Any]:
        """Return what the caller sees."""
        return {
            "spc": asdict(self.spc) if self.spc else None,
            "payment": self.payment.view() if self.payment else None,
        }


NO_RESULTS = Results()
