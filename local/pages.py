"""The HTML pages that exist only on one machine, in one plain look. They load nothing, and only a
page that is live has a script.
"""

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 26rem; padding: 3rem 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
label { display: block; font-weight: 600; margin-block: 1.5rem .35rem; }
input, button { box-sizing: border-box; font: inherit; min-height: 2.75rem; width: 100%; }
input { border: 1px solid GrayText; border-radius: .4rem; padding: .4rem .75rem; }
button { background: #0b57d0; border: 0; border-radius: .4rem; color: #fff; margin-top: 1.25rem; }
:focus-visible { outline: 3px solid #d08a0b; outline-offset: 2px; }
[role=alert] { border-inline-start: .3rem solid #c5221f; padding-inline-start: .75rem; }
"""


def page(
    title: str,
    body: str,
    status: int = 200,
    *,
    form_targets: Sequence[str] = (),
    style: str = "",
    script: str = "",
) -> HTMLResponse:
    """Return a page with trusted body HTML; a form may be redirected to the `form_targets`. `style`
    comes after the look of all pages, and `script` may ask this server alone.
    """
    styles = [_STYLE, style] if style else [_STYLE]
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        f"{''.join(f'<style>{each}</style>' for each in styles)}</head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main>"
        f"{f'<script>{script}</script>' if script else ''}</body></html>"
    )
    targets = " ".join(["'self'", *form_targets])
    policy = (
        f"default-src 'none'; style-src {' '.join(map(_hash, styles))}; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {targets}"
    )
    if script:
        policy += f"; script-src {_hash(script)}; connect-src 'self'"
    headers = {
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(html, status, headers)


def _hash(text: str) -> str:
    """Return the source that allows this inline text alone (CSP Level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def alert(text: str) -> str:
    """Return a paragraph that says what went wrong; its field refers to it by the id `problem`."""
    return f'<p role="alert" id="problem">{escape(text)}</p>'
