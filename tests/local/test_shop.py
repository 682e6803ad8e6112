"""The sample shop's server, in front of a relying party that says what a test wants it to."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.issuer.tokens import subject
from local.shop import STRIPE_JS, ShopConfig, create_shop
from local.shop.cards import TEST_CARDS
from local.shop.documents import HERE, LANGUAGES, language_of, messages
from local.stand_in.cards import Card
from tests.support.asgi import ask_app

SHOP, RELYING_PARTY = "http://merchant.localhost:8000", "http://localhost:8000"
ACCOUNT = "acct_1Shop"
OWN = {"origin": SHOP}
Json = dict[str, Any]


class RelyingParty:
    """What the shop calls: `told` are the answers at each path, `calls` what it has asked, and
    `subjects` whose events. The payer `unknown` is not known any more.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Json]] = []
        self.subjects: list[str] = []
        self.payment: Json = {"id": "pay_1", "decision": "dec_1", "ceremony_id": None}
        self.payment["ended_at"] = None
        self.unknown = ""
        self.fragment = ""
        self._keys: list[tuple[str, str | None]] = []
        self.told: dict[str, tuple[int, Json]] = {
            "/_local/token": (200, {"access_token": "t"}),
            "/_local/stripe/_accounts": (201, {"id": ACCOUNT}),
            "/_local/stripe/_install": (200, {"redirect": f"{RELYING_PARTY}/callback/stripe?x=1"}),
            "/_local/stripe/_payment_methods": (201, {"id": "pm_made"}),
            "/_local/stripe/_confirmation_tokens": (201, {"id": "ctoken_made"}),
            "/_local/google-pay/token": (200, {"payment_data": {"sealed": True}}),
            "/install-links": (201, {"url": "http://stripe.localhost/apps?state=s1"}),
            f"/installations/{ACCOUNT}": (200, {}),
            f"/installations/{ACCOUNT}/account": (200, {"id": ACCOUNT}),
            f"/installations/{ACCOUNT}/confirm": (200, {}),
            "/payments": (201, self.payment),
            "/payments/pay_1": (200, self.payment),
            "/payments/pay_1/confirm": (200, {"id": "pay_1", "status": "succeeded"}),
            "/payments/pay_1/spc": (200, {"id": "pay_1", "did": "spc"}),
            "/payments/pay_1/cancel": (200, {"id": "pay_1", "did": "cancel"}),
            "/step-up-decisions": (201, {"id": "dec_1", "rule": "small"}),
            "/step-up-decisions/dec_1": (200, {"id": "dec_1", "rule": "small"}),
            "/spc-registration-tickets": (201, {"ticket": "t1", "expires_at": 1}),
        }

    def handle(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        path = request.url.path
        self.calls.append((request.method, path, body))
        self._keys.append((path, request.headers.get("idempotency-key")))
        if path == "/callback/stripe":
            target = f"/connected?account_id={ACCOUNT}{self.fragment}"
            return httpx.Response(303, headers={"location": target})
        if path == "/_local/events":
            assert request.headers["accept"] == "application/json"
            return httpx.Response(200, json={"data": self._events(request.url.params["subject"])})
        if path == "/payments" and self.unknown and body.get("payer") == self.unknown:
            return httpx.Response(404, json={"code": "unknown_payer"})
        status, told = self.told[path]
        return httpx.Response(status, json=told, headers={"retry-after": "7"})

    def last(self, path: str) -> Json:
        """The body of the last call of a path."""
        return [body for _, called, body in self.calls if called == path][-1]

    def keys(self, path: str) -> list[str | None]:
        """The idempotency keys of the calls of a path."""
        return [key for called, key in self._keys if called == path]

    def _events(self, subject: str) -> list[Json]:
        self.subjects.append(subject)
        type_, at = ("payment.created", 2) if subject == "pay_1" else ("step_up.decided", 1)
        return [
            {
                "source": "countersign",
                "detail-type": type_,
                "detail": {"subject": subject, "revision": 1, "occurred_at": at},
            }
        ]


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

    def order(self, box: str = "small") -> Json:
        answer = self.own("POST", "/orders", {"box": box})
        assert answer.status_code == 201
        placed: Json = answer.json()
        return placed

    def pay(self, order: Json, body: Json) -> httpx.Response:
        return self.own("POST", f"/orders/{order['id']}/payment", body)

    def paid_for(self) -> Json:
        """An order with a payment."""
        order = self.order()
        assert self.pay(order, {"card": CARD}).status_code == 201
        return order


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path).connected()


CARD = {"payment_method": "pm_1"}


def test_a_payment_is_of_exactly_what_was_ordered(browser: Browser) -> None:
    order = browser.order("large")
    assert (order["amount"], order["currency"], order["pieces"]) == (12000, "eur", 60)
    body = {"card": CARD, "amount": 1, "currency": "jpy", "account_id": "acct_2"}
    made = browser.pay(order, body)
    assert (made.status_code, made.json()["id"]) == (201, "pay_1")
    asked = browser.relying_party.last("/payments")
    assert (asked["account_id"], asked["payer"], asked["replace"]) == (ACCOUNT, "p1", True)
    assert (asked["amount"], asked["currency"]) == (12000, "eur")
    assert asked["reference"] == order["id"]
    assert asked["payment_method"] == "pm_1"
    assert "customer" not in asked


