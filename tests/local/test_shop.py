"""The sample shop's server, in front of a relying party that says what a test wants it to."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.issuer.tokens import subject
from local.shop import ShopConfig, create_shop
from local.shop.documents import HERE, LANGUAGES, language_of, messages
from tests.support.asgi import ask_app

SHOP, RELYING_PARTY = "http://merchant.localhost:8000", "http://localhost:8000"
ACCOUNT = "acct_1Shop"
OWN = {"origin": SHOP}
Json = dict[str, Any]


class RelyingParty:
    """What the shop calls: `told` are the answers at each path, `calls` what it has asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Json]] = []
        self.told: dict[str, tuple[int, Json]] = {
            "/_local/token": (200, {"access_token": "t"}),
            "/_local/stripe/_accounts": (201, {"id": ACCOUNT}),
            "/_local/stripe/_install": (200, {"redirect": f"{RELYING_PARTY}/callback/stripe?x=1"}),
            "/install-links": (201, {"url": "http://stripe.localhost/apps?state=s1"}),
            f"/installations/{ACCOUNT}": (200, {}),
            f"/installations/{ACCOUNT}/account": (200, {"id": ACCOUNT}),
            f"/installations/{ACCOUNT}/confirm": (200, {}),
            "/spc-auth-request": (200, asked()),
            "/spc-ceremonies/c1": (200, verdict()),
            "/spc-registration-tickets": (201, {"ticket": "t1", "expires_at": 1}),
        }
        self.fragment = ""

    def handle(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        self.calls.append((request.method, request.url.path, body))
        if request.url.path == "/callback/stripe":
            target = f"/connected?account_id={ACCOUNT}{self.fragment}"
            return httpx.Response(303, headers={"location": target})
        status, told = self.told[request.url.path]
        return httpx.Response(status, json=told)

    def last(self, path: str) -> Json:
        """The body of the last call of a path."""
        return [body for _, called, body in self.calls if called == path][-1]


def asked(**changes: Any) -> Json:
    total = {"value": "24.00", "currency": "EUR"}
    told = {"available": True, "ceremony_id": "c1", "request": {"rpId": "localhost"}}
    return told | {"total": total} | changes


def verdict(**changes: Any) -> Json:
    found = {"status": "authenticated", "payer": "p1", "amount": 2400, "currency": "eur"}
    return found | {"step_up_required": False} | changes


class Browser:
    """A customer of the shop, or its owner."""

    def __init__(self, folder: Path, stand_in: str | None = "/_local/stripe") -> None:
        self.relying_party = RelyingParty()
        self.file = folder / "shop.json"
        config = ShopConfig(SHOP, RELYING_PARTY, self.file, stand_in)
        calls = httpx.AsyncClient(transport=httpx.MockTransport(self.relying_party.handle))
        self._app = create_shop(config, calls)

    def connected(self) -> "Browser":
        self.file.write_text(json.dumps({"account_id": ACCOUNT}))
        return self

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        return ask_app(self._app, method, SHOP + path, **request)

    def own(self, method: str, path: str, body: Any = None, payer: str = "p1") -> httpx.Response:
        """A call that the shop's own page makes."""
        cookie = {"cookie": f"shop_payer={payer}"} if payer else {}
        return self.ask(method, path, json=body or {}, headers=OWN | cookie)

    def order(self, payer: str = "p1") -> Json:
        answer = self.own("POST", "/orders", payer=payer)
        assert answer.status_code == 201
        placed: Json = answer.json()
        return placed

    def decided(self, order: Json) -> Json:
        decided: Json = self.own("POST", f"/orders/{order['id']}/decide").json()
        return decided


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path).connected()


def test_an_order_asks_the_payer_for_exactly_its_amount(browser: Browser) -> None:
    order = browser.order()
    assert (order["status"], order["confirmation"]["ceremony_id"]) == ("asked", "c1")
    body = browser.relying_party.last("/spc-auth-request")
    assert (body["account_id"], body["payer"]) == (ACCOUNT, "p1")
    assert (body["amount"], body["currency"]) == (2400, "eur")
    assert body["caller_origin"] == body["top_origin"] == SHOP
    assert body["instrument"]["icon"].startswith("data:image/png;base64,")


def test_the_verdict_of_the_relying_party_makes_an_order_confirmed(browser: Browser) -> None:
    order = browser.order()
    assert browser.decided(order)["status"] == "confirmed"
    assert browser.ask("GET", f"/orders/{order['id']}").json()["status"] == "confirmed"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"status": "pending"}, "not_confirmed"),
        ({"status": "failed"}, "not_confirmed"),
        ({"amount": 100}, "not_confirmed"),
        ({"currency": "usd"}, "not_confirmed"),
        ({"payer": "somebody"}, "not_confirmed"),
        ({"step_up_required": True}, "step_up"),
    ],
)
def test_any_other_verdict_leads_to_3ds(browser: Browser, said: Json, reason: str) -> None:
    browser.relying_party.told["/spc-ceremonies/c1"] = (200, verdict(**said))
    decided = browser.decided(browser.order())
    assert (decided["status"], decided["reason"]) == ("needs_3ds", reason)


