"""Which parameters a call takes, read off the `stripe` package's own TypedDicts.

Stripe refuses an unknown name, a value of another type, an unknown value of an enum and an empty
string where nothing can be unset (docs.stripe.com/error-codes); so does this.
"""

import sys
from functools import cache
from types import SimpleNamespace, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from stripe import RequestOptions
from typing_extensions import is_typeddict

from local.stand_in.errors import StripeError, missing_parameter, unknown_parameter
from local.stand_in.forms import Form

_BOOLEANS = {"true": True, "false": False}
_METADATA_KEYS, _METADATA_KEY_LENGTH, _METADATA_VALUE_LENGTH = 50, 40, 500
_STRING_LENGTH = 5000
_REMOVED = {"payment_method_types": "payment_method_types_no_longer_supported"}
"""Parameters of older versions that have an error of their own
(docs.stripe.com/changelog/endive/2026-09-30).
"""


def read(form: Form, schema: type) -> dict[str, Any]:
    """Return the form's values with the types of the schema. Raises StripeError naming the
    parameter.
    """
    return _members(form, schema, "")


@cache
def _hints(schema: type) -> dict[str, Any]:
    # The options of a request (api_key, …) share the class with its parameters.
    own = {
        name: hint
        for name, hint in schema.__annotations__.items()
        if name not in RequestOptions.__annotations__
    }
    module = vars(sys.modules[schema.__module__])
    return get_type_hints(SimpleNamespace(__annotations__=own), globalns=module)


def _members(form: Form, schema: type, prefix: str) -> dict[str, Any]:
    hints = _hints(schema)
    for name in form:
        if name not in hints and not prefix and name in _REMOVED:
            message = f"{name} is no longer supported: use allowed_{name}."
            raise StripeError(message, code=_REMOVED[name], param=name)
        if name not in hints:
            raise unknown_parameter(_join(prefix, name))
    for name in sorted(schema.__required_keys__):  # type: ignore[attr-defined]
        if name not in form:
            raise missing_parameter(_join(prefix, name))
    return {name: _value(value, hints[name], _join(prefix, name)) for name, value in form.items()}


def _join(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _value(raw: Any, hint: Any, param: str) -> Any:
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    literals = [value for kind in kinds if get_origin(kind) is Literal for value in get_args(kind)]
    if isinstance(raw, dict):
        return _nested(raw, kinds, param)
    if raw == "":
        return _unset(kinds, literals, param)
    return _scalar(raw, kinds, [value for value in literals if value != ""], param)


def _unset(kinds: tuple[Any, ...], literals: list[Any], param: str) -> str:
    if "" in literals or any(get_origin(kind) is dict for kind in kinds):
        return ""
    raise StripeError(
        f"You passed an empty string for '{param}', which cannot be unset; leave it out or give it"
        " a value.",
        code="parameter_invalid_empty",
        param=param,
    )


def _nested(raw: Form, kinds: tuple[Any, ...], param: str) -> Any:
    for kind in kinds:
        if is_typeddict(kind):
            return _members(raw, kind, param)
        if get_origin(kind) is list:
            return _list(raw, get_args(kind)[0], param)
        if get_origin(kind) is dict:
            return _map(raw, param)
    raise StripeError(f"Invalid value: {param} is not an object or array", param=param)


def _list(raw: Form, hint: Any, param: str) -> list[Any]:
    if not all(key.isascii() and key.isdigit() and len(key) < 10 for key in raw):
        raise StripeError("Invalid array", param=param)
    items = sorted(raw.items(), key=lambda item: int(item[0]))
    return [_value(value, hint, f"{param}[{index}]") for index, (_, value) in enumerate(items)]


def _map(raw: Form, param: str) -> dict[str, str]:
    if len(raw) > _METADATA_KEYS:
        raise StripeError(f"{param} can have up to {_METADATA_KEYS} keys", param=param)
    for key, value in raw.items():
        if not isinstance(value, str) or len(value) > _METADATA_VALUE_LENGTH:
            message = f"Metadata values are strings of up to {_METADATA_VALUE_LENGTH} characters"
            raise StripeError(message, param=_join(param, key))
        if len(key) > _METADATA_KEY_LENGTH:
            message = f"Metadata keys have up to {_METADATA_KEY_LENGTH} characters"
            raise StripeError(message, param=_join(param, key))
    return dict(raw)


def _scalar(raw: str, kinds: tuple[Any, ...], allowed: list[str], param: str) -> Any:
    if bool in kinds and raw in _BOOLEANS:
        return _BOOLEANS[raw]
    if allowed:
        if raw not in allowed:
            choices = ", ".join(allowed)
            raise StripeError(f"Invalid {param}: must be one of {choices}", param=param)
        return raw
    if bool in kinds:
        raise StripeError(f"Invalid boolean: {raw[:40]}", param=param)
    if int in kinds:
        return _integer(raw, param)
    if str not in kinds:
        raise StripeError(f"Invalid value: {param} must be an object or array", param=param)
    if len(raw) > _STRING_LENGTH:
        raise StripeError(
            f"Invalid string: {param} has up to {_STRING_LENGTH} characters",
            code="parameter_invalid_string",
            param=param,
        )
    return raw


def _integer(raw: str, param: str) -> int:
    digits = raw.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise StripeError(
            f"Invalid integer: {raw[:40]}", code="parameter_invalid_integer", param=param
        )
    return int(raw)
