"""`POST /install-links`: a link to the marketplace that works once, for one user, in one browser."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.handlers.session_creation.test_conventions import FOREIGN
from tests.support.assertions import assert_problem
from tests.support.bundle import BACK, SITE
from tests.support.gateway import DOMAIN, Caller, http_event
from tests.support.install_bundle import COOKIE, LINKS, InstallBundle
from tests.support.logs import Log
from tests.support.stand_in import APP_ID, BAKERY

Deploy = Callable[..., InstallBundle]


def test_a_link_has_exactly_a_redirect_uri_and_a_state(installs: InstallBundle, user: str) -> None:
    before = int(time.time())
    answer = installs.user(user).post(LINKS)
    assert answer.status == 201
    assert set(answer.json) == {"url", "expires_at"}
    assert before + 900 <= answer.json["expires_at"] <= time.time() + 900
    parts = urlsplit(answer.json["url"])
    assert (parts.scheme, parts.netloc) == ("https", "marketplace.stripe.com")
    assert parts.path == f"/apps/install/link/{APP_ID}"
    (first, uri), (second, state) = parse_qsl(parts.query, strict_parsing=True)
    assert (first, uri, second) == ("redirect_uri", f"https://{DOMAIN}/callback/stripe", "state")
    assert len(state) == 43
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


def test_the_public_url_and_the_marketplace_are_settings(installs_with: Deploy, user: str) -> None:
    installs = installs_with(
        PUBLIC_URL="https://pay.example.com/",
        STRIPE_MARKETPLACE_BASE="http://stripe.localhost:8000",
        STRIPE_INSTALL_LINK_ID="chnlink_61abc",
    )
    url = installs.link(user).url
    assert url.startswith("http://stripe.localhost:8000/apps/install/link/chnlink_61abc?")
    assert "redirect_uri=https%3A%2F%2Fpay.example.com%2Fcallback%2Fstripe&" in url


def test_the_cookie_is_for_this_host_alone_and_is_sent_from_another_site(
    installs: InstallBundle, user: str
) -> None:
    (cookie,) = installs.user(user).post(LINKS).cookies
    pair, *rest = cookie.split(";")
    name, _, value = pair.partition("=")
    parts = (entry.strip().lower().partition("=") for entry in rest)
    found = {key: text for key, _, text in parts}
    assert name == COOKIE
    assert name.startswith("__Host-")
    assert len(value) == 43
    assert (found["path"], found["samesite"]) == ("/", "lax")
    assert {"secure", "httponly"} <= found.keys()
    assert "domain" not in found
    assert int(found["max-age"]) >= 900


def test_further_tabs_of_a_browser_keep_its_cookie(installs: InstallBundle, user: str) -> None:
    first = installs.link(user)
    for second in (
        installs.link(user, cookies=first.cookies),
        installs.link(user, headers={"cookie": f"a=b; {first.cookies[0]}; c=d"}),
        installs.link(user, headers={"Cookie": first.cookies[0]}),
    ):
        assert second.cookies == first.cookies
        assert second.state != first.state
    for other in ([], [f"{COOKIE}=junk", *first.cookies]):
        assert installs.link(user, cookies=other).cookies != first.cookies


@pytest.mark.parametrize("value", ["", "A" * 43, "é", "x" * 5000, '"quoted"', "a state"])
def test_a_cookie_that_was_not_made_here_is_replaced(
    installs: InstallBundle, user: str, value: str
) -> None:
    foreign = f"{COOKIE}={installs.link(user).state if value == 'a state' else value}"
    link = installs.link(user, cookies=[foreign])
    assert link.cookies != [foreign]
    assert installs.come_back(link, BAKERY).status == 303


def test_without_a_binding_there_is_no_cookie(installs_with: Deploy, user: str) -> None:
    answer = installs_with(INSTALL_BINDING="off").user(user).post(LINKS)
    assert (answer.status, answer.cookies) == (201, ())


@pytest.mark.parametrize(
    ("body", "expected"),
    [(None, "/connected?"), ("", "/connected?"), ("{}", "/connected?"), ({"return_to": None}, "/connected?"),
     ({"return_to": BACK}, f"{BACK}?"), ({"return_to": f"{BACK}?order=1"}, f"{BACK}?order=1&"),
     ({"return_to": "https://other.example.com/"}, "https://other.example.com/?")],
)  # fmt: skip
def test_the_browser_goes_on_to_our_page_or_a_url_on_the_list(
    installs: InstallBundle, user: str, body: Any, expected: str
) -> None:
    answer = installs.come_back(installs.link(user, body), BAKERY)
    assert (answer.status, answer.headers["location"]) == (303, f"{expected}account_id={BAKERY}")


NOT_ALLOWED = [
    "", "/connected", "//shop.example.com/done", "http://shop.example.com/done", "https://evil.example",
    f"{BACK}/", f"{BACK}#a", f"{BACK}\\", f"{BACK}\n", "javascript:alert(1)",
    "https://shop.example.com@evil.example/done", f"{BACK}?{'a' * 2048}",
]  # fmt: skip


def test_the_browser_goes_on_to_nowhere_else(
    installs: InstallBundle, user: str, subtests: pytest.Subtests
) -> None:
    for url in NOT_ALLOWED:
        with subtests.test(url=url[:40]):
            answer = installs.user(user).post(LINKS, {"return_to": url})
            assert_problem(answer, 422, "return_to_not_allowed")
            assert [error["pointer"] for error in answer.json["errors"]] == ["/return_to"]
            assert answer.cookies == ()
    assert installs.items() == {}


@pytest.mark.parametrize("body", [{"return_to": 1}, {"return_to": [BACK]}, {"state": "x"}])
def test_a_wrong_body_is_refused(installs: InstallBundle, user: str, body: dict[str, Any]) -> None:
    answer = installs.user(user).post(LINKS, body)
    assert_problem(answer, 422, "invalid_request")
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{next(iter(body))}"]
    assert_problem(installs.user(None).post(LINKS), 401, "invalid_token")
    assert installs.items() == {}


def test_a_repeated_key_gives_a_link_again_with_a_new_state(
    installs: InstallBundle, user: str
) -> None:
    key = {"idempotency-key": "k"}
    refused = installs.user(user).post(LINKS, {"return_to": "https://evil.example"}, headers=key)
    assert refused.status == 422  # and a refusal frees its key
    first = installs.link(user, {"return_to": BACK}, headers=key)
    again = installs.link(user, {"return_to": BACK}, headers=key, cookies=first.cookies)
    assert first.cookies == again.cookies
    assert first.state != again.state
    assert installs.come_back(again, BAKERY).headers["location"].startswith(BACK)
    reused = installs.user(user).post(LINKS, {}, headers=key)
    assert_problem(reused, 409, "idempotency_key_reused")
    assert reused.cookies == ()
    assert installs.link("another user", headers=key).state
    assert first.state not in installs.everything_stored()


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(
    installs: InstallBundle, user: str, key: str
) -> None:
    answer = installs.user(user).post(LINKS, headers={"idempotency-key": key})
    assert_problem(answer, 422, "invalid_request")
    assert installs.items() == {}


def test_a_deployment_without_an_app_or_live_without_tls_makes_no_link(
    installs_with: Deploy, user: str, log: Log
) -> None:
    for settings in (
        {"secret": "live", "PUBLIC_URL": "http://pay.example.com"},
        {"STRIPE_APP_ID": ""},
    ):
        installs = installs_with(**settings)
        assert_problem(installs.user(user).post(LINKS), 500, "install_links_misconfigured")
        assert installs.items() == {}
    assert sum(entry.get("level") == "ERROR" for entry in log.entries()) == 2
    installs_with(STRIPE_APP_ID=APP_ID)
    assert installs_with(secret="live", PUBLIC_URL="https://pay.example.com").link(user).state
    assert installs_with(secret="live", PUBLIC_URL="").link(user).state
    assert installs_with(secret="test", PUBLIC_URL="http://localhost:8000").link(user).state


def test_the_businesss_own_sites_may_send_and_store_the_cookie_and_no_other_site_may(
    installs: InstallBundle, user: str
) -> None:
    for method in ("POST", "OPTIONS"):
        event = http_event(method, LINKS, user=user, headers={"origin": SITE})
        answer = installs.user(user).send(event)
        assert answer.headers["access-control-allow-origin"] == SITE
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"].lower() == "origin"
        for origin in FOREIGN:
            event = http_event(method, LINKS, user=user, headers={"origin": origin})
            names = installs.user(user).send(event).headers.keys()
            assert not {"access-control-allow-origin", "access-control-allow-credentials"} & names


def test_a_preflight_tells_the_methods_there_are(installs: InstallBundle) -> None:
    anonymous = Caller(installs.user(None).handler)
    answer = anonymous.send(http_event("OPTIONS", LINKS, headers={"origin": SITE}))
    assert (answer.status, answer.text) == (204, "")
    methods = set(answer.headers["access-control-allow-methods"].split(", "))
    assert {"GET", "POST", "PATCH", "DELETE"} <= methods
    allowed = answer.headers["access-control-allow-headers"].split(", ")
    assert {"authorization", "content-type", "idempotency-key"} <= set(allowed)
