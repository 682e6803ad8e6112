"""The card of a request, as types that the resolver checks: by its id at Stripe, or by Google Pay.

Only functions that take a card import it (`http.request_model`).
"""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from countersign.http.request_model import Request
from countersign.settings import settings
from countersign.step_up.evidence_sources import find_token


def _text_or_object(token: Any) -> Any:
    if not isinstance(token, str | dict):
        raise PydanticCustomError("token", "must be a string or an object, as Google gave it")
    return token


Token = Annotated[
    Any,
    AfterValidator(_text_or_object),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]
"""A string or an object. A union's errors would point at its members."""
PaymentMethodId = Annotated[str, Field(pattern=r"^(pm|card|src)_[A-Za-z0-9_]{1,250}$")]
"""Stripe reads cards of its older APIs as PaymentMethods, too."""
ConfirmationTokenId = Annotated[str, Field(pattern=r"^ctoken_[A-Za-z0-9_]{1,245}$")]


class GooglePay(Request):
    """Google Pay: `payment_data` is what `loadPaymentData` returned, `token` its sealed part."""

    payment_data: dict[str, Any] | None = None
    token: Token | None = None

    def given(self) -> dict[str, Any]:
        """Return what an order or a card gets of it: the `payment_data`, and the `token` to open,
        where this deployment opens any. Raises as `find_token` does.
        """
        data = self.payment_data or {}
        token = find_token(self.token, data, settings().google_pay_recipient_id)
        return {"payment_data": data, "token": token}


class NamedCardRequest(Request):
    """A card, by one of its ids at Stripe on the merchant's account."""

    payment_method: PaymentMethodId | None = None
    confirmation_token: ConfirmationTokenId | None = None

    @model_validator(mode="after")
    def _is_of_one_card(self) -> Self:
        if self.payment_method is not None and self.confirmation_token is not None:
            message = "give a payment_method or a confirmation_token, not both"
            raise PydanticCustomError("one_card", message)
        return self
