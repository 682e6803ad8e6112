"""What a page may load, reach and ask of the device."""

import re

import pytest

from tests.pages.conftest import DOCUMENTS, HTML, Deploy
from tests.support.gateway import Caller

STAND_IN = "http://stripe.localhost:8000"

every_document = pytest.mark.parametrize("path", DOCUMENTS)


def policy(visitor: Caller, path: str = "/verify") -> dict[str, list[str]]:
    """The directives of a page's Content-Security-Policy, with their sources."""
    header = visitor.get(path, headers=HTML).headers["content-security-policy"]
    directives = [directive.split() for directive in header.split(";")]
    return {name: sources for name, *sources in directives}


@every_document
def test_every_document_has_the_security_headers(visitor: Caller, path: str) -> None:
    headers = visitor.get(path, headers=HTML).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    reports = path in ("/wallet/ticket", "/signed-in")
    opener = "unsafe-none" if reports else "same-origin-allow-popups"
    assert headers["cross-origin-opener-policy"] == opener
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert policy(visitor, path)["default-src"] == ["'none'"]


def test_a_page_reaches_its_own_site_the_issuer_and_stripe_alone(visitor: Caller) -> None:
    stripe = "https://js.stripe.com"
    assert policy(visitor) == {
        "default-src": ["'none'"],
        "script-src": ["'self'", stripe, "https://*.js.stripe.com"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": [
            "'self'",
            "https://id.example.com",
            "https://login.example.com",
            stripe,
            "https://api.stripe.com",
        ],
        "frame-src": [
            stripe,
            "https://*.js.stripe.com",
            "https://hooks.stripe.com",
            "https://verify.stripe.com",
        ],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }


def test_with_another_stripe_js_nothing_of_stripes_is_allowed(deploy: Deploy) -> None:
    visitor = deploy(STRIPE_JS_URL=f"{STAND_IN}/v3/")
    found = policy(visitor)
    assert found["script-src"] == ["'self'", STAND_IN]
    assert found["frame-src"] == [STAND_IN]
    everything = str(visitor.get("/verify").headers)
    assert "stripe.com" not in everything
    assert f'camera=(self "{STAND_IN}")' in everything


def test_only_the_camera_is_asked_for_and_only_by_stripes_frames(visitor: Caller) -> None:
    header = visitor.get("/verify").headers["permissions-policy"]
    powers = dict(power.split("=", 1) for power in header.split(", "))
    camera = powers.pop("camera")
    assert camera == '(self "https://js.stripe.com" "https://verify.stripe.com")'
    assert {"microphone", "geolocation", "payment"} <= powers.keys()
    assert set(powers.values()) == {"()"}


@every_document
def test_the_wallet_alone_opens_payments_own_dialog(visitor: Caller, path: str) -> None:
    header = visitor.get(path, headers=HTML).headers["permissions-policy"]
    assert ("payment=(self)" if path == "/wallet" else "payment=()") in header.split(", ")


def test_without_an_issuer_no_source_is_left_blank(deploy: Deploy) -> None:
    sources = policy(deploy(ISSUER="", SIGN_IN_ORIGINS=""))["connect-src"]
    assert sources == ["'self'", "https://js.stripe.com", "https://api.stripe.com"]


@pytest.mark.parametrize("public_url", ["http://localhost:8000", ""])
def test_https_is_demanded_only_of_a_site_that_is_known_to_have_it(
    deploy: Deploy, public_url: str
) -> None:
    headers = deploy(PUBLIC_URL=public_url).get("/verify").headers
    assert "strict-transport-security" not in headers


@every_document
def test_no_script_or_style_is_inline(visitor: Caller, path: str) -> None:
    text = visitor.get(path, headers=HTML).text
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)


@every_document
def test_everything_that_a_document_loads_is_there(visitor: Caller, path: str) -> None:
    text = visitor.get(path, headers=HTML).text
    for url in re.findall(r'(?:src|href)="(/[^"]*)"', text):
        assert visitor.get(url).status == 200, url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/by-hand", True),
        ("http://localhost:8000/_local/alternative", True),
        ("http://merchant.localhost:8000/", True),
        ("http://example.com/", False),
        ("javascript:alert(1)", False),
        ("//example.com/", False),
        ("https://", False),
        ("https://[example.com/", False),
        ("by-hand.html", False),
        ("", False),
    ],
)
def test_a_visitor_is_sent_only_to_a_safe_alternative(
    deploy: Deploy, url: str, shown: bool
) -> None:
    found = deploy(ALTERNATIVE_VERIFICATION_URL=url).get("/settings.json").json
    assert found["alternative_verification_url"] == (url if shown else "")
