"""Text that a person is shown and decides by: nothing in it may hide or reorder what is read. Pure.

Unicode Technical Report #36, section 2; browsers pass such characters through to a payment dialog.
"""

import unicodedata

_JOINERS = "\u200c\u200d"
"""Part of the spelling in Persian and in Indic scripts, between letters."""
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and marks that show nothing."""


def shown(text: str, longest: int) -> str:
    """The text in composed form (NFC) without spaces around it.

    Raises `ValueError`, saying what to write, for none, for too many characters, and for control,
    invisible or text-direction characters.
    """
    found = unicodedata.normalize("NFC", text).strip()
    if not 0 < len(found) <= longest:
        raise ValueError(f"must have 1 to {longest} characters")
    if not all(map(_is_plain, found)) or found.strip(_JOINERS) != found:
        raise ValueError("must have no control, invisible or text-direction characters")
    return found


def _is_plain(character: str) -> bool:
    """Neither a control, format, private or unassigned character nor a line end."""
    if character in _JOINERS:
        return True
    category = unicodedata.category(character)
    return category[0] != "C" and category not in ("Zl", "Zp") and character not in _BLANK
