"""Registering a credential in a frame of a shop's page, as `registrationFrame` of client.js does it."""

import re

from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.payments import FRAME, REGISTER, Stage
from tests.support.browser import takes_clicks
from tests.support.service import new_user

OPEN = """async ({ base, accountId, token }) => {
  const { registrationFrame } = await import(`${base}/client.js`);
  window.outcomes = [];
  const onOutcome = (outcome) => window.outcomes.push(outcome);
  const frame = registrationFrame({ base, accountId, token, title: "Next time", onOutcome });
  frame.element.id = "frame";
  document.body.append(frame.element);
}"""
OPEN_WITHOUT = OPEN.replace("token, title", "token: () => Promise.reject(new Error()), title")
BARE = """async (address) => {
  const frame = document.createElement("iframe");
  frame.id = "frame";
  frame.src = address;
  document.body.append(frame);
}"""
FORGE = "parent.frames[0].postMessage({ type: 'countersign:token', token: 'x' }, '*')"


def embed(stage: Stage, token: str, origin: str = "", script: str = OPEN) -> FrameLocator:
    """The frame in the shop's page, which hands it this token."""
    stage.open(origin)
    account = stage.shop.merchant.account
    told = {"base": stage.service.url, "accountId": account, "token": token}
    stage.page.evaluate(script, told)
    return stage.page.frame_locator("#frame")


def outcomes(page: Page) -> list[dict[str, object]]:
    """The outcome that the shop's page was given, once it was given one."""
    page.wait_for_function("window.outcomes.length > 0")
    return list(page.evaluate("window.outcomes"))


def ready(frame: FrameLocator) -> None:
    expect(frame.locator("#register")).to_have_attribute("aria-disabled", "false")
    takes_clicks(frame.locator("#heading"))


def test_a_payer_sets_up_the_device_without_leaving_the_shop(stage: Stage) -> None:
    token = stage.service.token(new_user("payer"))
    frame = embed(stage, token)
    ready(frame)
    frame.locator("#register").click()
    expect(frame.locator("#heading")).to_have_text("This device is set up")
    assert outcomes(stage.page) == [{"registered": True, "code": None}]
    headers = {"Authorization": f"Bearer {token}"}
    [found] = stage.service.http.get("/spc-credentials", headers=headers).json()["data"]
    assert found["backed_up"] is False


def test_the_shop_learns_that_nothing_was_set_up_and_why(stage: Stage) -> None:
    frame = embed(stage, stage.token)
    ready(frame)
    frame.locator("#register").click()
    expect(frame.locator("#notice")).to_contain_text("remove the device from your wallet")
    expect(frame.locator("#open-wallet")).to_be_visible()
    assert outcomes(stage.page) == [{"registered": False, "code": "credential_exists"}]


def test_a_token_that_is_not_taken_leads_to_the_wallet(stage: Stage) -> None:
    frame = embed(stage, "junk")
    ready(frame)
    frame.locator("#register").click()
    expect(frame.locator("#notice")).to_contain_text("sign-in has expired")
    expect(frame.locator("#open-wallet")).to_be_visible()
    assert outcomes(stage.page) == [{"registered": False, "code": "invalid_token"}]


def test_a_page_without_a_token_learns_it_and_the_frame_offers_the_wallet(stage: Stage) -> None:
    frame = embed(stage, "", script=OPEN_WITHOUT)
    assert outcomes(stage.page) == [{"registered": False, "code": "token_unavailable"}]
    expect(frame.locator("#open-wallet")).to_be_visible()


def test_a_browser_that_would_never_offer_the_device_does_not_set_it_up(stage: Stage) -> None:
    token, code = stage.service.token(new_user("payer")), "unavailable-feature-not-enabled"
    with stage.elsewhere(able=False) as other:
        frame = embed(other, token)
        ready(frame)
        frame.locator("#register").click()
        expect(frame.locator("#notice")).to_contain_text("in another browser")
        expect(frame.locator("#open-wallet")).to_be_visible()
        assert outcomes(other.page) == [{"registered": False, "code": code}]
        assert other.register()["code"] == code
    headers = {"Authorization": f"Bearer {token}"}
    assert stage.service.http.get("/spc-credentials", headers=headers).json()["data"] == []


def test_an_older_browser_that_says_nothing_in_a_frame_sets_up_the_device(
    stage: Stage,
) -> None:
    token = stage.service.token(new_user("payer"))
    with stage.elsewhere() as other:
        other.page.add_init_script("delete PaymentRequest.securePaymentConfirmationAvailability")
        frame = embed(other, token)
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
    assert (outcome["reason"], outcome["code"]) == ("refused", "answer_withheld")
    stage.page.context.set_offline(True)
    try:
        outcome = stage.page.evaluate(REGISTER, given)
    finally:
        stage.page.context.set_offline(False)
    assert (outcome["reason"], outcome["code"]) == ("unavailable", "network_error")


def test_a_site_that_the_merchant_has_not_named_cannot_frame_it(stage: Stage) -> None:
    with stage.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        embed(stage, stage.token, origin=stage.host("evil"))
    assert "/wallet/register" not in stage.page.frames[-1].url


def test_a_token_from_anybody_but_the_page_around_it_counts_as_none(stage: Stage) -> None:
    """The frame then offers the wallet, as it does when nobody hands it a token."""
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
