"""Every address in the languages in which its states are not walked through (tests/browser/looks.py)."""

from urllib.parse import urlsplit

import pytest

from countersign.pages.languages import LANGUAGES
from tests.browser.conftest import PHONE, Visit
from tests.browser.looks import LOCALES, WALKED, look
from tests.pages.conftest import PAGES

SHOP = ("/", "/set-up")
LEFT = [language for language in LANGUAGES if language not in WALKED]


@pytest.mark.parametrize("language", LEFT)
def test_every_address_fits_a_phone(visit: Visit, language: str) -> None:
    visitor = visit(language=LOCALES[language], screen=PHONE)
    service = visitor.service.url
    shop = f"http://merchant.localhost:{urlsplit(service).port}"
    for address in (*(service + path for path in PAGES), *(shop + path for path in SHOP)):
        visitor.page.goto(address)
        look(visitor, "address", language, "phone")
