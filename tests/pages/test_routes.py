"""What is at each address, who may read it, and how long it may be kept."""

import json
import re
from pathlib import Path

import pytest

from countersign import __version__
from tests.pages.conftest import HTML, PAGES, Deploy
from tests.support.gateway import Caller, http_event

ROOT = Path(__file__).parents[2]
FOR_ANY_ORIGIN = (
    "/client.js",
    "/client.d.ts",
    "/client/payments.d.ts",
    "/settings.json",
)
OWN_ASSETS = (
    "/assets/style.css",
    "/assets/verify.js",
    "/assets/icon.svg",
    "/assets/messages.ja.json",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_html_that_is_checked_before_it_is_reused(visitor: Caller, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/verify.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/assets/messages.fr.json", "application/json"),
        ("/client.js", "text/javascript; charset=utf-8"),
        ("/client.d.ts", "text/plain; charset=utf-8"),
        ("/client/payments.d.ts", "text/plain; charset=utf-8"),
        ("/settings.json", "application/json"),
    ],
)
def test_a_file_has_its_own_type_which_the_browser_must_not_guess(
    visitor: Caller, path: str, content_type: str
) -> None:
    answer = visitor.get(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", FOR_ANY_ORIGIN)
def test_any_site_may_read_the_browser_module_and_the_settings(visitor: Caller, path: str) -> None:
    headers = visitor.get(path, headers={"origin": "https://anywhere.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize("path", [*PAGES, *OWN_ASSETS, "/health", "/nothing"])
def test_no_other_site_may_read_anything_else(visitor: Caller, path: str) -> None:
    headers = visitor.get(path, headers={"origin": "https://shop.example.com"}).headers
    assert not any(name.startswith("access-control-") for name in headers)
    assert headers.get("cross-origin-resource-policy", "same-origin") == "same-origin"


@pytest.mark.parametrize("path", OWN_ASSETS)
def test_an_asset_is_kept_for_minutes(visitor: Caller, path: str) -> None:
    assert visitor.get(path).headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize("path", [*PAGES, *OWN_ASSETS, *FOR_ANY_ORIGIN])
def test_what_the_browser_has_already_is_not_sent_again(visitor: Caller, path: str) -> None:
    first = visitor.get(path)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"older", {tag}', "*"):
        again = visitor.get(path, headers={"If-None-Match": known})
        assert (again.status, again.text) == (304, "")
        assert again.headers == first.headers
    assert visitor.get(path, headers={"if-none-match": '"older"'}).status == 200


def test_a_page_in_another_language_is_another_page_to_a_cache(visitor: Caller) -> None:
    english = visitor.get("/verify").headers["etag"]
    japanese = {"if-none-match": english, "accept-language": "ja"}
    assert visitor.get("/verify", headers=japanese).status == 200


def test_health_is_known_without_anything_else(visitor: Caller) -> None:
    answer = visitor.get("/health")
    assert answer.json == {"status": "ok", "version": __version__}
    assert answer.headers["cache-control"] == "no-store"


def test_the_api_is_described_where_the_description_was_generated(visitor: Caller) -> None:
    answer = visitor.get("/openapi.json")
    if answer.status == 404:
        assert answer.code == "not_found"
    else:
        assert answer.json["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/verify/",
        "/assets",
        "/assets/",
        "/assets/nothing.js",
        "/client",
        "/client/",
        "/client/nothing.js",
        "/client/../app.py",
        "/assets/messages.de.json",
        "/assets/../app.py",
        "/assets/..%2fapp.py",
        "/assets/%2e%2e/app.py",
        "/assets//style.css",
        "/assets/style.css/",
        "/assets/style.css\x00",
        "//assets/style.css",
        "/app.py",
        "/html/layout.html",
        "/messages/en.json",
        "/../../etc/passwd",
        "\\assets\\style.css",
        "",
    ],
)
def test_nothing_is_at_any_other_address(visitor: Caller, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status, answer.code) == (404, "not_found")


def test_a_person_at_an_unknown_address_gets_a_page(visitor: Caller) -> None:
    answer = visitor.get("/nothing", headers=HTML | {"accept-language": "fr", "if-none-match": "*"})
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Cette page n’existe pas" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_by_name(visitor: Caller, method: str) -> None:
    answer = visitor.send(http_event(method, "/verify"))
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", [*PAGES, *FOR_ANY_ORIGIN, *OWN_ASSETS, "/health", "/nothing"])
def test_head_is_get_without_a_body(visitor: Caller, path: str) -> None:
    """Monitors use it by default."""
    asked, told = visitor.get(path), visitor.send(http_event("HEAD", path))
    assert (told.status, told.headers, told.text) == (asked.status, asked.headers, "")
    known = {"if-none-match": asked.headers.get("etag", "")}
    assert visitor.send(http_event("HEAD", path, headers=known)).text == ""


def test_every_path_of_the_pages_has_a_route_for_head() -> None:
    """The function is asked for every method of its paths, and no other function for HEAD."""
    text = (ROOT / "template.yaml").read_text()
    pages = text.partition("\n  Pages:\n")[2].partition("\n  IdentityTable:\n")[0]
    methods = re.findall(r"Method: ([A-Z]+)", pages)
    assert len(methods) >= len(PAGES)
    assert set(methods) == {"ANY"}
    assert not re.search(r"Method: (HEAD|ANY)", text.replace(pages, ""))


def test_a_request_without_headers_is_answered(visitor: Caller) -> None:
    event = http_event("GET", "/verify")
    del event["headers"]
    assert visitor.send(event).status == 200


def test_the_settings_tell_what_a_browser_needs_and_nothing_else(visitor: Caller) -> None:
    assert visitor.get("/settings.json").json == {
        "issuer": "https://id.example.com/pool",
        "client_id": "pages",
        "sign_in_parameters": {},
        "stripe_js_url": "https://js.stripe.com/v3/",
        "stripe_publishable_key": "pk_test_1",
        "spc_rp_id": "example.com",
        "alternative_verification_url": "https://example.com/by-hand?from=countersign",
        "version": __version__,
    }


def test_what_the_sign_in_sends_besides_is_a_setting(deploy: Deploy) -> None:
    parameters = "audience=https%3A%2F%2Fapi.example.com&scope=openid%20api"
    found = deploy(SIGN_IN_PARAMETERS=parameters).get("/settings.json").json
    expected = {"audience": "https://api.example.com", "scope": "openid api"}
    assert found["sign_in_parameters"] == expected


def test_the_words_of_a_page_and_of_its_scripts_are_the_same(visitor: Caller) -> None:
    words = json.loads(visitor.get("/assets/messages.fr.json").text)
    page = visitor.get("/verify", headers={"accept-language": "fr"}).text
    assert f'<h1 id="heading" tabindex="-1">{words["verify.heading"]}</h1>' in page
