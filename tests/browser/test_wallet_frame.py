"""Registering a credential in a frame of a shop's page, as `registrationFrame` of client.js does it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import answered
from tests.browser.payments import FRAME, REGISTER, Stage
from tests.support.browser import takes_clicks
from tests.support.service import new_user
from tests.support.spc_service import Shop

OPEN = """async ({ base, accountId, ticket }) => {
  const { registrationFrame } = await import(`${base}/client.js`);
  window.outcomes = [];
  const onOutcome = (outcome) => window.outcomes.push(outcome);
  const frame = registrationFrame({ base, accountId, ticket, title: "Next time", onOutcome });
  frame.element.id = "frame";
  document.body.append(frame.element);
}"""
OPEN_FAILING = OPEN.replace("ticket, title", "ticket: () => Promise.reject(new Error()), title")
BARE = """async (address) => {
  const frame = document.createElement("iframe");
  frame.id = "frame";
  frame.src = address;
  document.body.append(frame);
}"""
FORGE = "parent.frames[0].postMessage({ type: 'countersign:ticket', ticket: 'x' }, '*')"
AGAIN = """(ticket) => document.querySelector("#frame").contentWindow
  .postMessage({ type: "countersign:ticket", ticket }, "*")"""
TICKETS, CREDENTIALS = "/spc-registration-tickets", "/spc-credentials"


@pytest.fixture(autouse=True)
def room_in_the_device(stage: Stage) -> Iterator[None]:
    """A virtual authenticator has room for a few credentials: those of a test go with it."""
    device = {"authenticatorId": stage.authenticator}

    def ids() -> set[str]:
        found = stage.cdp.send("WebAuthn.getCredentials", device)["credentials"]
        return {credential["credentialId"] for credential in found}

    before = ids()
    yield
    for credential in ids() - before:
        stage.cdp.send("WebAuthn.removeCredential", device | {"credentialId": credential})


def ticket_for(stage: Stage, user: str, account: str = "") -> str:
    """A ticket that the business's server has had made for a person, for the shop's pages."""
    headers = stage.service.as_user("business-server", "countersign/operator")
    body = {"user_id": user, "account_id": account or stage.shop.merchant.account}
    answer = stage.service.http.post(TICKETS, headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket"])


def devices(stage: Stage, user: str) -> list[dict[str, object]]:
    """The credentials in a person's wallet."""
    headers = stage.service.as_user(user)
    return list(stage.service.http.get(CREDENTIALS, headers=headers).json()["data"])


def embed(stage: Stage, ticket: str | None, origin: str = "", script: str = OPEN) -> FrameLocator:
    """The frame in the shop's page, which hands it this ticket."""
    stage.open(origin)
    account = stage.shop.merchant.account
    told = {"base": stage.service.url, "accountId": account, "ticket": ticket}
    stage.page.evaluate(script, told)
    return stage.page.frame_locator("#frame")


def outcomes(page: Page) -> list[dict[str, object]]:
    """The outcome that the shop's page was given, once it was given one."""
    page.wait_for_function("window.outcomes.length > 0")
    return list(page.evaluate("window.outcomes"))


def ready(frame: FrameLocator) -> None:
    expect(frame.locator("#register")).to_have_attribute("aria-disabled", "false")
    takes_clicks(frame.locator("#heading"))


def asks_to_sign_in(frame: FrameLocator) -> None:
    """The frame has no ticket that counts: it offers the window, and to register nothing."""
    expect(frame.locator("#choose")).to_be_visible()
    expect(frame.locator("#register")).to_be_hidden()


def test_a_payer_sets_up_the_device_without_leaving_the_shop(stage: Stage) -> None:
    user = new_user("payer")
    frame = embed(stage, ticket_for(stage, user))
    ready(frame)
    expect(frame.locator("#owner")).to_contain_text(user)
    frame.locator("#register").click()
    expect(frame.locator("#heading")).to_have_text("This device is set up")
    assert outcomes(stage.page) == [{"registered": True, "code": None}]
    [found] = devices(stage, user)
    assert found["backed_up"] is False


def test_the_shop_learns_that_nothing_was_set_up_and_why(stage: Stage) -> None:
    body = {"account_id": stage.shop.merchant.account}
    made = stage.service.http.post(TICKETS, headers=stage.headers, json=body)
    frame = embed(stage, made.json()["ticket"])
    ready(frame)
    frame.locator("#register").click()
    expect(frame.locator("#notice")).to_contain_text("remove the device from your wallet")
    expect(frame.locator("#open-wallet")).to_be_visible()
    assert outcomes(stage.page) == [{"registered": False, "code": "credential_exists"}]


def test_a_ticket_that_is_used_expired_or_none_leads_to_signing_in(stage: Stage) -> None:
    user = new_user("payer")
    used = ticket_for(stage, user)
    frame = embed(stage, used)
    ready(frame)
    frame.locator("#register").click()
    expect(frame.locator("#heading")).to_have_text("This device is set up")
    for ticket, code in ((used, "ticket_already_used"), ("junk", "unknown_ticket")):
        frame = embed(stage, ticket)
        asks_to_sign_in(frame)
        expect(frame.locator("#notice")).to_contain_text("expired or was used")
        assert outcomes(stage.page) == [{"registered": False, "code": code}]
    gone = {"status": 410, "json": {"code": "ticket_expired", "detail": ""}}
    with answered(stage, "**/spc-framed-register-request", **gone):
        frame = embed(stage, ticket_for(stage, user))
        asks_to_sign_in(frame)
        assert outcomes(stage.page) == [{"registered": False, "code": "ticket_expired"}]
    assert len(devices(stage, user)) == 1


