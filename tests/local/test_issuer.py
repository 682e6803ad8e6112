"""The sign-in of one machine: the authorization code flow with PKCE, as a browser walks it."""

import base64
import hashlib
import re
import stat
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from local.issuer import TokenMaker, create_issuer, load_key
from local.issuer.sign_in import AuthorizationRequest, Codes, RefusedError, is_on_origin
from local.issuer.tokens import subject
from tests.support.asgi import ask_app

HOME = "http://localhost:8000"
ISSUER = f"{HOME}/_local/issuer"
ORIGINS = (HOME, "http://merchant.localhost:8000")
CLIENT = "countersign-local"
BACK = f"{HOME}/signed-in"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
REQUEST = {
    "response_type": "code",
    "client_id": CLIENT,
    "redirect_uri": BACK,
    "scope": "openid",
    "state": "opaque & <odd>",
    "nonce": "n-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


class Browser:
    """Speaks to the issuer in this process and follows no redirect."""

    def __init__(self, tokens: TokenMaker) -> None:
        issuer = create_issuer(tokens, CLIENT, ORIGINS)
        self._app = Starlette(routes=[Mount("/_local/issuer", issuer)])

    def get(self, path: str, query: dict[str, str] | None = None) -> httpx.Response:
        return self.request("GET", path, params=query)

    def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        return self.request("POST", path, data=form)

    def sign_in(self, name: str, **changes: str) -> dict[str, str]:
        """What the redirect after the form carries."""
        return query_of(self.post("/authorize", REQUEST | changes | {"name": name}))

    def redeem(self, code: str, **changes: str) -> httpx.Response:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "client_id": CLIENT,
            "code_verifier": VERIFIER,
        }
        return self.post("/token", given | changes)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return ask_app(self._app, method, ISSUER + path, **options)


def query_of(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["location"]).query, strict_parsing=True)
    return {name: values[0] for name, values in query.items()}


def claims_of(token: str, browser: Browser, audience: str = CLIENT) -> dict[str, Any]:
    """The claims of a token whose signature the issuer's own key set confirms."""
    (key,) = browser.get("/jwks.json").json()["keys"]
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    public = jwt.PyJWK(key)
    return dict(jwt.decode(token, public, ["RS256"], audience=audience, issuer=ISSUER))


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> TokenMaker:
    return TokenMaker(load_key(tmp_path_factory.mktemp("issuer") / "issuer.pem"), ISSUER, CLIENT)


@pytest.fixture
def browser(tokens: TokenMaker) -> Browser:
    return Browser(tokens)


def test_discovery_names_the_issuer_and_its_endpoints(browser: Browser) -> None:
    metadata = browser.get("/.well-known/openid-configuration").json()
    assert metadata["issuer"] == ISSUER
    endpoints = [value for name, value in metadata.items() if name.endswith(("endpoint", "_uri"))]
    assert len(endpoints) == 4
    assert all(value.startswith(f"{ISSUER}/") for value in endpoints)
    assert metadata["code_challenge_methods_supported"] == ["S256"]


def test_the_key_set_holds_no_private_part(browser: Browser) -> None:
    (key,) = browser.get("/jwks.json").json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


