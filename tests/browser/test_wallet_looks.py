"""How the wallet, its frame and the shop look, on a phone and on a desk."""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit, Visitor
from tests.browser.looks import LOCALES, SCREENS, WALKED, look
from tests.browser.payments import BLANK, plug_in
from tests.support.browser import takes_clicks
from tests.support.service import Service
from tests.support.spc_service import Shop

ENDS = (
    *(("succeeded", proof) for proof in ("none", "wallet", "spc", "3ds")),
    *(("failed", reason) for reason in ("declined", "declined_by_rules")),
    *(("canceled", reason) for reason in ("merchant", "expired")),
    *((status, "") for status in ("in_review", "processing", "unreachable")),
)
"""What may become of an order: the status of its payment, with the proof or the reason."""
UNSET = {"code": "spc_misconfigured", "detail": ""}
UNTRUSTED = {"code": "trusted_browser_required", "detail": ""}
LONG = "Société générale des boulangeries et pâtisseries de Bretagne SA"


@pytest.fixture(scope="module")
def shop(service: Service) -> Shop:
    opened = Shop.open(service)
    path = f"/installations/{opened.merchant.account}"
    members: dict[str, Any] = {
        "payee_name": LONG,
        "payee_origin": "https://boulangeries-de-bretagne.example",
    }
    members |= {"checkout_origins": [f"http://merchant.localhost:{urlsplit(service.url).port}"]}
    answer = service.http.patch(path, headers=opened.merchant.headers, json=members)
    assert answer.status_code == 200, answer.text
    return opened


def credentials(route: Route) -> None:
    """A credential with a browser of each kind, as this machine's own browser has none."""
    nothing: dict[str, Any] = {"everywhere": False, "accounts": []}
    key = {"id": "k1", "status": "pending", "created": 1_795_000_000, **nothing}
    some = {"id": "k0", "status": "trusted", "accounts": ["acct_1", "acct_2"]}
    everywhere = {"id": "k2", "status": "trusted", "everywhere": True}
    entry = {
        "credential_id": "c1",
        "created": 1_790_000_000,
        "last_used": 1_795_000_000,
        "backed_up": True,
        "suspended": False,
        "trusted": nothing,
        "browser_keys": [key, key | some, key | everywhere],
    }
    gone = entry | {"credential_id": "c2", "suspended": True, "browser_keys": []}
    alone = entry | {"credential_id": "c3", "browser_keys": [], "trusted": some}
    route.fulfill(json={"data": [entry, gone, alone], "next_cursor": None})


@pytest.mark.parametrize("language", WALKED)
def test_every_state_of_the_wallet_fits_every_screen(
    visit: Visit, shop: Shop, language: str
) -> None:
    visitor = visit(language=LOCALES[language])
    page = visitor.page
    plug_in(page)

    def see(state: str) -> None:
        visitor.sees(state)
        look(visitor, f"wallet-{state}", language)

    account = {"account_id": shop.merchant.account}
    visitor.open("/wallet")
    see("signed_out")
    visitor.sign_in()
    expect(page.locator("#merchants-note")).not_to_be_empty()
    see("ready")
    visitor.open(f"/wallet?{urlencode(account | {'return_to': 'https://evil.example/'})}")
    see("asked")
    page.locator("#allow").click()
    see("stray")
    visitor.open(f"/wallet?{urlencode(account)}")
    visitor.sees("asked")
    page.locator("#deny").click()
    see("denied")
    visitor.open(f"/wallet?{urlencode(account)}")
    page.locator("#allow").click()
    visitor.sees("allowed")
    expect(page.locator("#merchant-list li")).to_have_count(1)
    see("allowed")
    page.locator("#register").click()
    visitor.sees("registered")
    expect(page.locator("#device-list li")).to_have_count(1)
    see("registered")
    visitor.open(f"/wallet?{urlencode(account)}")
    see("known")
    for name, kept in (("already", "() => {}"), ("browser", "() => delete window.PaymentRequest")):
        page.evaluate(kept)
        page.locator("#register").click()
        expect(page.locator("#register")).to_have_attribute("aria-disabled", "false")
        expect(page.locator("#notice")).not_to_be_empty()
        look(visitor, f"wallet-{name}", language)
    visitor.open("/wallet?account_id=acct_nobodys")
    see("unknown")
    visitor.open("/wallet")
    visitor.sees("ready")
    page.route("**/spc-register-request", lambda route: route.fulfill(status=500, json=UNSET))
    page.locator("#register").click()
    see("unconfigured")
    page.unroute_all()
    page.route(re.compile(r"/spc-credentials$"), credentials)
    visitor.open("/wallet")
    expect(page.locator(".browser")).to_have_count(3)
    page.unroute_all()
    look(visitor, "wallet-browsers", language)
    trust, *removals = page.locator(".browser button").all()
    for button, name in ((trust, "trust"), (removals[0], "remove")):
        button.click()
        expect(page.locator("#question")).to_be_visible()
        look(visitor, f"wallet-{name}", language)
        page.locator("#question-no").click()
    page.route("**/approval-request", lambda route: route.fulfill(status=403, json=UNTRUSTED))
    trust.click()
    page.locator("#question-yes").click()
    expect(page.locator("#devices-note")).not_to_be_empty()
    look(visitor, "wallet-elsewhere", language)
    page.locator("#merchant-list button").click()
    look(visitor, "wallet-end", language)
    page.locator("#question-no").click()
    page.route("**/spc-payers/*", lambda route: route.fulfill(status=503, json={}))
    visitor.open(f"/wallet?{urlencode(account)}")
    see("unavailable")