def test_a_ticket_for_another_merchants_pages_registers_nothing(stage: Stage) -> None:
    user, other = new_user("payer"), Shop.open(stage.service)
    frame = embed(stage, ticket_for(stage, user, other.merchant.account))
    ready(frame)
    frame.locator("#register").click()
    expect(frame.locator("#notice")).to_contain_text("wrong_top_origin")
    assert outcomes(stage.page) == [{"registered": False, "code": "wrong_top_origin"}]
    assert devices(stage, user) == []


def test_a_page_cannot_change_the_wallet_once_the_frame_has_named_it(stage: Stage) -> None:
    user, other = new_user("payer"), new_user("other")
    frame = embed(stage, ticket_for(stage, user))
    ready(frame)
    stage.page.evaluate(AGAIN, ticket_for(stage, other))
    frame.locator("#register").click()
    expect(frame.locator("#heading")).to_have_text("This device is set up")
    assert (len(devices(stage, user)), devices(stage, other)) == (1, [])


def test_a_page_that_gets_no_ticket_learns_it_and_the_frame_lets_sign_in(stage: Stage) -> None:
    frame = embed(stage, None, script=OPEN_FAILING)
    assert outcomes(stage.page) == [{"registered": False, "code": "ticket_unavailable"}]
    asks_to_sign_in(frame)


def test_a_browser_that_would_never_offer_the_device_does_not_set_it_up(stage: Stage) -> None:
    user, code = new_user("payer"), "unavailable-feature-not-enabled"
    with stage.elsewhere(able=False) as other:
        frame = embed(other, ticket_for(stage, user))
        ready(frame)
        frame.locator("#register").click()
        expect(frame.locator("#notice")).to_contain_text("in another browser")
        expect(frame.locator("#open-wallet")).to_be_visible()
        assert outcomes(other.page) == [{"registered": False, "code": code}]
        assert other.register()["code"] == code
    assert devices(stage, user) == []


def test_an_older_browser_that_says_nothing_in_a_frame_sets_up_the_device(
    stage: Stage,
) -> None:
    ticket = ticket_for(stage, new_user("payer"))
    with stage.elsewhere() as other:
        other.page.add_init_script("delete PaymentRequest.securePaymentConfirmationAvailability")
        frame = embed(other, ticket)
        ready(frame)
        frame.locator("#register").click()
        expect(frame.locator("#heading")).to_have_text("This device is set up")
        assert outcomes(other.page) == [{"registered": True, "code": None}]


def test_a_shops_own_page_learns_that_it_is_refused_and_not_that_the_network_failed(
    stage: Stage,
) -> None:
    stage.open()
    given = {"base": stage.service.url, "token": stage.token}
    outcome = stage.page.evaluate(REGISTER, given)
    assert (outcome["reason"], outcome["code"]) == ("refused", "invalid_token")
    stage.page.context.set_offline(True)
    try:
        outcome = stage.page.evaluate(REGISTER, given)
    finally:
        stage.page.context.set_offline(False)
    assert (outcome["reason"], outcome["code"]) == ("unavailable", "network_error")


def test_a_site_that_the_merchant_has_not_named_cannot_frame_it(stage: Stage) -> None:
    with stage.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        embed(stage, "x", origin=stage.host("evil"))
    assert "/wallet/register" not in stage.page.frames[-1].url


def test_a_ticket_from_anybody_but_the_page_around_it_counts_as_none(stage: Stage) -> None:
    """The frame then offers the wallet, as it does when nobody hands it a ticket."""
    frame = bare(stage)
    expect(frame.locator("#status")).to_have_attribute("data-state", "ready")
    stage.page.evaluate(FRAME, {"address": f"{stage.host('evil')}/", "allow": ""})
    stage.page.frames[-1].evaluate(FORGE)
    expect(frame.locator("#open-wallet")).to_be_visible()
    expect(frame.locator("#register")).to_have_attribute("aria-disabled", "true")


def bare(stage: Stage) -> FrameLocator:
    """The frame in the shop's page, which hands it nothing."""
    stage.open()
    account = stage.shop.merchant.account
    stage.page.evaluate(BARE, f"{stage.service.url}/wallet/register?account_id={account}")
    return stage.page.frame_locator("#frame")


def test_the_page_says_by_itself_who_may_frame_it(stage: Stage) -> None:
    account = stage.shop.merchant.account
    answer = stage.service.http.get("/wallet/register", params={"account_id": account})
    policy = answer.headers["content-security-policy"]
    ancestors = re.search(r"frame-ancestors ([^;]+)", policy)
    assert ancestors
    assert stage.origin in ancestors[1].split()
    assert "publickey-credentials-create=(self)" in answer.headers["permissions-policy"]
    nobody = stage.service.http.get("/wallet/register")
    assert "frame-ancestors 'none'" in nobody.headers["content-security-policy"]
    unknown = stage.service.http.get("/wallet/register", params={"account_id": "acct_x"})
    assert unknown.status_code == 404
