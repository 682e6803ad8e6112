"""What a document may load, reach and ask of the device: nothing beyond sign-in and Stripe, and the
wallet the dialog in which payments are approved.
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


def document_headers(settings: Settings, *, may_ask_payment: bool = False) -> dict[str, str]:
    """The security headers of every HTML document that nobody may frame; `may_ask_payment` where a
    script of ours opens a `PaymentRequest`.
    """
    headers = {
        "content-security-policy": _content_security_policy(settings),
        "permissions-policy": _permissions_policy(settings, may_ask_payment),
        "referrer-policy": "no-referrer",
        # Stripe.js may open a window of Stripe's that reports back.
        "cross-origin-opener-policy": "same-origin-allow-popups",
        "cross-origin-resource-policy": "same-origin",
    }
    if settings.public_url.startswith("https://"):
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


def framed_headers(settings: Settings, ancestors: Sequence[str]) -> dict[str, str]:
    """The security headers of a document in the frames of these origins, which registers a payment
    credential: it needs nothing of Stripe's, and of the device the authenticator alone.
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
    """https://www.w3.org/TR/CSP3/, with what https://docs.stripe.com/security/guide asks for."""
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
    """https://www.w3.org/TR/permissions-policy/: the camera for Stripe's frames, perhaps payments
    for ourselves, nothing else.
    """
    frames = (_STRIPE_JS, "https://verify.stripe.com")
    stripe = origin(settings.stripe_js_url)
    trusted = frames if stripe == _STRIPE_JS else (stripe,)
    camera = " ".join(("self", *(f'"{frame}"' for frame in trusted)))
    powers = dict.fromkeys(_POWERLESS, "()") | {"camera": f"({camera})"}
    powers |= {"payment": "(self)"} if may_ask_payment else {}
    return ", ".join(f"{power}={who}" for power, who in powers.items())


def _sign_in(settings: Settings) -> tuple[str, ...]:
    """An issuer's endpoints may be on other hosts than its metadata, as with Cognito."""
    urls = (settings.issuer, *settings.sign_in_origins)
    return tuple(origin(url) for url in urls if url)


def _frames(stripe: str) -> tuple[str, ...]:
    return _STRIPE_FRAMES if stripe == _STRIPE_JS else (stripe,)


def origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
