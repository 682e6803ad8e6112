"""What Google Pay gave a page, in the forms in which pages pass it on. Pure.

`PaymentData` of https://developers.google.com/pay/api/web/reference/response-objects has
`paymentMethodData`. A page that uses the W3C's Payment Request API gets a `PaymentResponse` with
the same in `details`, and some pages pass on no more than the part that they need.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_PATHS = (("paymentMethodData",), ("details", "paymentMethodData"), ("details",), ())
"""Where `paymentMethodData` may be."""
_MEMBERS = ("tokenizationData", "info")
"""The members by which `paymentMethodData` is known."""
_SEALED = ("tokenizationData", "paymentMethodToken", "signedMessage")
"""Names that come with a token, in this or an earlier version of Google's API, or in the token."""


def method_data(payment_data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return `paymentMethodData` in what a browser sent; else an empty object."""
    found = [_object_at(payment_data, path) for path in _PATHS]
    return next((one for one in found if any(name in one for name in _MEMBERS)), {})


def has_token_elsewhere(payment_data: Mapping[str, Any]) -> bool:
    """Whether there is a token that `method_data` does not lead to."""
    known = method_data(payment_data).get("tokenizationData")
    return any(one is not known for one in _sealed(payment_data))


def _sealed(value: Any) -> Iterator[Any]:
    """Yield what stands under a name that comes with a token, but not what is within it."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            for name, member in one.items():
                if name in _SEALED:
                    yield member
                else:
                    waiting.append(member)
        elif isinstance(one, list):
            waiting.extend(one)


def _object_at(value: Any, path: tuple[str, ...]) -> Mapping[str, Any]:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
