"""The members that a holder sets, each in the form in which it is stored. Pure."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from countersign.formats.origins import serialize_origin
from countersign.formats.shown_text import shown
from countersign.problems import Fault, Invalid

LONGEST_NAME = 64
"""Characters of a payee's name."""
MOST_ENTRIES = 20
"""Checkout origins, and clients, of one installation."""


def check_members(wanted: dict[str, Any], *, local: bool) -> dict[str, Any]:
    """Return the members as they are stored: origins as browsers serialize them, each entry once.
    `None` stands for a member to remove. `local` allows origins of one machine.

    Raises 422 with every member that is wrong.
    """
    checks: dict[str, Callable[[str], str]] = {
        "payee_name": partial(shown, longest=LONGEST_NAME),
        "payee_origin": serialize_origin,
        "checkout_origins": partial(serialize_origin, local=local),
        "clients": _subject,
    }
    faults: list[Fault] = []
    found = {name: _stored_form(checks[name], f"/{name}", wanted[name], faults) for name in wanted}
    if faults:
        raise Invalid(faults)
    return found


def _stored_form(check: Callable[[str], str], pointer: str, value: Any, faults: list[Fault]) -> Any:
    """Return a member in its stored form, and add what is wrong with it to the faults."""
    if value is None:
        return None
    if isinstance(value, str):
        return next(_checked(check, [(pointer, value)], faults), value)
    if len(value) > MOST_ENTRIES:
        faults.append({"pointer": pointer, "message": f"must have at most {MOST_ENTRIES} entries"})
        return value
    entries = [(f"{pointer}/{place}", entry) for place, entry in enumerate(value)]
    return list(dict.fromkeys(_checked(check, entries, faults)))


def _checked(
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