def test_what_is_not_sold_is_not_ordered(browser: Browser) -> None:
    for box in ("gigantic", "", None, 5, []):
        answer = browser.own("POST", "/orders", {"box": box})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_box")


def test_a_repeated_call_of_the_page_has_the_same_key_at_the_relying_party(
    browser: Browser,
) -> None:
    order = browser.order()
    headers = OWN | {"idempotency-key": "k1"}
    for _ in range(2):
        browser.ask("POST", f"/orders/{order['id']}/payment", json={"card": CARD}, headers=headers)
        browser.ask("POST", f"/orders/{order['id']}/confirm", json={}, headers=headers)
    assert browser.relying_party.keys("/payments") == ["k1", "k1"]
    assert browser.relying_party.keys("/payments/pay_1/confirm") == ["k1", "k1"]
    browser.pay(order, {"card": CARD})
    assert browser.relying_party.keys("/payments")[-1] not in ("k1", "", None)


def test_a_payer_who_is_not_known_any_more_pays_as_a_stranger(browser: Browser) -> None:
    browser.relying_party.unknown = "p1"
    made = browser.pay(browser.order(), {"card": CARD})
    assert made.status_code == 201
    assert "payer" not in browser.relying_party.last("/payments")
    forgotten = [kept for kept in made.headers.get_list("set-cookie") if "shop_payer" in kept]
    assert "Max-Age=0" in forgotten[0]


def test_an_order_that_is_paid_is_shown_with_the_payment_that_has_paid_it(
    browser: Browser,
) -> None:
    order = browser.order()
    told = {"code": "already_paid", "payment_id": "pay_1", "detail": "Paid."}
    browser.relying_party.told["/payments"] = (409, told)
    made = browser.pay(order, {"card": CARD})
    assert (made.status_code, made.json()["code"]) == (409, "already_paid")
    assert browser.ask("GET", f"/orders/{order['id']}").json()["payment"]["id"] == "pay_1"


