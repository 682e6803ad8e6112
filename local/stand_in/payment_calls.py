"""`/v1/payment_methods/{id}`, `/v1/confirmation_tokens/{id}`, `/v1/payment_intents` and
`/v1/setup_intents`, read on behalf of the account that they are of
(docs.stripe.com/connect/authentication), with the app's permission for each kind of object, those
that are expanded among them.
"""

from typing import Any

from local.stand_in import access, accounts, expansions, lists, payments
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.errors import StripeError, no_such

METHODS = "/v1/payment_methods"
TOKENS = "/v1/confirmation_tokens"
INTENTS = "/v1/payment_intents"
SETUPS = "/v1/setup_intents"

_Expansions = dict[str, tuple[str, str]]
_OF_INTENT: _Expansions = {
    "latest_charge": (payments.CHARGE, "charge_read"),
    "payment_method": (payments.METHOD, "payment_method_read"),
    "review": (payments.REVIEW, "review_read"),
}
_OF_SETUP: _Expansions = {
    "latest_attempt": (payments.ATTEMPT, "setup_intent_read"),
    "payment_method": (payments.METHOD, "payment_method_read"),
}
"""The kind of what can be expanded, and the permission that it takes."""


def retrieve_method(backend: Backend, call: Call) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    access.check_permitted(backend, call.account, "payment_method_read")
    wanted = call.ids["payment_method"]
    found = payments.method(backend, account_of(call), wanted)
    if found is None:
        raise no_such("PaymentMethod", wanted[:60], "payment_method")
    return found


def retrieve_token(backend: Backend, call: Call) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    access.check_permitted(backend, call.account, "confirmation_token_read")
    wanted = call.ids["confirmation_token"]
    found = payments.find(backend, payments.TOKEN, account_of(call), wanted)
    if found is None:
        raise no_such("confirmation_token", wanted[:60], "confirmation_token")
    return found


def retrieve_intent(backend: Backend, call: Call) -> dict[str, Any]:
    """Return the PaymentIntent, with its charge and PaymentMethod as ids, or whole if they are
    expanded.
    """
    wanted = _wanted(backend, call, _OF_INTENT, "payment_intent_read")
    account, identifier = account_of(call), call.ids["intent"]
    found = payments.find(backend, payments.INTENT, account, identifier)
    if found is None:
        raise no_such("payment_intent", identifier[:60], "intent")
    if call.params.get("client_secret", found["client_secret"]) != found["client_secret"]:
        raise StripeError(
            "The client_secret provided does not match the client_secret associated with this"
            " PaymentIntent.",
            param="client_secret",
        )
    return _expanded(backend, account, found, wanted)


def list_intents(backend: Backend, call: Call) -> dict[str, Any]:
    """Return PaymentIntents, newest first (docs.stripe.com/api/payment_intents/list)."""
    wanted = _wanted(backend, call, _OF_INTENT, "payment_intent_read", prefix="data.")
    return _list(backend, call, payments.INTENT, ("customer",), wanted, INTENTS)


def list_setups(backend: Backend, call: Call) -> dict[str, Any]:
    """Return SetupIntents, newest first (docs.stripe.com/api/setup_intents/list)."""
    wanted = _wanted(backend, call, _OF_SETUP, "setup_intent_read", prefix="data.")
    return _list(backend, call, payments.SETUP, ("customer", "payment_method"), wanted, SETUPS)


def check_expand(backend: Backend, call: Call) -> None:
    """Raise StripeError for what a PaymentIntent cannot be expanded with, or must not."""
    _wanted(backend, call, _OF_INTENT)


def show_intent(backend: Backend, call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    """Return a PaymentIntent as a call that changes it has asked for it."""
    wanted = _wanted(backend, call, _OF_INTENT)
    return _expanded(backend, account_of(call), intent, wanted)


def _list(
    backend: Backend,
    call: Call,
    kind: str,
    filters: tuple[str, ...],
    wanted: _Expansions,
    url: str,
) -> dict[str, Any]:
    account = account_of(call)
    equal = {name: call.params[name] for name in filters if name in call.params}
    found = [
        _expanded(backend, account, each, wanted)
        for each in payments.newest_first(backend, kind, account)
        if lists.within(each["created"], call.params.get("created"))
        and all(each[name] == value for name, value in equal.items())
    ]
    return lists.page(found, call.params, url=url, noun=kind)


def _wanted(
    backend: Backend, call: Call, known: _Expansions, *permissions: str, prefix: str = ""
) -> _Expansions:
    """Return what to expand of each object. Raises StripeError for what cannot be, or must not."""
    allowed = frozenset(f"{prefix}{name}" for name in known)
    names = expansions.check(call.expand, allowed, restricted=call.restricted)
    expanded = (known[name][1] for name in names)
    access.check_permitted(backend, call.account, *permissions, *expanded)
    return {name: known[name] for name in names}


def _expanded(
    backend: Backend, account: str, found: dict[str, Any], wanted: _Expansions
) -> dict[str, Any]:
    """Return an object with some of its members as objects, and not as ids."""
    kinds = {name: kind for name, (kind, _) in wanted.items() if found[name]}
    return found | {
        name: payments.find(backend, kind, account, found[name]) for name, kind in kinds.items()
    }


def account_of(call: Call) -> str:
    """Return the account that a call is on behalf of, or our own."""
    return call.account or accounts.OWN.id
