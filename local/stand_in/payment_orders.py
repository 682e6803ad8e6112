"""The bodies of the controls of payments."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from local.stand_in import payments, three_d_secure
from local.stand_in.backend import Backend
from local.stand_in.bodies import Body
from local.stand_in.cards import Card, Eci, ThreeDSecure
from local.stand_in.errors import no_such
from local.stand_in.payment_objects import CHARGED, CaptureMethod, Payment, Status, Usage
from local.stand_in.setup_objects import SetupStatus

_Customer = Annotated[str, Field(pattern=r"^cus_[A-Za-z0-9]{1,250}$")]


class TokenOrder(Body):
    """The body of `POST /_confirmation_tokens`."""

    account: str
    card: Card = Card()


class MethodOrder(TokenOrder):
    """The body of `POST /_payment_methods`; with a `customer` it is attached to that one."""

    customer: _Customer | None = None


class ConfirmationTokenOrder(TokenOrder):
    """The body of `POST /_confirmation_tokens`; with a usage it would save the card for that."""

    setup_future_usage: Usage | None = None


class CustomerOrder(Body):
    """The body of `POST /_customers`; without an `id` it has a new one."""

    account: str
    id: _Customer | None = None


class PaidWith(Body):
    """What a payment or a saving is made with: a new PaymentMethod of the `card`, or one that is
    there already.
    """

    account: str
    card: Card | None = None
    payment_method: str | None = None
    customer: _Customer | None = None
    three_d_secure: ThreeDSecure | None = None

    @model_validator(mode="after")
    def _is_one_card(self) -> "PaidWith":
        if self.card and self.payment_method:
            raise ValueError("give a card or a payment_method, not both")
        return self

    def method(self, backend: Backend) -> dict[str, Any]:
        """Return the PaymentMethod. Raises StripeError 404."""
        if self.payment_method is None:
            card = self.card or Card()
            return payments.add_method(backend, self.account, card, self.customer)
        found = payments.method(backend, self.account, self.payment_method)
        if found is None:
            raise no_such("PaymentMethod", self.payment_method[:60], "payment_method")
        return found


class IntentOrder(PaidWith):
    """The body of `POST /_payment_intents`: a PaymentIntent that has been confirmed. Without a
    `status` its card decides what comes of it, with the `request_three_d_secure` of the payment.
    With one, it has that status, and the charge says what is given of 3-D Secure.
    """

    amount: Annotated[int, Field(ge=1, le=99_999_999)]
    currency: Annotated[str, Field(pattern=r"^[a-z]{3}$")]
    status: Status | None = None
    confirmation_token: str | None = None
    metadata: Annotated[dict[str, str], Field(default_factory=dict)]
    electronic_commerce_indicator: Eci | None = None
    request_three_d_secure: three_d_secure.Request = "automatic"
    capture_method: CaptureMethod = "automatic_async"
    off_session: bool = False
    setup_future_usage: Usage | None = None
    on_behalf_of: str | None = None
    transfer_to: str | None = None

    @model_validator(mode="after")
    def _is_one_payment(self) -> "IntentOrder":
        of_charge = self.three_d_secure or self.electronic_commerce_indicator
        if of_charge and self.status not in (None, *CHARGED):
            raise ValueError(f"there is a charge only when the status is {' or '.join(CHARGED)}")
        if self.confirmation_token and (self.card or self.payment_method):
            raise ValueError("give a card, a payment_method or a confirmation_token")
        return self

    def method(self, backend: Backend) -> dict[str, Any]:
        """Return the PaymentMethod; a confirmation token is used up by becoming one."""
        if self.confirmation_token is None:
            return super().method(backend)
        return payments.use_token(backend, self.account, self.confirmation_token)

    def payment(self, method: dict[str, Any], status: Status) -> Payment:
        """Return what the PaymentIntent is made from."""
        return Payment(
            amount=self.amount,
            currency=self.currency,
            status=status,
            payment_method=method,
            metadata=self.metadata,
            request=self.request_three_d_secure,
            capture_method=self.capture_method,
            customer=self.customer or method["customer"],
            setup_future_usage=self.setup_future_usage,
            on_behalf_of=self.on_behalf_of,
            transfer_to=self.transfer_to,
        )


class SetupOrder(PaidWith):
    """The body of `POST /_setup_intents`: a card that was saved, or not."""

    usage: Usage = "off_session"
    status: SetupStatus = "succeeded"
