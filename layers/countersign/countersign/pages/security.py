"""Security headers: what a document may load, reach and request of the device. That is sign-in,
Stripe and, in the wallet, the dialog in which payments are approved.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from countersign.settings import Settings

_STRIPE_JS = "https://js.stripe.com"
_STRIPE_FRAMES = (
    _STRIPE_JS,
    "https://*.js.stripe.com",
    "https://hooks.stripe.com",
    "https://verify.stripe.com",
)
_POWERLESS = (
    "accelerometer",
    "autoplay",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)


def document_headers(
    settings: Settings, *, may_ask_payment: bool = False, keeps_opener: bool = False
) -> dict[str, str]:
    """Return the security headers of an HTML document that nobody may frame. `may_ask_payment` is
    for a page whose script opens a `PaymentRequest`, `keeps_opener` for a window that a frame of
    ours in a merchant's page has opened, and that speaks to it.
    """
    headers = {
        "content-security-policy": _content_security_policy(settings),
        "permissions-policy": _permissions_policy(settings, may_ask_payment),
        "referrer-policy": "no-referrer",
        # Stripe.js may open a window of Stripe that reports back. A window that is to report back
        # itself must have the policy of the page that it was opened from, which has none.
        "cross-origin-opener-policy": "unsafe-none" if keeps_opener else "same-origin-allow-popups",
        "cross-origin-resource-policy": "same-origin",
    }
    if settings.public_url.startswith("https://"):
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


def framed_headers(settings: Settings, ancestors: Sequence[str]) -> dict[str, str]:
    """Return the security headers of the document in which a payment credential is registered, in
    frames of these origins. It needs nothing from Stripe, and only the authenticator of the device.
    """
    directives = {
        "default-src": ("'none'",),
        **dict.fromkeys(("script-src", "style-src", "img-src", "connect-src"), ("'self'",)),
        "form-action": ("'none'",),
        "base-uri": ("'none'",),
        "frame-ancestors": tuple(ancestors) or ("'none'",),
    }
    powers = ("camera=()", "publickey-credentials-create=(self)", "publickey-credentials-get=()")
    return document_headers(settings) | {
        "content-security-policy": _policy(directives),
        "permissions-policy": ", ".join((*powers, *(f"{power}=()" for power in _POWERLESS))),
    }


def _content_security_policy(settings: Settings) -> str:
    """Follows https://www.w3.org/TR/CSP3/ and https://docs.stripe.com/security/guide."""
    stripe = origin(settings.stripe_js_url)
    is_stripe = stripe == _STRIPE_JS
    scripts = (stripe, "https://*.js.stripe.com") if is_stripe else (stripe,)
    api = ("https://api.stripe.com",) if is_stripe else ()
    directives = {
        "default-src": ("'none'",),
        "script-src": ("'self'", *scripts),
        "style-src": ("'self'",),
        "img-src": ("'self'", "data:"),
        "connect-src": ("'self'", *_sign_in(settings), stripe, *api),
        "frame-src": _frames(stripe),
        "form-action": ("'self'",),
        "base-uri": ("'none'",),
        "frame-ancestors": ("'none'",),
    }
    return _policy(directives)


def _policy(directives: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(
        " ".join((name, *dict.fromkeys(sources))) for name, sources in directives.items()
    )


def _permissions_policy(settings: Settings, may_ask_payment: bool) -> str:
    """Follows https://www.w3.org/TR/permissions-policy/: the camera for Stripe's frames, payments
    for the page itself if it needs them, and nothing else.
    """
    frames = (_STRIPE_JS, "https://verify.stripe.com")
    stripe = origin(settings.stripe_js_url)
    trusted = frames if stripe == _STRIPE_JS else (stripe,)
    camera = " ".join(("self", *(f'"{frame}"' for frame in trusted)))
    powers = dict.fromkeys(_POWERLESS, "()") | {"camera": f"({camera})"}
    powers |= {"payment": "(self)"} if may_ask_payment else {}
    return ", ".join(f"{power}={who}" for power, who in powers.items())


def _sign_in(settings: Settings) -> tuple[str, ...]:
    """The issuer's origins: endpoints may be on other hosts than the metadata, as with Cognito."""
    urls = (settings.issuer, *settings.sign_in_origins)
    return tuple(origin(url) for url in urls if url)


def _frames(stripe: str) -> tuple[str, ...]:
    return _STRIPE_FRAMES if stripe == _STRIPE_JS else (stripe,)


def origin(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
