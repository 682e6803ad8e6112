"""Whether a JSON object has the shape of a class of the `stripe` package: no name that the class
does not have, every name that is always there, every value of its type, enums included.
"""

from types import NoneType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import stripe
from stripe import StripeObject


class _Forward(dict[str, Any]):
    """What the classes name in quotes without importing it: other classes of the package, some
    under an alias (`CardResource`).
    """

    def __missing__(self, alias: str) -> Any:
        name = alias.removesuffix("Resource")
        for module in (stripe, stripe.identity, stripe.test_helpers):
            if hasattr(module, name):
                return getattr(module, name)
        raise KeyError(alias)


_FORWARD = _Forward()

_BASE = set(get_type_hints(StripeObject, localns={"StripeObject": StripeObject}))


def problems(value: Any, hint: Any, where: str = "") -> list[str]:
    """What does not fit, each with its path; empty for a good value."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return []
    if origin is Union:
        return _union(value, args, where)
    if origin is Literal:
        return [] if value in args else [f"{where}: {value!r} is not one of its values"]
    if origin is not None:
        return _container(value, origin, args[0], where)
    if isinstance(hint, type) and issubclass(hint, StripeObject):
        return _object(value, hint, where)
    return [] if type(value) is hint else [f"{where}: {value!r} is no {hint.__name__}"]


def _container(value: Any, origin: Any, hint: Any, where: str) -> list[str]:
    """A list, or a map (UntypedStripeObject)."""
    if not isinstance(value, list if origin is list else dict):
        return [f"{where}: not an array or object"]
    items = enumerate(value) if isinstance(value, list) else value.items()
    return [problem for key, item in items for problem in problems(item, hint, f"{where}.{key}")]


def fields(cls: type[StripeObject]) -> dict[str, Any]:
    hints = get_type_hints(cls, localns=_FORWARD)
    return {
        name: hint
        for name, hint in hints.items()
        if name not in _BASE and not name.startswith("_") and get_origin(hint) is not ClassVar
    }


def _union(value: Any, kinds: tuple[Any, ...], where: str) -> list[str]:
    if value is None:
        return [] if NoneType in kinds else [f"{where}: null"]
    literals = [kind for kind in kinds if get_origin(kind) is Literal]
    # The package leaves its enums open (`Literal[…] | str`); what the stand-in says is in them.
    strict = [kind for kind in kinds if kind is not NoneType and not (literals and kind is str)]
    tries = [problems(value, kind, where) for kind in strict]
    return min(tries, key=len)


def _object(value: Any, cls: type[StripeObject], where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: not an object"]
    known = fields(cls)
    unknown = [f"{where}.{name}: unknown" for name in value if name not in known]
    missing = [
        f"{where}.{name}: missing"
        for name, hint in known.items()
        if name not in value and NoneType not in get_args(hint)
    ]
    inner = [
        problem
        for name in value.keys() & known.keys()
        for problem in problems(value[name], known[name], f"{where}.{name}")
    ]
    return unknown + missing + inner
