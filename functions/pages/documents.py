"""HTML documents: a layout around a page, with the words of one language filled in."""

import re
from functools import cache
from html import escape
from pathlib import Path

from languages import messages
from resources import Resource

PAGES = {
    "/": "home",
    "/verify": "verify",
    "/confirmation": "confirmation",
    "/signed-in": "signed_in",
}
"""The page at each path; `not_found` has none of its own."""

HTML = Path(__file__).parent / "html"

_PLACEHOLDER = re.compile(r"\{\{([a-z_.]+)\}\}")


@cache
def document(name: str, language: str) -> Resource:
    """A page in a language; raises `KeyError` for a placeholder that has no message."""
    words = messages(language)
    own = {
        "language": language,
        "title": f"{words[f'{name}.heading']} · {words['site.name']}",
    }
    layout, page = _read("layout"), _read(name)
    html = _fill(layout.replace("<!-- page -->", page), words | own)
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-language": language,
        "vary": "Accept-Language",
        "cache-control": "no-cache",
    }
    return Resource(html, headers)


def _read(name: str) -> str:
    return (HTML / f"{name}.html").read_text(encoding="utf-8")


def _fill(template: str, words: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: escape(words[found[1]]), template)
