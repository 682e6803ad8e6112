"""How a page looks, in every language, on a phone and on a desk."""

from playwright.sync_api import ViewportSize

from tests.browser.conftest import DESK, PHONE, Visitor

LOCALES = {"en": "en-GB", "ja": "ja-JP", "fr": "fr-FR"}
SIZES = {"en": ("phone", "desk"), "ja": ("phone",), "fr": ("phone",)}
"""Words that fit a phone fit a desk, so one language shows how a page is laid out there."""
SCREENS: dict[str, ViewportSize] = {
    "phone": PHONE,
    "desk": DESK,
    "column": {"width": 320, "height": 420},
}
DARK = (("en", "desk"), ("ja", "phone"))


def look(visitor: Visitor, name: str, language: str, *sizes: str) -> None:
    """Photograph the page as it is, on the screens of its language where no others are named; it must
    fit each, and speak the language.
    """
    page = visitor.page
    for size in sizes or SIZES[language]:
        page.set_viewport_size(SCREENS[size])
        page.emulate_media(color_scheme="dark" if (language, size) in DARK else "light")
        visitor.photograph(f"{name}-{language}-{size}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
    assert page.locator("html").get_attribute("lang") == language