def test_signing_in_under_a_name_gives_tokens_for_an_opaque_subject(browser: Browser) -> None:
    back = browser.sign_in("Ada Lovelace")
    assert (back["state"], back["iss"]) == (REQUEST["state"], ISSUER)
    answer = browser.redeem(back["code"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 3600, "openid")
    claims = claims_of(body["access_token"], browser)
    assert claims["sub"] == subject("Ada Lovelace")
    assert "Ada" not in str(claims)
    assert claims["exp"] - claims["iat"] == 3600
    assert (claims["client_id"], claims["scope"]) == (CLIENT, "openid")
    assert claims_of(body["id_token"], browser)["nonce"] == "n-1"


def test_the_same_name_is_the_same_person_and_another_is_not() -> None:
    assert subject(" Ada ") == subject("ada")
    assert subject("ada") != subject("bob")
    assert re.fullmatch(r"user_[0-9a-f]{24}", subject("Ada Lovelace"))


def test_the_form_brings_back_the_request_and_escapes_it(browser: Browser) -> None:
    answer = browser.get("/authorize", REQUEST)
    assert answer.status_code == 200
    assert "<odd>" not in answer.text
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    assert {name: unescape(value) for name, value in found} == REQUEST
    assert '<label for="name">' in answer.text
    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b"])
def test_a_name_that_would_not_do_is_asked_for_again(browser: Browser, name: str) -> None:
    answer = browser.post("/authorize", REQUEST | {"name": name})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "http://localhost:8001/signed-in"},
        {"redirect_uri": "http://localhost:8000@evil.example/"},
        {"redirect_uri": "http://localhost:8000\\@evil.example/"},
        {"redirect_uri": "http://localhost:8000/#fragment"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": ""},
    ],
)
def test_an_unknown_client_or_address_is_never_redirected_to(
    browser: Browser, changes: dict[str, str]
) -> None:
    for answer in (
        browser.get("/authorize", REQUEST | changes),
        browser.post("/authorize", REQUEST | changes | {"name": "Ada"}),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "openid admin"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_request_that_is_not_right_goes_back_with_an_error(
    browser: Browser, changes: dict[str, str], error: str
) -> None:
    back = query_of(browser.get("/authorize", REQUEST | changes))
    assert (back["error"], back["state"], back["iss"]) == (error, REQUEST["state"], ISSUER)
    assert "code" not in back


def test_a_code_is_good_once(browser: Browser) -> None:
    code = browser.sign_in("Ada")["code"]
    assert browser.redeem(code).status_code == 200
    again = browser.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": "v" * 42}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": f"{HOME}/other"}, "invalid_grant"),
        ({"client_id": "another"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_is_good_only_for_who_asked_for_it(
    browser: Browser, changes: dict[str, str], error: str
) -> None:
    answer = browser.redeem(browser.sign_in("Ada")["code"], **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert "access_token" not in answer.json()


def test_a_code_is_good_for_a_minute() -> None:
    now = [1000.0]
    codes = Codes(clock=lambda: now[0])
    request = AuthorizationRequest(CLIENT, BACK, (), CHALLENGE, None, None)
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    in_time = form | {"code": codes.issue(request, "Ada")}
    too_late = form | {"code": codes.issue(request, "Bob")}
    now[0] += 59.9
    assert codes.redeem(in_time).name == "Ada"
    now[0] += 0.1
    with pytest.raises(RefusedError) as refusal:
        codes.redeem(too_late)
    assert refusal.value.code == "invalid_grant"


def test_scopes_of_the_bundle_reach_the_token(browser: Browser) -> None:
    code = browser.sign_in("Ada", scope="countersign/operator")["code"]
    body = browser.redeem(code).json()
    assert claims_of(body["access_token"], browser)["scope"] == "countersign/operator"
    assert "id_token" not in body


def test_only_the_origins_of_this_machine_may_read_a_token(browser: Browser) -> None:
    for origin, allowed in ((ORIGINS[1], ORIGINS[1]), ("https://evil.example", None)):
        answer = browser.request("POST", "/token", data={}, headers={"origin": origin})
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_signing_out_returns_to_a_page_of_this_machine_alone(browser: Browser) -> None:
    answer = browser.get("/logout", {"post_logout_redirect_uri": f"{HOME}/?a=b", "state": "s"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/?a=b&state=s")
    assert browser.get("/logout").status_code == 200
    answer = browser.get("/logout", {"post_logout_redirect_uri": "https://evil.example/"})
    assert answer.status_code == 400


def test_a_page_without_a_path_is_on_its_origin() -> None:
    assert is_on_origin(HOME, ORIGINS)
    assert is_on_origin(f"{HOME}?x=1", ORIGINS)
    assert not is_on_origin("http://[::1", ORIGINS)
    assert not is_on_origin(HOME.upper() + "/", ("http://LOCALHOST:8001",))


def test_the_key_is_made_once_and_is_this_users_alone(tmp_path: Path) -> None:
    file = tmp_path / "issuer.pem"
    first = TokenMaker(load_key(file), ISSUER, CLIENT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert TokenMaker(load_key(file), ISSUER, CLIENT).public_jwk == first.public_jwk
    assert [path.name for path in tmp_path.iterdir()] == ["issuer.pem"]
