"""What the types of a PaymentIntent's parameters leave open, and which of them are played here.

What the types allow and is not played is refused, so that nothing is ignored in silence.
"""

from typing import Any

from local.stand_in import accounts, customers, payments, session_params
from local.stand_in.books import Books
from local.stand_in.errors import StripeError, no_such
from local.stand_in.payments import METHOD

_CARD_OPTIONS = {"network", "request_three_d_secure"}
_CREATED_WITH = {
    "allowed_payment_method_types", "amount", "application_fee_amount", "capture_method",
    "confirm", "confirmation_method", "currency", "customer", "description", "expand", "metadata",
    "payment_method", "payment_method_options",
}  # fmt: skip
_UPDATED_WITH = {
    "amount", "application_fee_amount", "capture_method", "customer", "description", "expand",
    "metadata",
}  # fmt: skip
_CONFIRMED_WITH = {
    "capture_method", "confirmation_token", "error_on_requires_action", "expand", "off_session",
    "payment_method", "payment_method_options", "return_url", "use_stripe_sdk",
}  # fmt: skip
_CAPTURED_WITH = {"amount_to_capture", "application_fee_amount", "expand"}
_ANYTIME = {"description", "expand", "metadata"}
"""What can be set of a PaymentIntent that has ended."""


def check_create(params: dict[str, Any]) -> None:
    """Raise StripeError for what is not played here: anything but cards, and confirming at once."""
    _check_names(params, _CREATED_WITH)
    if params.get("confirm"):
        raise StripeError("The stand-in creates unconfirmed; confirm in a call.", param="confirm")
    if params.get("allowed_payment_method_types") != ["card"]:
        raise StripeError(
            "The stand-in plays cards only: give allowed_payment_method_types[]=card.",
            param="allowed_payment_method_types",
        )


def check_update(params: dict[str, Any], intent: dict[str, Any]) -> None:
    """Raise StripeError for what cannot be set any more."""
    _check_names(params, _UPDATED_WITH)
    is_open = intent["status"] in ("requires_payment_method", "requires_confirmation")
    if not is_open and params.keys() - _ANYTIME:
        names = ", ".join(sorted(params.keys() - _ANYTIME))
        message = f"This PaymentIntent's {names} could not be updated: it is {intent['status']}."
        raise payments.unexpected_state(message, intent)


def check_confirm(params: dict[str, Any]) -> None:
    """Raise StripeError for two ways to pay at once, and an address that is none."""
    _check_names(params, _CONFIRMED_WITH)
    session_params.check_return_url(params.get("return_url"))
    if "payment_method" in params and "confirmation_token" in params:
        raise StripeError(
            "You may only specify one of these parameters: payment_method, confirmation_token.",
            param="confirmation_token",
        )


def check_capture(params: dict[str, Any]) -> None:
    """Raise StripeError for what is not played here: to capture more than once."""
    _check_names(params, _CAPTURED_WITH)


def check_customer(books: Books, identifier: str | None) -> None:
    """Raise StripeError 400 for a customer that the account does not have."""
    if identifier is not None:
        customers.check(books.backend, books.account, identifier)


def check_fee(books: Books, fee: int | None, amount: int) -> None:
    """Raise StripeError for a fee on our own account, or one that is more than is paid."""
    if fee is None:
        return
    if books.account == accounts.OWN.id:
        message = "Can only apply an application_fee_amount on behalf of a connected account."
        raise StripeError(message, param="application_fee_amount")
    if not 0 < fee <= amount:
        message = f"The application fee ({fee}) is not from 1 to the amount ({amount})."
        raise StripeError(message, param="application_fee_amount")


def method(books: Books, identifier: str, customer: str | None) -> dict[str, Any]:
    """Return the PaymentMethod with which the account's customer pays. Raises StripeError
    (docs.stripe.com/api/payment_methods/attach): one that is saved belongs to its customer, one
    that is not serves one payment.
    """
    found = payments.method(books.backend, books.account, identifier)
    if found is None:
        raise no_such("PaymentMethod", identifier[:60], "payment_method", status=400)
    if found["customer"] is not None and found["customer"] != customer:
        message = (
            f"The PaymentMethod {found['id']} belongs to the Customer {found['customer']}. Please"
            " include the Customer in the `customer` parameter on the PaymentIntent."
        )
        raise StripeError(message, param="payment_method")
    if found["customer"] is None and books.hidden(METHOD, found["id"]).get("used"):
        raise StripeError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer"
            " attachment. It may not be used again. To use a PaymentMethod multiple times, you must"
            " attach it to a Customer first.",
            param="payment_method",
        )
    return found


def card_options(params: dict[str, Any]) -> dict[str, Any]:
    """Return `payment_method_options[card]`. Raises StripeError for an option that is not played
    here.
    """
    options = params.get("payment_method_options") or {}
    _check_names(options, {"card"}, "payment_method_options")
    card: dict[str, Any] = options.get("card") or {}
    _check_names(card, _CARD_OPTIONS, "payment_method_options[card]")
    return card


def with_options(
    intent: dict[str, Any], paid_with: dict[str, Any], params: dict[str, Any]
) -> dict[str, Any]:
    """Return a PaymentIntent with what an attempt says over its own. Raises StripeError for a
    network that the card does not have.
    """
    chosen = card_options(params)
    network, available = chosen.get("network"), paid_with["card"]["networks"]["available"]
    if network is not None and network not in available:
        param = "payment_method_options[card][network]"
        message = f"The card does not have the network {network}, but {', '.join(available)}."
        raise StripeError(message, param=param)
    card = intent["payment_method_options"]["card"] | chosen
    capture = params.get("capture_method") or intent["capture_method"]
    return intent | {"capture_method": capture, "payment_method_options": {"card": card}}


def _check_names(params: dict[str, Any], known: set[str], within: str | None = None) -> None:
    for name in sorted(params.keys() - known):
        where = f"{within}[{name}]" if within else name
        raise StripeError(f"The stand-in does not play {where}.", param=where)