def test_no_verdict_at_all_leads_to_3ds_and_a_decision_stands(browser: Browser) -> None:
    order = browser.order()
    browser.relying_party.told["/spc-ceremonies/c1"] = (503, {"code": "storage_unavailable"})
    decided = browser.decided(order)
    assert (decided["status"], decided["reason"]) == ("needs_3ds", "unavailable")
    browser.relying_party.told["/spc-ceremonies/c1"] = (200, verdict())
    assert browser.decided(order) == decided


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ((200, {"available": False, "fallback": "3ds"}), "no_credential"),
        ((404, {"code": "unknown_payer"}), "no_payer"),
        ((404, {"code": "installation_not_found"}), "not_set_up"),
        ((409, {"code": "payee_missing"}), "not_set_up"),
        ((409, {"code": "checkout_origins_missing"}), "not_set_up"),
        ((503, {"code": "storage_unavailable"}), "unavailable"),
        ((429, {"message": "Too Many Requests"}), "unavailable"),
    ],
)
def test_an_order_that_nobody_can_confirm_goes_on_with_3ds_at_once(
    browser: Browser, told: tuple[int, Json], reason: str
) -> None:
    browser.relying_party.told["/spc-auth-request"] = told
    order = browser.order()
    assert (order["status"], order["reason"]) == ("needs_3ds", reason)
    assert browser.decided(order)["status"] == "needs_3ds"


def test_without_a_payer_nobody_is_asked(browser: Browser) -> None:
    assert browser.order(payer="")["reason"] == "no_payer"
    assert browser.relying_party.calls == []


def test_the_payers_handle_is_kept_where_no_script_can_read_it(browser: Browser) -> None:
    answer = browser.own("POST", "/payer", {"payer": "p2"}, payer="")
    kept = answer.headers["set-cookie"]
    assert kept.startswith("shop_payer=p2;")
    assert {"HttpOnly", "SameSite=strict"} <= set(kept.split("; "))
    for wrong in ("", 5, None, "x" * 256):
        assert browser.own("POST", "/payer", {"payer": wrong}).status_code == 422
    assert "Max-Age=0" in browser.own("DELETE", "/payer").headers["set-cookie"]


