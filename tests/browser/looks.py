"""How a page looks, in every language, on a phone and on a context."""

from tests.browser.conftest import DESK, PHONE, Visitor

LOCALES = {"en": "en-GB", "ja": "ja-JP", "fr": "fr-FR"}
SCREENS = {"phone": PHONE, "context": DESK, "column": {"width": 320, "height": 420}}
DARK = (("fr", "context"), ("ja", "phone"))


def look(visitor: Visitor, name: str, language: str, *sizes: str) -> None:
    """Photograph the page as it is, on a phone and on a context where no other screens are named; it must
    fit each, and speak the language.
    """
    page = visitor.page
    for size in sizes or ("phone", "context"):
        screen, dark = SCREENS[size], (language, size) in DARK
        page.set_viewport_size({"width": screen["width"], "height": screen["height"]})
        page.emulate_media(color_scheme="dark" if dark else "light")
        visitor.photograph(f"{name}-{language}-{size}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
    assert page.locator("html").get_attribute("lang") == language
