"""The page that registers a credential within a merchant's page: whose frames it may be in."""

import re
from collections.abc import Iterator

import pytest

from countersign.pages.documents import framed_page_response
from countersign.settings import settings
from tests.pages.conftest import DEPLOYMENT
from tests.support.gateway import Caller, Event, http_event

SHOPS = ("https://shop.example.com", "https://pay.example.com:8443")


@pytest.fixture(autouse=True)
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The usual deployment, as the function that serves the page has it."""
    for name, value in DEPLOYMENT.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


def framed(ancestors: tuple[str, ...] = SHOPS) -> Caller:
    def handler(event: Event, _: object) -> dict[str, object]:
        return framed_page_response(event, "wallet_register", ancestors)

    return Caller(handler)


def ask(ancestors: tuple[str, ...] = SHOPS, language: str = "en") -> tuple[dict[str, str], str]:
    """The headers and the text of the page."""
    headers = {"accept-language": language}
    event = http_event("GET", "/wallet/register", headers=headers)
    answer = framed(ancestors).send(event)
    assert answer.status == 200
    return answer.headers, answer.text


def test_only_the_named_sites_may_frame_it_and_it_knows_them() -> None:
    headers, text = ask()
    policy = headers["content-security-policy"]
    assert f"frame-ancestors {' '.join(SHOPS)}" in policy
    assert f'data-ancestors="{" ".join(SHOPS)}"' in text
    assert "x-frame-options" not in headers


def test_with_no_site_named_nobody_may_frame_it() -> None:
    headers, text = ask(())
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert 'data-ancestors=""' in text


def test_the_names_of_sites_are_escaped() -> None:
    _, text = ask(('https://"><script>.example',))
    assert "<script>" not in text


def test_it_may_create_a_credential_and_nothing_else() -> None:
    headers, _ = ask()
    powers = dict(power.split("=", 1) for power in headers["permissions-policy"].split(", "))
    assert powers.pop("publickey-credentials-create") == "(self)"
    assert {"camera", "payment", "geolocation"} <= powers.keys()
    assert set(powers.values()) == {"()"}


def test_it_reaches_its_own_site_alone() -> None:
    headers, text = ask()
    policy = headers["content-security-policy"]
    for directive in ("script-src", "connect-src", "style-src"):
        assert f"{directive} 'self';" in policy
    assert "stripe" not in policy
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("language", ["en", "ja", "fr"])
def test_it_speaks_the_visitors_language(language: str) -> None:
    headers, text = ask(language=language)
    assert f'<html lang="{language}">' in text
    assert "{{" not in text
    assert headers["vary"] == "Accept-Language"


def test_what_the_browser_has_already_is_not_sent_again_unless_the_sites_changed() -> None:
    tag = ask()[0]["etag"]
    event = http_event("GET", "/wallet/register", headers={"if-none-match": tag})
    again = framed().send(event)
    assert (again.status, again.text) == (304, "")
    assert "frame-ancestors https://shop" in again.headers["content-security-policy"]
    assert framed(SHOPS[:1]).send(event).status == 200
