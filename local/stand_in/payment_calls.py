"""`/v1/payment_methods/{id}`, `/v1/confirmation_tokens/{id}` and `/v1/payment_intents/{id}`, read
on behalf of the account that they are of (docs.stripe.com/connect/authentication), with the app's
permission for each kind of object, those that are expanded among them.
"""

from typing import Any

from local.stand_in import accounts, expansions, installs, payments
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.errors import StripeError, no_such

METHODS = "/v1/payment_methods"
TOKENS = "/v1/confirmation_tokens"
INTENTS = "/v1/payment_intents"

_PERMISSIONS = {"latest_charge": "charge_read", "payment_method": "payment_method_read"}
"""What it takes to expand these members of a PaymentIntent."""


def retrieve_method(backend: Backend, call: Call) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    _permitted(call, "payment_method_read")
    wanted = call.ids["payment_method"]
    found = payments.method(backend, _account(call), wanted)
    if found is None:
        raise no_such("PaymentMethod", wanted[:60], "payment_method")
    return found


def retrieve_token(backend: Backend, call: Call) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    _permitted(call, "confirmation_token_read")
    wanted = call.ids["confirmation_token"]
    found = payments.find(backend, payments.TOKEN, _account(call), wanted)
    if found is None:
        raise no_such("confirmation_token", wanted[:60], "confirmation_token")
    return found


def retrieve_intent(backend: Backend, call: Call) -> dict[str, Any]:
    """Return the PaymentIntent, with its charge and PaymentMethod as ids, or whole if they are
    expanded.
    """
    wanted = expansions.check(call.expand, frozenset(_PERMISSIONS), restricted=call.restricted)
    _permitted(call, "payment_intent_read", *(_PERMISSIONS[name] for name in wanted))
    account, identifier = _account(call), call.ids["intent"]
    found = payments.find(backend, payments.INTENT, account, identifier)
    if found is None:
        raise no_such("payment_intent", identifier[:60], "intent")
    if call.params.get("client_secret", found["client_secret"]) != found["client_secret"]:
        raise StripeError(
            "The client_secret provided does not match the client_secret associated with this"
            " PaymentIntent.",
            param="client_secret",
        )
    kinds = {"latest_charge": payments.CHARGE, "payment_method": payments.METHOD}
    expanded = {
        name: payments.find(backend, kinds[name], account, found[name])
        for name in wanted
        if found[name]
    }
    return found | expanded


def _permitted(call: Call, *permissions: str) -> None:
    """Raise StripeError 403 unless the holder of the account has agreed to these permissions."""
    missing = sorted({*permissions} - installs.PERMISSIONS.keys())
    if call.account is not None and missing:
        raise StripeError(
            f"Your app lacks the permissions for this on the account: {', '.join(missing)}.",
            status=403,
            code="more_permissions_required_for_application",
        )


def _account(call: Call) -> str:
    return call.account or accounts.OWN.id
