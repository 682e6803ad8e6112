"""What is stored of a payment that a payer is asked to confirm, and of the response. Pure."""

from dataclasses import asdict, dataclass
from typing import Literal, Self

from countersign.formats.records import Item
from countersign.spc.ceremony_record import Ceremony, common_item, common_members
from countersign.spc.protocol.terms import Terms

BrowserBound = Literal["trusted", "new", "absent"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a genuine response to a payment's ceremony is worth.

    `browser_key` is the id of the browser's key, `None` where it has bound none. With
    `step_up_required` the deployment does not take this browser's word alone: the browser is new,
    or it shows no key where one is known.
    """

    authenticated_at: int
    credential_id: str
    browser_bound: BrowserBound
    backed_up: bool
    step_up_required: bool
    browser_key: str | None = None

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return what is stored of a response with its ceremony."""
        return cls(
            authenticated_at=item["authenticated_at"],
            credential_id=item["credential_id"],
            browser_bound=item["browser_bound"],
            backed_up=item["backed_up"],
            step_up_required=item["step_up_required"],
            browser_key=item.get("browser_key"),
        )

    def to_item(self) -> Item:
        """Return what is stored of a response with its ceremony."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCeremony(Ceremony):
    """The question to confirm one payment. `credentials` are the ids of those that are asked,
    `checkout_origins` those of the merchant at the beginning, whose pages may read the response.
    """

    kind = "payment"
    account_id: str
    payer: str
    amount: int
    currency: str
    credentials: tuple[str, ...]
    checkout_origins: tuple[str, ...]
    terms: Terms
    confirmation: Confirmation | None = None

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored ceremony."""
        return cls(
            **common_members(item),
            account_id=item["account_id"],
            payer=item["payer"],
            amount=item["amount"],
            currency=item["currency"],
            credentials=tuple(item["credentials"]),
            checkout_origins=tuple(item["checkout_origins"]),
            terms=Terms.from_item(item["terms"]),
            confirmation=Confirmation.from_item(item) if "authenticated_at" in item else None,
        )

    def to_item(self) -> Item:
        """Return the item of a ceremony that begins."""
        return common_item(self) | {
            "account_id": self.account_id,
            "payer": self.payer,
            "amount": self.amount,
            "currency": self.currency,
            "credentials": list(self.credentials),
            "checkout_origins": list(self.checkout_origins),
            "terms": self.terms.to_item(),
        }