def test_the_business_gets_a_ticket_for_who_is_signed_in_at_the_shop_and_for_nobody_else(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ticket(session: str) -> Any:
        headers = OWN | {"cookie": f"shop_customer={session}"}
        return browser.ask("POST", "/ticket", json={}, headers=headers).json()["ticket"]

    assert (ticket(""), ticket("guessed"), browser.relying_party.calls) == (None, None, [])
    answer = browser.own("POST", "/customer", {"name": " Aiko "})
    kept = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict"} <= set(kept.split("; "))
    session = kept.partition("=")[2].partition(";")[0]
    assert ticket(session) == "t1"
    told = {"account_id": ACCOUNT, "user_id": subject("Aiko")}
    asked = browser.relying_party.last("/spc-registration-tickets")
    assert asked == told | {"identified": True}
    monkeypatch.setattr("local.shop.customers.IDENTIFIED_FOR", -1)
    ticket(session)
    asked = browser.relying_party.last("/spc-registration-tickets")
    assert asked == told | {"identified": False}
    headers = OWN | {"cookie": f"shop_customer={session}"}
    browser.ask("DELETE", "/customer", json={}, headers=headers)
    assert ticket(session) is None
    for wrong in ("", " ", 5, None, "x" * 61):
        assert browser.own("POST", "/customer", {"name": wrong}).status_code == 422


def test_the_shop_connects_itself_as_a_merchant_would(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    assert browser.own("POST", "/connection/demo").json() == {"account_id": ACCOUNT}
    settings = browser.relying_party.last(f"/installations/{ACCOUNT}")
    assert settings["checkout_origins"] == [SHOP]
    assert settings["clients"] == ["demo-shop-server"]
    assert json.loads(browser.file.read_text()) == {"account_id": ACCOUNT}


def test_it_finishes_an_install_that_no_browser_is_bound_to(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    browser.relying_party.fragment = "#confirmation=abc"
    assert browser.own("POST", "/connection/demo").status_code == 200
    path = f"/installations/{ACCOUNT}/confirm"
    assert browser.relying_party.last(path) == {"confirmation": "abc"}


def test_without_a_stand_in_it_is_connected_by_hand_alone(tmp_path: Path) -> None:
    browser = Browser(tmp_path, stand_in=None)
    assert browser.own("POST", "/connection/demo").json()["code"] == "stand_in_missing"
    assert re.search(r'class="panel" hidden>\s*<h2>Let the shop', browser.ask("GET", "/").text)
    assert browser.own("POST", "/connection", {"account_id": ACCOUNT}).status_code == 200


@pytest.mark.parametrize("account", ["", "nonsense", "acct_1/../..", None, 7])
def test_what_is_no_account_is_never_asked_for(tmp_path: Path, account: Any) -> None:
    browser = Browser(tmp_path)
    answer = browser.own("POST", "/connection", {"account_id": account})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_account")
    assert not browser.file.exists()


@pytest.mark.parametrize(
    ("told", "status"), [((404, {"code": "installation_not_found"}), 404), ((502, {}), 503)]
)
def test_an_account_that_it_may_not_act_for_is_not_taken(
    tmp_path: Path, told: tuple[int, Json], status: int
) -> None:
    browser = Browser(tmp_path)
    browser.relying_party.told[f"/installations/{ACCOUNT}/account"] = told
    answer = browser.own("POST", "/connection", {"account_id": ACCOUNT})
    assert answer.status_code == status
    assert not browser.file.exists()


@pytest.mark.parametrize("origin", [None, "null", RELYING_PARTY, "https://evil.example"])
def test_no_other_site_may_make_the_shops_own_calls(browser: Browser, origin: str | None) -> None:
    headers = {"origin": origin} if origin else {}
    for method, path in (("POST", "/orders"), ("POST", "/payer"), ("POST", "/ticket")):
        answer = browser.ask(method, path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
    assert browser.file.exists()


def test_a_body_that_is_no_object_is_refused(browser: Browser) -> None:
    for body in ("[]", "junk", "5", b"\xff"):
        answer = browser.ask("POST", "/payer", content=body, headers=OWN)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")
    assert browser.own("POST", "/orders/none/decide").status_code == 404
    assert browser.ask("GET", "/orders/none").status_code == 404


def test_a_page_loads_from_its_own_site_and_the_relying_partys_alone(browser: Browser) -> None:
    policy = browser.ask("GET", "/").headers["content-security-policy"]
    assert f"script-src 'self' {RELYING_PARTY};" in policy
    assert f"frame-src {RELYING_PARTY};" in policy
    assert "frame-ancestors 'none'" in policy
    assert "payment=(self)" in browser.ask("GET", "/").headers["permissions-policy"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/set-up"])
def test_a_page_has_all_its_words(browser: Browser, path: str, language: str) -> None:
    answer = browser.ask("GET", path, headers={"accept-language": language})
    assert f'<html lang="{language}">' in answer.text
    markup = re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)
    assert not re.search(r"[{}$]", markup)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "en"), ("de", "en"), ("fr-CH,fr;q=0.9,en;q=0.8", "fr"), ("de, JA-jp;q=0.5", "ja")],
)
def test_a_visitor_reads_the_first_language_they_name(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


def test_every_language_has_the_same_messages_with_the_same_values() -> None:
    def values(language: str) -> dict[str, list[str]]:
        found = messages(language).items()
        return {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in found}

    assert values("ja") == values("fr") == values("en")


def test_no_message_is_left_and_none_is_missing() -> None:
    files = [*(HERE / "assets").glob("*.html"), *(HERE / "assets" / "static").glob("*.js")]
    used = "".join(file.read_text(encoding="utf-8") for file in [*files, HERE / "documents.py"])
    named = set(re.findall(r"[\"{]([a-z_]+(?:\.[a-z_0-9.]+)?)[\"}]", used))
    chosen = ("reason.", "way.", "set_up.fault.", "confirmed.", "product.title", "set_up.title")
    assert {
        key for key in messages("en") if key not in named and not key.startswith(chosen)
    } == set()


def checks() -> list[tuple[str, Callable[[str], bool]]]:
    """What each language asks of its punctuation."""
    return [
        ("fr", lambda text: not re.search(r"[^\u00a0\u202f][;:!?»]", text)),
        ("ja", lambda text: not re.search(r"[,;:!?()]", re.sub(r"\{\w+\}", "", text))),
        ("en", lambda text: "'" not in text and '"' not in text),
    ]


@pytest.mark.parametrize(("language", "is_right"), checks())
def test_punctuation_is_that_of_the_language(
    language: str, is_right: Callable[[str], bool]
) -> None:
    assert [text for text in messages(language).values() if not is_right(text)] == []
