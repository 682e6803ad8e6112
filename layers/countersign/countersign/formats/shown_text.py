"""Text that a person sees when they decide: no character may hide or reorder what they read. Pure.

Follows Unicode Technical Report #36, section 2. Browsers show such characters in a payment dialog.
"""

import re
import unicodedata

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_EMOJI_STYLE, _KEYCAP = "\ufe0f", "\u20e3"
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They choose among the shapes of a letter, and show nothing of their own."""
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\U0001d159"
"""Letters, marks and symbols that show nothing, or stand for something that is not there."""
_CURSIVE = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1b00-\u1bff\ua840-\ua87f\ua8e0-\ua8ff"
    "\uaa60-\uaa7f\ufb50-\ufdff\ufe70-\ufefc]"
)
"""The scripts whose letters join or stack: Arabic and its kin, those of India and of its east."""
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934-\u2935"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
"""Where Unicode has its emoji (UTS #51), with their skin tones."""
_FLAG = "\U0001f3f4"
_PLACES = ("gbeng", "gbsct", "gbwls")
_FLAGS = re.compile(
    _FLAG
    + f"(?:{'|'.join(''.join(chr(0xE0000 + ord(tag)) for tag in place) for place in _PLACES)})"
    "\U000e007f"
)
"""The flags that are written with tags, which show nothing of their own: those of England, Scotland
and Wales, as UTS #51 recommends no other.
"""


def shown(text: str, longest: int) -> str:
    """Return the text in composed form (NFC) without surrounding spaces.

    Raises `ValueError`, which says what the text must be, if it is empty or too long or has
    control, invisible or text-direction characters.
    """
    found = unicodedata.normalize("NFC", text).strip()
    if not 0 < len(found) <= longest:
        raise ValueError(f"must have 1 to {longest} characters")
    seen = _FLAGS.sub(_FLAG, found)
    around = zip(f" {seen}", seen, f"{seen} "[1:], strict=False)
    if not all(_is_plain(*each) for each in around):
        raise ValueError("must have no control, invisible or text-direction characters")
    return found


def _is_plain(before: str, character: str, after: str) -> bool:
    """Return whether a character shows itself, or does its work between its neighbors: it is no
    control, format, private or unassigned character, no line end and nothing blank.
    """
    if character in (_ZWNJ, _ZWJ):
        return _is_joined(before, character, after)
    if _SELECTORS.fullmatch(character):
        is_keycap = before in "0123456789#*" and after == _KEYCAP
        return character == _EMOJI_STYLE and bool(_EMOJI.fullmatch(before) or is_keycap)
    category = unicodedata.category(character)
    return category[0] != "C" and category not in ("Zl", "Zp") and character not in _BLANK


def _is_joined(before: str, joiner: str, after: str) -> bool:
    """Return whether a joiner joins something: letters and marks of a script that needs it, or two
    emoji into one. Between other letters it hides that two texts differ.
    """
    if all(
        _CURSIVE.fullmatch(each) and unicodedata.category(each)[0] in "LM"
        for each in (before, after)
    ):
        return True
    ends = _EMOJI.fullmatch(before) or before == _EMOJI_STYLE
    return joiner == _ZWJ and bool(ends and _EMOJI.fullmatch(after))
