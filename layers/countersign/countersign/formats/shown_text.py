"""Text that a person sees when they decide: no character may hide or reorder what they read. Pure.

Follows Unicode Technical Report #36, section 2. Browsers show such characters in a payment dialog.
"""

import unicodedata

_JOINERS = "\u200c\u200d"
"""Used between letters in Persian and in Indic scripts."""
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and marks that show nothing."""


def shown(text: str, longest: int) -> str:
    """Return the text in composed form (NFC) without surrounding spaces.

    Raises `ValueError`, which says what the text must be, if it is empty or too long or has
    control, invisible or text-direction characters.
    """
    found = unicodedata.normalize("NFC", text).strip()
    if not 0 < len(found) <= longest:
        raise ValueError(f"must have 1 to {longest} characters")
    if not all(map(_is_plain, found)) or found.strip(_JOINERS) != found:
        raise ValueError("must have no control, invisible or text-direction characters")
    return found


def _is_plain(character: str) -> bool:
    """Return whether it is no control, format, private or unassigned character and no line end."""
    if character in _JOINERS:
        return True
    category = unicodedata.category(character)
    return category[0] != "C" and category not in ("Zl", "Zp") and character not in _BLANK
