"""`expand[]`: which members of an object are left out until they are asked for.

Names, address, e-mail and phone come with `verified_outputs`; date of birth, numbers and sex one by
one and to a restricted key alone (docs.stripe.com/identity/access-verification-results).
"""

from collections.abc import Iterable
from typing import Any

from local.stand_in.errors import StripeError

_SENSITIVE_OUTPUTS = ("dob", "id_number", "sex", "unparsed_place_of_birth", "unparsed_sex")
_SENSITIVE_IN_REPORT = {
    "document": ("dob", "expiration_date", "number"),
    "id_number": ("dob", "id_number"),
}

SENSITIVE = frozenset(
    [f"verified_outputs.{name}" for name in _SENSITIVE_OUTPUTS]
    + [f"{part}.{name}" for part, names in _SENSITIVE_IN_REPORT.items() for name in names]
)
OF_SESSION = frozenset(
    {"last_verification_report", "provided_details", "verified_outputs"}
    | {path for path in SENSITIVE if path.startswith("verified_outputs.")}
)
OF_REPORT = SENSITIVE - OF_SESSION
OF_SESSIONS = frozenset({"data.last_verification_report", "data.provided_details"})
NONE: frozenset[str] = frozenset()


def check(paths: Iterable[str], allowed: frozenset[str], *, restricted: bool) -> frozenset[str]:
    """Return what to expand. Raises StripeError for what cannot be, or not with this key."""
    wanted = frozenset(paths)
    for path in sorted(wanted - allowed):
        raise StripeError(f"This property cannot be expanded ({path}).", param="expand")
    for path in sorted(wanted & SENSITIVE):
        if not restricted:
            raise StripeError(
                f"Expanding {path} takes a restricted key (rk_test_…) with access to sensitive"
                " verification results.",
                status=403,
                param="expand",
            )
    return frozenset(path.removeprefix("data.") for path in wanted)


def outputs(values: dict[str, Any], wanted: frozenset[str]) -> dict[str, Any]:
    """Verified outputs without the sensitive ones that were not asked for."""
    return {
        name: value
        for name, value in values.items()
        if name not in _SENSITIVE_OUTPUTS or f"verified_outputs.{name}" in wanted
    }


def report(stored: dict[str, Any], wanted: frozenset[str] = NONE) -> dict[str, Any]:
    """Return a report without the sensitive members that were not asked for."""
    shown = dict(stored)
    for part in stored.keys() & _SENSITIVE_IN_REPORT.keys():
        hidden = {n for n in _SENSITIVE_IN_REPORT[part] if f"{part}.{n}" not in wanted}
        shown[part] = {n: value for n, value in stored[part].items() if n not in hidden}
    return shown