def test_what_the_relying_party_refuses_is_passed_on_as_it_is(browser: Browser) -> None:
    order = browser.paid_for()
    told = {"code": "payment_busy", "payment_id": "pay_1", "detail": "Wait.", "status": 409}
    browser.relying_party.told["/payments/pay_1/confirm"] = (409, told)
    answer = browser.own("POST", f"/orders/{order['id']}/confirm", {"payment_method": "pm_2"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "7")
    assert answer.json() == told | {"type": "about:blank"}
    assert browser.relying_party.last("/payments/pay_1/confirm") == {"payment_method": "pm_2"}


def test_without_a_payment_there_is_nothing_to_confirm(browser: Browser) -> None:
    order = browser.order()
    for call in ("confirm", "spc", "cancel"):
        answer = browser.own("POST", f"/orders/{order['id']}/{call}")
        assert (answer.status_code, answer.json()["code"]) == (409, "payment_missing")
        assert browser.own("POST", f"/orders/none/{call}").status_code == 404


def test_the_payer_is_asked_again_or_the_payment_is_canceled(browser: Browser) -> None:
    order = browser.paid_for()
    for call in ("spc", "cancel"):
        answer = browser.own("POST", f"/orders/{order['id']}/{call}")
        assert answer.json() == {"id": "pay_1", "did": call}


def test_the_story_of_an_order_has_its_payment_its_decision_and_its_events(
    browser: Browser,
) -> None:
    order = browser.order()
    nothing = {"payment": None, "decision": None, "events": []}
    assert browser.ask("GET", f"/orders/{order['id']}").json() == order | nothing
    browser.pay(order, {"card": CARD})
    story = browser.ask("GET", f"/orders/{order['id']}").json()
    assert (story["payment"]["id"], story["decision"]["rule"]) == ("pay_1", "small")
    assert [event["type"] for event in story["events"]] == ["step_up.decided", "payment.created"]
    assert browser.relying_party.subjects == ["pay_1", "dec_1"]


def test_who_closes_the_page_comes_back_to_their_order_and_is_told_its_end_once(
    browser: Browser,
) -> None:
    placed = browser.own("POST", "/orders", {"box": "small"})
    kept = placed.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict"} <= set(kept.split("; "))
    cookie = {"cookie": kept.partition(";")[0]}
    browser.pay(placed.json(), {"card": CARD})
    back = browser.ask("GET", "/orders/current", headers=cookie)
    assert (back.json()["id"], "set-cookie" in back.headers) == (placed.json()["id"], False)
    browser.relying_party.payment["ended_at"] = 5
    ended = browser.ask("GET", "/orders/current", headers=cookie)
    assert ended.json()["payment"]["ended_at"] == 5
    assert "Max-Age=0" in ended.headers["set-cookie"]
    assert browser.ask("GET", "/orders/current").json() == {"payment": None}


@pytest.mark.parametrize("name", TEST_CARDS)
def test_a_test_card_is_made_at_the_stand_in_on_the_shops_account(
    browser: Browser, name: str
) -> None:
    made = browser.own("POST", "/cards", {"kind": "test", "name": name})
    assert (made.status_code, made.json()) == (201, {"payment_method": "pm_made"})
    asked = browser.relying_party.last("/_local/stripe/_payment_methods")
    assert asked == {"account": ACCOUNT, "card": TEST_CARDS[name][1]}
    Card.model_validate(asked["card"])


def test_at_stripe_itself_a_test_card_is_one_that_every_account_has(tmp_path: Path) -> None:
    browser = Browser(tmp_path, stand_in=None).connected()
    made = browser.own("POST", "/cards", {"kind": "test", "name": "plain"})
    assert made.json() == {"payment_method": "pm_card_us"}
    made = browser.own("POST", "/cards", {"kind": "wallet", "name": "apple_pay"})
    assert (made.status_code, made.json()["code"]) == (409, "stand_in_missing")


@pytest.mark.parametrize("wallet", ["google_pay", "apple_pay"])
def test_a_wallet_hands_over_a_devices_own_number_by_a_confirmation_token(
    browser: Browser, wallet: str
) -> None:
    made = browser.own("POST", "/cards", {"kind": "wallet", "name": wallet})
    assert made.json() == {"confirmation_token": "ctoken_made"}
    card = browser.relying_party.last("/_local/stripe/_confirmation_tokens")["card"]
    assert card["wallet"]["type"] == wallet
    assert card["wallet"]["dynamic_last4"] != card["last4"]


def test_a_saved_card_is_for_who_is_signed_in_and_names_its_customer(browser: Browser) -> None:
    refused = browser.own("POST", "/cards", {"kind": "saved"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_card")
    signed_in = browser.own("POST", "/customer", {"name": "Aiko"})
    headers = OWN | {"cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    saved = browser.ask("POST", "/cards", json={"kind": "saved"}, headers=headers)
    assert saved.json() == {"payment_method": "pm_made"}
    customer = browser.relying_party.last("/_local/stripe/_payment_methods")["customer"]
    path = f"/orders/{browser.order()['id']}/payment"
    browser.ask("POST", path, json={"card": saved.json()}, headers=headers)
    assert browser.relying_party.last("/payments")["customer"] == customer
    before = len(browser.relying_party.calls)
    browser.ask("POST", "/cards", json={"kind": "saved"}, headers=headers)
    assert len(browser.relying_party.calls) == before


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"kind": "test"},
        {"kind": "test", "name": "golden"},
        {"kind": "test", "name": ["plain"]},
        {"kind": "wallet", "name": "plain"},
        {"kind": "bitcoin", "name": "plain"},
    ],
)
def test_a_card_that_is_not_offered_is_not_made(browser: Browser, card: Json) -> None:
    answer = browser.own("POST", "/cards", card)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_card")
    assert browser.relying_party.calls == []
    order = browser.order()
    assert browser.pay(order, {"card": "pm_1"}).json()["code"] == "invalid_card"


def test_a_sealed_token_is_evidence_for_a_decision_and_no_card(browser: Browser) -> None:
    decided = browser.own("POST", "/sealed-token")
    assert decided.json()["id"] == "dec_1"
    asked = browser.relying_party.last("/step-up-decisions")
    assert asked["google_pay"] == {"payment_data": {"sealed": True}}
    assert "/payments" not in [path for _, path, _ in browser.relying_party.calls]


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
    calls = ("/orders", "/payer", "/ticket", "/cards", "/sealed-token", "/orders/x/payment")
    for method, path in (("POST", call) for call in calls):
        answer = browser.ask(method, path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
    assert browser.file.exists()


def test_a_body_that_is_no_object_is_refused(browser: Browser) -> None:
    for body in ("[]", "junk", "5", b"\xff"):
        answer = browser.ask("POST", "/payer", content=body, headers=OWN)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")
    assert browser.own("POST", "/orders/none/confirm").status_code == 404
    assert browser.ask("GET", "/orders/none").status_code == 404


def test_a_page_loads_from_its_own_site_the_relying_partys_and_stripes_alone(
    browser: Browser,
) -> None:
    policy = browser.ask("GET", "/").headers["content-security-policy"]
    assert f"script-src 'self' {RELYING_PARTY} {STRIPE_JS} https://*.js.stripe.com;" in policy
    assert f"connect-src 'self' {RELYING_PARTY} https://api.stripe.com;" in policy
    assert f"frame-src {RELYING_PARTY} {STRIPE_JS} https://*.js.stripe.com" in policy
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
    named |= set(re.findall(r"`([a-z_]+\.[a-z_0-9.]+)`", used))
    ends = (
        "succeeded.",
        "failed.",
        "canceled.",
        "in_review.",
        "processing.",
        "unreachable.",
        "open.",
    )
    by_code = ("way.", "set_up.fault.", "why.", "doing.", "ask.", "proof.", "fault.", *ends)
    chosen = (*by_code, "product.title", "set_up.title")
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