@pytest.mark.parametrize("language", WALKED)
def test_the_shop_fits_every_screen_whatever_becomes_of_the_payment(
    visit: Visit, language: str
) -> None:
    visitor = visit(language=LOCALES[language])
    page, service = visitor.page, visitor.service
    shop = f"http://merchant.localhost:{urlsplit(service.url).port}"
    page.goto(f"{shop}/set-up")
    page.locator("#account").fill("acct_nobodys")
    page.locator("#use").click()
    expect(page.locator("#fault")).not_to_be_empty()
    look(visitor, "shop-set-up", language)
    page.locator("#demo").click()
    expect(page.locator("#connected")).to_be_visible()
    look(visitor, "shop-connected", language)
    page.locator("#go-product").click()
    expect(page.locator("#way")).to_be_visible()
    look(visitor, "shop-unsupported", language)
    plug_in(page)
    page.reload()
    expect(page.locator("#way")).to_have_attribute("data-way", "unknown")
    expect(page.frame_locator("#frame iframe").locator("#choose")).to_be_visible()
    look(visitor, "shop-product", language)
    page.locator("#customer-name").fill("Aiko")
    page.locator("#customer-enter").click()
    expect(page.frame_locator("#frame iframe").locator("#owner")).to_contain_text("user_")
    look(visitor, "shop-customer", language)
    page.locator("#customer-leave").click()
    expect(page.locator("#customer-form")).to_be_visible()
    for status, reason in ENDS:
        tell(page, story(status, reason))
        page.goto(shop)
        visitor.sees(status)
        expect(page.locator("#status")).to_have_attribute("data-reason", reason)
        page.locator("#drawer").evaluate("drawer => { drawer.open = true; }")
        look(visitor, f"shop-{status}-{reason}", language)
    tell(page, story("ready", ""))
    page.goto(shop)
    visitor.sees("left")
    look(visitor, "shop-left", language)


def tell(page: Page, told: dict[str, Any]) -> None:
    """Have the shop's server tell this of whatever order it is asked about."""
    page.unroute("**/orders/*")
    page.route("**/orders/*", lambda route: route.fulfill(json=told))


