"""What a payer is shown of a merchant, and who may act for it: the shape of each member. Pure."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from countersign.formats.origins import serialised
from countersign.formats.shown_text import shown
from countersign.problems import Fault, Invalid

LONGEST_NAME = 64
"""Characters of a payee's name."""
MOST_ENTRIES = 20
"""Checkout origins, and clients, of one installation."""


def checked(wanted: dict[str, Any], *, local: bool) -> dict[str, Any]:
    """The members as they are stored: origins as browsers serialise them, entries once each. `None`
    stands for a member that is to be removed; `local` allows origins of one machine.

    Raises 422 with everything that is wrong.
    """
    checks: dict[str, Callable[[str], str]] = {
        "payee_name": partial(shown, longest=LONGEST_NAME),
        "payee_origin": serialised,
        "checkout_origins": partial(serialised, local=local),
        "clients": _subject,
    }
    faults: list[Fault] = []
    found = {name: _normal(checks[name], f"/{name}", wanted[name], faults) for name in wanted}
    if faults:
        raise Invalid(faults)
    return found


def _normal(check: Callable[[str], str], pointer: str, value: Any, faults: list[Fault]) -> Any:
    """A member in its stored form; what is wrong with it is added to the faults."""
    if value is None:
        return None
    if isinstance(value, str):
        return next(_passed(check, [(pointer, value)], faults), value)
    if len(value) > MOST_ENTRIES:
        faults.append({"pointer": pointer, "message": f"must have at most {MOST_ENTRIES} entries"})
        return value
    entries = [(f"{pointer}/{place}", entry) for place, entry in enumerate(value)]
    return list(dict.fromkeys(_passed(check, entries, faults)))


def _passed(
    check: Callable[[str], str], entries: list[tuple[str, str]], faults: list[Fault]
) -> Iterator[str]:
    for pointer, text in entries:
        try:
            yield check(text)
        except ValueError as error:
            faults.append({"pointer": pointer, "message": str(error)})


def _subject(text: str) -> str:
    if not (0 < len(text) <= 255 and text.isascii() and text.isprintable()):
        raise ValueError("must be the subject (sub) of a token")
    return text
