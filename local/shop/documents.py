"""The shop's two pages, in the visitor's language."""

import json
import re
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from local.shop.config import STRIPE_JS, SUBJECT, ShopConfig

HERE = Path(__file__).parent
LANGUAGES = ("en", "ja", "fr")


def language_of(accept_language: str) -> str:
    """Return the first of our languages that a browser names; they list them by preference."""
    named = (tag.strip()[:2].lower() for tag in accept_language.split(","))
    return next((tag for tag in named if tag in LANGUAGES), LANGUAGES[0])


@cache
def messages(language: str) -> dict[str, str]:
    """Return every text of a language, by key."""
    text = (HERE / "messages" / f"{language}.json").read_text(encoding="utf-8")
    words: dict[str, str] = json.loads(text)
    return words


def document(config: ShopConfig, name: str, language: str, account_id: str) -> HTMLResponse:
    """Return a page; what its script needs stands in it as data."""
    values = {
        "origin": config.origin,
        "relying_party": config.relying_party,
        "subject": SUBJECT,
        "account_id": account_id,
        "language": language,
        "by_itself": "" if config.stand_in else "hidden",
    }
    words = messages(language)
    body = _fill((HERE / "assets" / f"{name}.html").read_text(encoding="utf-8"), words, values)
    around = Template((HERE / "assets" / "layout.html").read_text(encoding="utf-8"))
    data = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    title = escape(f"{words[f'{name}.title']} · {words['shop.name']}")
    html = around.substitute(
        {k: escape(v) for k, v in values.items()},
        page=body,
        title=title,
        words=data,
        script=f"/assets/{name}.js",
        skip=escape(words["shop.skip"]),
        name=escape(words["shop.name"]),
        sample=escape(words["shop.sample"]),
    )
    return HTMLResponse(html, headers=_headers(config) | {"content-language": language})


def _fill(template: str, words: dict[str, str], values: dict[str, str]) -> str:
    """Put in the texts, and into texts and markup the `{names}` of the values."""

    def word(found: re.Match[str]) -> str:
        text = words.get(found[1], values.get(found[1]))
        if text is None:
            raise KeyError(found[1])
        return escape(re.sub(r"\{(\w+)\}", lambda name: values[name[1]], text))

    return re.sub(r"\{\{([a-z0-9_.]+)\}\}", word, template)


def _headers(config: ShopConfig) -> dict[str, str]:
    """Return what a merchant's page allows: our module, our API and our frame, Stripe.js with its
    frames, and `payment` for itself (https://docs.stripe.com/security/guide).
    """
    scripts, calls, frames = _stripe(config.stripe_js)
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' {config.relying_party} {scripts}",
        "connect-src": f"'self' {config.relying_party} {calls}",
        "frame-src": f"{config.relying_party} {frames}",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "permissions-policy": "payment=(self), camera=(), microphone=(), geolocation=()",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "vary": "Accept-Language",
    }


def _stripe(origin: str) -> tuple[str, str, str]:
    """Return the sources of Stripe's scripts, calls and frames."""
    if origin != STRIPE_JS:
        return origin, origin, origin
    frames = f"{STRIPE_JS} https://*.js.stripe.com https://hooks.stripe.com"
    return f"{STRIPE_JS} https://*.js.stripe.com", "https://api.stripe.com", frames
