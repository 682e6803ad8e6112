"""The requests of the payment calls."""

import json
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from countersign.http.request_model import Flag, Request
from countersign.installs.installation import Installation
from countersign.payments.metadata import OURS
from countersign.payments.order import Instrument, PaymentOrder
from countersign.payments.read_named_card import CardRequest
from countersign.spc.protocol.display import LONGEST_DETAILS, LONGEST_ICON
from countersign.step_up.card_models import GooglePay, NamedCardRequest

Code = Annotated[str, Field(min_length=1, max_length=255)]
CustomerId = Annotated[str, Field(pattern=r"^cus_[A-Za-z0-9_]{1,250}$")]
MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\[\]]+$")]
MOST_METADATA = 48
"""Stripe has 50; two are ours."""
LONGEST_METADATA = 27_000
"""Bytes of metadata as JSON in ASCII: all that Stripe takes, in Latin letters. A page of a hundred
payments then fits into a response (6 MB).
"""


class ShownInstrument(Request):
    """What is shown beside the card's own name when the payer confirms: a picture of it (an https
    or data URL), and a line of details.
    """

    icon: Annotated[str, Field(max_length=LONGEST_ICON)] | None = None
    details: Annotated[str, Field(max_length=LONGEST_DETAILS)] | None = None


class CreatePayment(NamedCardRequest):
    """A payment. `reference` is your own name of the order: only one payment of it is open or paid.
    Amounts are in Stripe's minor unit of the currency. All but the card is fixed from now on.
    """

    account_id: Code
    reference: Code
    amount: Annotated[int, Field(strict=True)]
    currency: Annotated[str, Field(max_length=3)]
    payer: Code | None = None
    google_pay: GooglePay | None = None
    customer: CustomerId | None = None
    application_fee_amount: Annotated[int, Field(strict=True, ge=1)] | None = None
    instrument: ShownInstrument = ShownInstrument()
    description: Annotated[str, Field(max_length=1000)] | None = None
    metadata: Annotated[
        dict[MetadataKey, Annotated[str, Field(max_length=500)]], Field(max_length=MOST_METADATA)
    ] = {}  # noqa: RUF012  Pydantic copies it
    replace: Flag = False
    off_session: Flag = False

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.off_session:
            raise PydanticCustomError(
                "off_session", "off_session is not possible yet: the payer has to be present"
            )
        if any(name.startswith(OURS) for name in self.metadata):
            message = f"metadata may not have keys that begin with {OURS}"
            raise PydanticCustomError("metadata", message)
        if len(json.dumps(self.metadata)) > LONGEST_METADATA:
            raise PydanticCustomError(
                "metadata", "metadata may have 27,000 bytes, as JSON in ASCII: shorten it"
            )
        fee = self.application_fee_amount
        if fee is not None and fee > self.amount:
            raise PydanticCustomError("fee", "application_fee_amount may not exceed the amount")
        return self

    def order(self, installation: Installation) -> PaymentOrder:
        """Return what is fixed from now on. Raises 422 for an instrument that cannot be shown."""
        return PaymentOrder(
            account_id=installation.account_id,
            installation=installation.id,
            reference=self.reference,
            amount=self.amount,
            currency=self.currency,
            payer=self.payer,
            customer=self.customer,
            application_fee_amount=self.application_fee_amount,
            description=self.description,
            instrument=Instrument.checked(self.instrument.icon, self.instrument.details),
            metadata=self.metadata,
        )

    def card(self) -> CardRequest:
        """Return the card that is named, if one is, with what Google Pay gave."""
        given = self.google_pay.given() if self.google_pay else {}
        return CardRequest(self.payment_method, self.confirmation_token, **given)


class ConfirmPayment(NamedCardRequest):
    """The card to pay with, or `{}`: to go on once the payer has acted, or to pay with the card
    that is known. `give_up_spc` goes on with 3-D Secure where the payer does not confirm.
    """

    give_up_spc: Flag = False

    def card(self) -> CardRequest:
        """Return the card that is named, if one is."""
        return CardRequest(self.payment_method, self.confirmation_token)
