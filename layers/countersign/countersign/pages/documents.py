"""HTML documents: a page in a layout, with the words of one language."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

from countersign.http.edge import HttpEvent, HttpResponse, header
from countersign.pages.languages import messages, negotiate
from countersign.pages.resources import Resource
from countersign.pages.security import document_headers, framed_headers
from countersign.settings import settings

HTML = Path(__file__).parent / "html"

REPORTING = ("wallet_ticket", "signed_in")
"""The pages of the window that reports back to a frame of ours, sign-in among them."""

_PLACEHOLDER = re.compile(r"\{\{([a-z_.]+)\}\}")


def wants_html(event: HttpEvent) -> bool:
    """Return whether the caller is a browser and not a program."""
    return "text/html" in (header(event, "accept") or "").lower()


def page_response(event: HttpEvent, name: str, status: int = 200) -> HttpResponse:
    """Return a page in the visitor's preferred language, or 304 if their browser has it."""
    found = page(event, name)
    return found.response_unless_known(event) if status == 200 else found.response(status)


def framed_page_response(event: HttpEvent, name: str, ancestors: Sequence[str]) -> HttpResponse:
    """Return a page that only pages of `ancestors` may frame. They are origins as browsers write
    them, and are also in the page, since a script cannot read its own headers. Without any,
    nobody may frame it.
    """
    language = negotiate(header(event, "accept-language") or "")
    found = _document(name, language, "framed", {"ancestors": " ".join(ancestors)})
    return found.with_headers(framed_headers(settings(), ancestors)).response_unless_known(event)


def page(event: HttpEvent, name: str) -> Resource:
    """Return a page in the visitor's language, with the deployment's security headers."""
    found = document(name, negotiate(header(event, "accept-language") or ""))
    headers = document_headers(
        settings(), may_ask_payment=name == "wallet", keeps_opener=name in REPORTING
    )
    return found.with_headers(headers)


@cache
def document(name: str, language: str) -> Resource:
    """Return a page in a language. Raises `KeyError` for a placeholder without a message.

    A placeholder that begins with a dot belongs to the page: `{{.text}}` of `home` is `home.text`.
    """
    return _document(name, language, "layout", {})


def _document(name: str, language: str, layout: str, values: Mapping[str, str]) -> Resource:
    words = messages(language)
    title = f"{words[f'{name}.heading']} · {words['site.name']}"
    own = {"language": language, "page": name, "title": title, **values}
    html = _fill(_markup(name, layout), name, words | own)
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-language": language,
        "vary": "Accept-Language",
        "cache-control": "no-cache",
    }
    return Resource(html, headers)


def _markup(name: str, layout: str) -> str:
    """Return the page in its layout. A page's script first asks for the settings and its words;
    a framed page has no preloads.
    """
    body = _read(name)
    preloads = _read("preloads") if "<script" in body else ""
    around = _read(layout).replace("<!-- preloads -->\n", preloads)
    return around.replace("<!-- page -->\n", body)


def _read(name: str) -> str:
    """Return the page's file, else that of its family: `callback` for `callback.invalid_state`."""
    file = HTML / f"{name}.html"
    family = HTML / f"{name.partition('.')[0]}.html"
    return (file if file.exists() else family).read_text(encoding="utf-8")


def _fill(template: str, name: str, words: dict[str, str]) -> str:
    def word(found: re.Match[str]) -> str:
        key = found[1]
        return escape(words[name + key if key.startswith(".") else key])

    return _PLACEHOLDER.sub(word, template)
