"""What is stored of a payment that a payer is asked to confirm, and of the response. Pure."""

from collections.abc import Mapping
from typing import Literal, Self

from msgspec import Struct

from countersign.formats.records import Item, from_members, to_members
from countersign.spc.ceremony_record import Ceremony, common_item, common_members
from countersign.spc.protocol.terms import Terms
from countersign.spc.trust_record import Scope

BrowserBound = Literal["trusted", "new", "absent"]


class Confirmation(Struct, frozen=True):
    """What a genuine response to a payment's ceremony is worth.

    `browser_key` is the id of the browser's key, `None` where it has bound none, and `trusted` is
    one that is trusted for this payment. With `step_up_required` the deployment does not take this
    browser's word alone: see `trust`.
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
        return {name: value for name, value in to_members(self).items() if value is not None}


class PaymentCeremony(Ceremony, frozen=True, kw_only=True):
    """The question to confirm one payment. `credentials` are those that are asked, each with its
    counter at the beginning, `checkout_origins` those of the merchant at that time, whose pages may
    read the response. `scope` is the installation that asks, and the card, if that is known;
    `payee_version` is that of the payee that is shown.
    """

    kind = "payment"
    scope: Scope
    payee_version: int
    payer: str
    amount: int
    currency: str
    credentials: Mapping[str, int]
    checkout_origins: tuple[str, ...]
    terms: Terms
    confirmation: Confirmation | None = None

    @property
    def account_id(self) -> str:
        """The account that asks."""
        return self.scope.account_id

    def is_shown_by(self, installation: str, payee_version: int) -> bool:
        """Return whether this installation asks, with the payee that it was shown with."""
        return (self.scope.installation, self.payee_version) == (installation, payee_version)

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored ceremony."""
        return cls(
            **common_members(item),
            scope=from_members(Scope, item),
            payee_version=item["payee_version"],
            payer=item["payer"],
            amount=item["amount"],
            currency=item["currency"],
            credentials=item["credentials"],
            checkout_origins=tuple(item["checkout_origins"]),
            terms=Terms.from_item(item["terms"]),
            confirmation=Confirmation.from_item(item) if "authenticated_at" in item else None,
        )

    def to_item(self) -> Item:
        """Return the item of a ceremony that begins."""
        return common_item(self) | {
            **to_members(self.scope),
            "payee_version": self.payee_version,
            "payer": self.payer,
            "amount": self.amount,
            "currency": self.currency,
            "credentials": dict(self.credentials),
            "checkout_origins": list(self.checkout_origins),
            "terms": self.terms.to_item(),
        }
