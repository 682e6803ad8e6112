"""What is fixed when a payment is created: everything but the card. Pure."""

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from countersign.formats.records import Item, from_members, to_members
from countersign.spc.protocol.display import checked_additions


class Instrument(Struct, frozen=True):
    """What the merchant adds to the instrument that a payer is shown. We name the card ourselves,
    from what Stripe has of it.
    """

    icon: str | None = None
    details: str | None = None

    @classmethod
    def checked(cls, icon: str | None, details: str | None) -> "Instrument":
        """Return what a merchant wishes, as a browser gives it back. Raises 422 for a picture that
        browsers do not load, and for text with characters that cannot be seen.
        """
        return cls(*checked_additions(icon, details))


class PaymentOrder(Struct, frozen=True):
    """What a payer pays, to whom, and how much of it is whose. `amount` and
    `application_fee_amount` are in Stripe's minor unit of the currency. `installation` is that of
    the account when the payment was created, `reference` the merchant's own name of the order,
    `payer` the payer's handle at the merchant, `customer` Stripe's customer on that account.
    """

    account_id: str
    installation: str
    reference: str
    amount: int
    currency: str
    payer: str | None = None
    customer: str | None = None
    application_fee_amount: int | None = None
    description: str | None = None
    instrument: Instrument = Instrument()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_item(cls, item: Item) -> "PaymentOrder":
        """Return the order of a stored payment."""
        instrument = from_members(Instrument, item["instrument"])
        return replace(from_members(cls, item), instrument=instrument)

    def to_item(self) -> Item:
        """Return the members that are stored."""
        return to_members(self)
