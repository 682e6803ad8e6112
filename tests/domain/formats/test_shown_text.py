"""Text that a person decides by: nothing in it hides, reorders or pretends."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats.shown_text import shown

LONGEST = 64


@pytest.mark.parametrize(
    "text",
    ["Visa 4242", "Card ••42", "Bäckerei Müller & Söhne", "Café «L'Étoile»", "株式会社カウンター",
     "مصرف الراجحي", "בנק הפועלים", "हिन्दी", "क्\u200dष", "می\u200cخواهم", "👩\u200d🍳 Bakery",
     "❤\ufe0f", "1\ufe0f\u20e3", "👩🏽\u200d❤\ufe0f\u200d👨🏿", "🏴\u200d☠\ufe0f", "ශ්\u200dරී", "©\ufe0f 2026", "✈\ufe0f",
     "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f Whisky",
     "a\u00a0b", '"quoted" \\ <b>', "x" * LONGEST],
)  # fmt: skip
def test_what_people_write_is_kept_as_it_is(text: str) -> None:
    assert shown(text, LONGEST) == text


@pytest.mark.parametrize(("text", "kept"), [
    ("Cafe\u0301", "Café"), ("  Visa 4242\u3000", "Visa 4242"), ("\u212b", "Å"), ("Å" * 3, "Å" * 3),
    ("\tVisa\n", "Visa"),
])  # fmt: skip
def test_it_is_composed_and_without_spaces_around_it(text: str, kept: str) -> None:
    assert shown(text, LONGEST) == kept


HIDDEN = {
    "a right-to-left override": "\u202e", "a left-to-right mark": "\u200e", "an isolate": "\u2066",
    "a pop of one": "\u2069", "an Arabic letter mark": "\u061c", "a null": "\0", "a bell": "\x07",
    "a delete": "\x7f", "a C1 control": "\x85", "a tab": "\t", "a line end": "\n", "a carriage return": "\r",
    "a line separator": "\u2028", "a paragraph separator": "\u2029", "a zero-width space": "\u200b",
    "a word joiner": "\u2060", "a byte order mark": "\ufeff", "a soft hyphen": "\u00ad",
    "a Hangul filler": "\u3164", "a half-width filler": "\uffa0", "a Braille blank": "\u2800",
    "a grapheme joiner": "\u034f", "half a character": "\ud800", "a tag": "\U000e0041",
    "a flag of nowhere": "\U0001f3f4\U000e0061\U000e007f", "tags on a letter": "\U000e0067\U000e007f",
    "an emoji style on a letter": "\ufe0f", "a text style": "\ufe0e", "a Mongolian selector": "\u180b",
    "another selector": "\U000e0100", "an object that is not there": "\ufffc", "a null notehead": "\U0001d159",
    "a joiner between Latin letters": "\u200d", "a non-joiner between Latin letters": "\u200c",
    "a private character": "\ue000", "an unassigned one": "\u0378", "a noncharacter": "\ufffe",
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_invisible_or_turns_text_around_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="control, invisible or text-direction"):
        shown(f"a{HIDDEN[name]}b", LONGEST)


@pytest.mark.parametrize(
    "text",
    [
        "\u200da",
        "a\u200d",
        "\u200c",
        "\u200d\u200c",
        "a\u200c",
        "क्\u200d",
        "a\u200dष",
        "क्\u200d\u200dष",
        "१\u200d२",
        "👩\u200c🍳",
        "👩\u200da",
        "❤\ufe0e",
        "❤\ufe0f\ufe0f",
        "1\ufe0f2",
        "葛\U000e0100",
        "1\ufe0f",
    ],
)
def test_a_joiner_joins_something(text: str) -> None:
    with pytest.raises(ValueError, match="invisible"):
        shown(text, LONGEST)


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000", "x" * (LONGEST + 1)])
def test_nothing_at_all_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"1 to {LONGEST} characters"):
        shown(text, LONGEST)


def test_length_is_that_of_the_text_that_is_kept() -> None:
    assert shown("e\u0301" * LONGEST + "  ", LONGEST) == "é" * LONGEST


@given(st.text(max_size=LONGEST))
def test_what_is_kept_is_kept_again_and_shows_everything_in_it(text: str) -> None:
    try:
        kept = shown(text, LONGEST)
    except ValueError:
        return
    assert shown(kept, LONGEST) == kept
    assert kept.encode().decode() == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert not {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} & {unicodedata.category(each) for each in kept}


@given(
    st.text(min_size=1, max_size=10), st.sampled_from(sorted(HIDDEN.values())), st.integers(1, 9)
)
def test_no_surrounding_makes_up_for_it(text: str, hidden: str, place: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        shown(f"a{text[:place]}{hidden}{text[place:]}b", LONGEST)