def story(status: str, reason: str) -> dict[str, Any]:
    """What the shop's server tells of an order, and all that a drawer can show of one."""
    is_paid = status == "succeeded"
    is_open = status in ("ready", "in_review", "processing", "unreachable")
    steps = [
        {"at": 1_795_000_000, "did": "create", "status": "ready"},
        {"at": 1_795_000_003, "did": "prove", "status": "ready", "reason": "browser_new"},
        {"at": 1_795_000_009, "did": "settle", "status": "processing", "reason": "approved"},
    ]
    payment = {
        "id": "pay_ABCDEFGHIJKLMNOPQRSTUV",
        "status": status,
        "proof": reason if is_paid else None,
        "reason": None if is_paid or not reason else reason,
        "created": 1_795_000_000,
        "ended_at": None if is_open else 1_795_000_009,
        "steps": steps,
    }
    card = {"network": "visa", "last4": "4242", "dynamic_last4": None, "wallet": "google_pay"}
    reasons = ["default", "authentication_expected", "confirmation_unavailable"]
    captures = ["none", "authenticated", "attempt_acknowledged", "exempted", "not_supported"]
    decision = {
        "outcome": "step_up",
        "next": "authenticate",
        "rule": "device-token-of-an-authenticated-cardholder",
        "reasons": reasons,
        "evidence": "gateway",
        "methods": ["spc", "3ds"],
        "captures": captures,
        "card": card,
    }
    event = {"type": "payment.requires_action", "subject": "pay_A", "revision": 12}
    order = {"id": "nGkF6qkNbnhU3QC_0SnqEw", "pieces": 60, "amount": 12000, "currency": "eur"}
    events = [event | {"at": 1_795_000_009}]
    return order | {"payment": payment, "decision": decision, "events": events}


@pytest.mark.parametrize("language", WALKED)
def test_the_frame_fits_into_a_narrow_column(visit: Visit, shop: Shop, language: str) -> None:
    visitor = visit(language=LOCALES[language], screen={"width": 320, "height": 420})
    page = visitor.page
    page.goto(f"{visitor.service.url}/wallet/register?account_id={shop.merchant.account}")
    expect(page.locator("#status")).to_have_attribute("data-state", "ready")
    expect(page.locator("#open-wallet")).to_be_visible()
    look(visitor, "wallet-frame", language, "column")


FRAMED = """async ({ base, account }) => {
  const { registrationFrame } = await import(`${base}/client.js`);
  const { element } = registrationFrame({ base, accountId: account });
  element.style = "width: 100%; height: 26rem; border: 0";
  document.body.replaceChildren(element);
}"""


@pytest.mark.parametrize("language", WALKED)
def test_the_window_and_the_frame_that_opens_it_fit_every_screen(
    visit: Visit, shop: Shop, language: str
) -> None:
    visitor = visit(language=LOCALES[language])
    page = visitor.page
    plug_in(page)
    origin = f"http://merchant.localhost:{urlsplit(visitor.service.url).port}"
    page.route(f"{origin}/blank", lambda route: route.fulfill(body=BLANK, content_type="text/html"))
    page.goto(f"{origin}/blank")
    told = {"base": visitor.service.url, "account": shop.merchant.account}
    page.evaluate(FRAMED, told)
    frame = page.frame_locator("iframe")
    expect(frame.locator("#choose")).to_be_visible()
    visitor.photograph(f"wallet-frame-unowned-{language}-desk")
    takes_clicks(frame.locator("#heading"))
    with page.context.expect_page() as opened:
        frame.locator("#choose").click()
    window = Visitor(opened.value, visitor.service, [], visitor.name)

    def see(state: str) -> None:
        window.sees(state)
        look(window, f"wallet-ticket-{state}", language)

    see("signed_out")
    window.sign_in()
    see("asked")
    window.page.evaluate("window.close = () => {}")
    window.page.locator("#hand-over").click()
    see("given")
    expect(frame.locator("#owner")).to_contain_text(visitor.name)
    visitor.photograph(f"wallet-frame-owned-{language}-desk")
    page.set_viewport_size(SCREENS["phone"])
    visitor.photograph(f"wallet-frame-owned-{language}-phone")
    window.page.reload()
    window.sees("asked")
    window.page.evaluate("window.close = () => {}")
    window.page.locator("#deny").click()
    see("denied")
    visitor.open("/wallet/ticket")
    visitor.sees("alone")
    look(visitor, "wallet-ticket-alone", language)
