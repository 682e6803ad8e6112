"""How a page looks, on a phone and on a desk: in the language with the longest words, or in every one
with screenshots, as `make looks` has it.
"""

from playwright.sync_api import ViewportSize

from countersign.pages.languages import LANGUAGES
from tests.browser.conftest import DESK, KEEPS_SCREENSHOTS, PHONE, Visitor

LOCALES = {"en": "en-GB", "ja": "ja-JP", "fr": "fr-FR"}
WALKED = LANGUAGES if KEEPS_SCREENSHOTS else ("fr",)
"""No word of another language is longer than the longest in French (tests/pages/test_languages.py)."""
SCREENS: dict[str, ViewportSize] = {
    "phone": PHONE,
    "desk": DESK,
    "column": {"width": 320, "height": 420},
}
DARK = (("en", "desk"), ("ja", "phone"))


def look(visitor: Visitor, name: str, language: str, *sizes: str) -> None:
    """Look at the page as it is, on a phone and a desk where no others are named; it must fit each,
    and speak the language.
    """
    page = visitor.page
    for size in sizes or ("phone", "desk"):
        page.set_viewport_size(SCREENS[size])
        if KEEPS_SCREENSHOTS:
            page.emulate_media(color_scheme="dark" if (language, size) in DARK else "light")
            visitor.photograph(f"{name}-{language}-{size}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
    assert page.locator("html").get_attribute("lang") == language
