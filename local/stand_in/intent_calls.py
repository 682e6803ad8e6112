"""The calls that change a PaymentIntent (docs.stripe.com/api/payment_intents): create, update,
confirm, capture, cancel, on behalf of a connected account, with the app's permission for it.

What the types allow and is not played here is refused, so that nothing is ignored in silence.
"""

from typing import Any

from local.stand_in import (
    access,
    attempts,
    charge_limits,
    intent_params,
    intent_states,
    payment_calls,
    payment_objects,
    payments,
    settlements,
)
from local.stand_in.attempts import How
from local.stand_in.backend import Backend
from local.stand_in.books import Books
from local.stand_in.calls import Call
from local.stand_in.errors import StripeError, no_such
from local.stand_in.payment_objects import Payment
from local.stand_in.payments import INTENT, METHOD
from local.stand_in.session_params import merged_metadata

_WRITE = "payment_intent_write"


def create(backend: Backend, call: Call) -> dict[str, Any]:
    """Create a PaymentIntent, not confirmed."""
    books, params = _begin(backend, call), call.params
    intent_params.check_create(params)
    intent_params.check_customer(books, params.get("customer"))
    charge_limits.check(params["amount"], params["currency"])
    intent_params.check_fee(books, params.get("application_fee_amount"), params["amount"])
    named = params.get("payment_method")
    method = intent_params.method(books, named, params.get("customer")) if named else None
    payment = Payment(
        amount=params["amount"],
        currency=params["currency"],
        status="requires_confirmation" if method else "requires_payment_method",
        payment_method=method,
        metadata=merged_metadata({}, params.get("metadata", {})),
        request=intent_params.card_options(params).get("request_three_d_secure", "automatic"),
        capture_method=params.get("capture_method", "automatic_async"),
        confirmation_method=params.get("confirmation_method", "automatic"),
        customer=params.get("customer"),
        description=params.get("description"),
        application_fee_amount=params.get("application_fee_amount"),
    )
    made = payment_objects.payment_intent(payment, backend.config.application_id, books.now())
    books.put(INTENT, made)
    books.tell("payment_intent.created", made)
    return payment_calls.show_intent(backend, call, made)


def update(backend: Backend, call: Call) -> dict[str, Any]:
    """Set members of a PaymentIntent: the amount only while nothing was authorized."""
    books, params = _begin(backend, call), call.params
    intent = _load(books, call)
    intent_params.check_update(params, intent)
    intent_params.check_customer(books, params.get("customer"))
    names = ("amount", "application_fee_amount", "capture_method", "customer", "description")
    changed = {name: params[name] or None for name in names if name in params}
    if "metadata" in params:
        changed["metadata"] = merged_metadata(intent["metadata"], params["metadata"])
    intent = intent | changed
    charge_limits.check(intent["amount"], intent["currency"])
    intent_params.check_fee(books, intent["application_fee_amount"], intent["amount"])
    return payment_calls.show_intent(backend, call, books.put(INTENT, intent))


def confirm(backend: Backend, call: Call) -> dict[str, Any]:
    """Attempt to pay. With manual confirmation, what the payer has authenticated since the last
    call is confirmed to the end. A card that is declined raises StripeError 402.
    """
    books, params = _begin(backend, call, "elements_write"), call.params
    intent = _load(books, call)
    intent_params.check_confirm(params)
    intent_states.check(intent, "confirmed")
    method = _method(books, intent, params)
    intent = intent_params.with_options(intent, method, params)
    redirect_to = None if params.get("use_stripe_sdk") else params.get("return_url")
    how = How(_is_off_session(params), redirect_to, bool(params.get("error_on_requires_action")))
    if books.hidden(INTENT, intent["id"]).get("authenticated") == method["id"]:
        after = attempts.confirm_authenticated(books, intent, method)
    else:
        after = attempts.attempt(books, intent, method, how)
    if after["status"] == "requires_payment_method":
        raise intent_states.declined(after)
    return payment_calls.show_intent(backend, call, after)


def capture(backend: Backend, call: Call) -> dict[str, Any]:
    """Take what is held, or less of it."""
    books, params = _begin(backend, call), call.params
    intent = _load(books, call)
    intent_params.check_capture(params)
    intent_states.check(intent, "captured")
    amount = params.get("amount_to_capture", intent["amount_capturable"])
    if not 0 < amount <= intent["amount_capturable"]:
        message = f"The remaining amount to capture is {intent['amount_capturable']}."
        raise StripeError(message, code="amount_too_large", param="amount_to_capture")
    fee = params.get("application_fee_amount")
    intent_params.check_fee(books, fee, amount)
    return payment_calls.show_intent(backend, call, settlements.capture(books, intent, amount, fee))


def cancel(backend: Backend, call: Call) -> dict[str, Any]:
    """End a PaymentIntent that has not been captured, and release what it holds."""
    books, params = _begin(backend, call), call.params
    intent = _load(books, call)
    intent_states.check(intent, "canceled")
    after = settlements.cancel(books, intent, params.get("cancellation_reason"))
    return payment_calls.show_intent(backend, call, after)


def _begin(backend: Backend, call: Call, *permissions: str) -> Books:
    access.check_permitted(backend, call.account, _WRITE, *permissions)
    payment_calls.check_expand(backend, call)
    return Books(backend, payment_calls.account_of(call), call.cause)


def _load(books: Books, call: Call) -> dict[str, Any]:
    identifier = call.ids["intent"]
    found = books.find(INTENT, identifier)
    if found is None:
        raise no_such("payment_intent", identifier[:60], "intent")
    return found


def _method(books: Books, intent: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Return the PaymentMethod of an attempt: the one that is named, that of a ConfirmationToken,
    or that which the PaymentIntent has.
    """
    if named := params.get("payment_method"):
        return intent_params.method(books, named, intent["customer"])
    if token := params.get("confirmation_token"):
        return payments.use_token(books.backend, books.account, token, intent["id"])
    found = books.find(METHOD, intent["payment_method"])
    if found is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
            " either update the PaymentIntent with a payment method and then confirm it again, or"
            " confirm it again directly with a payment method or ConfirmationToken."
        )
        raise payments.unexpected_state(message, intent)
    return found


def _is_off_session(params: dict[str, Any]) -> bool:
    return params.get("off_session", False) is not False
