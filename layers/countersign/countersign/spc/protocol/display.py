"""What a merchant asks to have shown, in the form in which a browser gives it back. Pure."""

from collections.abc import Callable
from typing import Any

from countersign.formats.shown_text import shown
from countersign.formats.web_urls import image_url
from countersign.problems import Fault, Invalid
from countersign.spc.protocol.terms import Instrument, Logo

LONGEST_NAME = 64
LONGEST_DETAILS = 256
"""Characters."""
LONGEST_ICON = 16 * 1024
LONGEST_LOGO = 4096
MOST_LOGOS = 2
"""Browsers show at most two (SPC, section 4.1.8, leaves it to them) and cut the list to those."""


def checked_display(
    instrument: dict[str, Any], logos: list[dict[str, Any]]
) -> tuple[Instrument, tuple[Logo, ...]]:
    """Return instrument and logos as a browser serializes them; raises 422 with every fault."""
    faults: list[Fault] = []
    if len(logos) > MOST_LOGOS:
        message = f"must have at most {MOST_LOGOS} entries"
        faults.append({"pointer": "/payment_entities_logos", "message": message})
    place = "/instrument"
    name = _check(shown, instrument["display_name"], LONGEST_NAME, f"{place}/display_name", faults)
    icon = _icon(instrument["icon"], faults)
    details = _details(instrument.get("details"), faults)
    found = []
    for number, logo in enumerate(logos):
        place = f"/payment_entities_logos/{number}"
        url = _check(image_url, logo["url"], LONGEST_LOGO, f"{place}/url", faults)
        found.append(
            Logo(url, _check(shown, logo["label"], LONGEST_NAME, f"{place}/label", faults))
        )
    if faults:
        raise Invalid(faults)
    return Instrument(name, icon, instrument["icon_must_be_shown"], details), tuple(found)


def checked_additions(icon: str | None, details: str | None) -> tuple[str | None, str | None]:
    """Return what a merchant adds to an instrument that is named by us, as a browser serializes it;
    raises 422 with every fault.
    """
    faults: list[Fault] = []
    found = None if icon is None else _icon(icon, faults), _details(details, faults)
    if faults:
        raise Invalid(faults)
    return found


def _icon(icon: str, faults: list[Fault]) -> str:
    return _check(image_url, icon, LONGEST_ICON, "/instrument/icon", faults)


def _details(details: str | None, faults: list[Fault]) -> str | None:
    if details is None:
        return None
    return _check(shown, details, LONGEST_DETAILS, "/instrument/details", faults)


def _check(
    check: Callable[[str, int], str], text: str, longest: int, pointer: str, faults: list[Fault]
) -> str:
    try:
        return check(text, longest)
    except ValueError as error:
        faults.append({"pointer": pointer, "message": str(error)})
        return text
