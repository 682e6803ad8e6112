"""A payment that is not confirmed in a real browser goes on with 3-D Secure, and says why."""

import json

from playwright.sync_api import Route

from tests.browser.conftest import answered
from tests.browser.payments import Stage, approved, changed
from tests.support.service import new_user

FAIL_TO_FORGET = """async ({ base, told }) => {
  const { confirmPayment } = await import(`${base}/client.js`);
  const { request, total, ceremony_id: ceremonyId } = told;
  const onOptOut = async () => { throw new Error("the shop is down"); };
  return confirmPayment({ request, total, ceremonyId, onOptOut });
}"""
CONFIRM_TWICE = """async ({ base, told }) => {
  const { confirmPayment } = await import(`${base}/client.js`);
  const { request, total, ceremony_id: ceremonyId } = told;
  return Promise.all([1, 2].map(() => confirmPayment({ request, total, ceremonyId })));
}"""


def test_a_payer_who_does_not_approve_goes_on_with_3ds_or_tries_the_same_again(
    stage: Stage,
) -> None:
    told = stage.ask()
    ways = {
        "autoReject": "cancelled",
        "autoChooseToAuthAnotherWay": "no_credential_or_other_way",
    }
    for mode, reason in ways.items():
        outcome = stage.confirm(told, mode)
        assert (outcome["status"], outcome["reason"]) == ("fallback", reason)
        assert outcome["next"] == "ask_server"
        assert stage.answers == []
        assert stage.verdict(told)["status"] == "pending"
    approved(stage.confirm(told))


def test_opting_out_suspends_this_shops_handle_until_the_payer_allows_it_again(
    stage: Stage,
) -> None:
    told = stage.ask()
    outcome = stage.confirm(told, "autoOptOut")
    assert (outcome["reason"], outcome.get("code")) == ("opted_out", None)
    assert outcome["optedOut"] == 1
    assert stage.verdict(told)["status"] == "failed"
    assert stage.shop.ask(stage.handle).json()["code"] == "unknown_payer"
    assert stage.allow() == stage.handle
    approved(stage.confirm(stage.ask()))


def test_a_shop_that_fails_to_forget_the_payer_goes_on_all_the_same(stage: Stage) -> None:
    stage.open()
    stage.cdp.send("Page.setSPCTransactionMode", {"mode": "autoOptOut"})
    given = {"base": stage.service.url, "told": stage.ask()}
    with stage.page.expect_event("pageerror") as failed:
        outcome = stage.page.evaluate(FAIL_TO_FORGET, given)
    stage.allow()
    assert (outcome["reason"], outcome["next"]) == ("opted_out", "ask_server")
    assert failed.value.message == "the shop is down"


def test_a_second_call_learns_that_the_dialog_is_open(stage: Stage) -> None:
    told = stage.ask()
    stage.open()
    page = stage.page.main_frame
    for mode, ends in (("autoReject", "cancelled"), ("autoAccept", None)):
        stage.cdp.send("Page.setSPCTransactionMode", {"mode": mode})
        both = page.evaluate(CONFIRM_TWICE, {"base": stage.service.url, "told": told})
        # Whichever of the two comes first has the dialog.
        first, second = sorted(both, key=lambda outcome: outcome.get("code") == "dialog_open")
        assert first.get("reason") == ends
        assert (second["reason"], second["code"]) == ("unavailable", "dialog_open")
    approved(first)
    approved(stage.confirm_in(page, stage.ask()))


def test_a_device_that_does_not_recognize_its_owner_confirms_nothing(stage: Stage) -> None:
    verified = {"authenticatorId": stage.authenticator, "isUserVerified": False}
    stage.cdp.send("WebAuthn.setUserVerified", verified)
    try:
        outcome = stage.confirm(stage.ask())
    finally:
        stage.cdp.send("WebAuthn.setUserVerified", verified | {"isUserVerified": True})
    assert (outcome["status"], outcome["reason"]) == ("fallback", "cancelled")


def test_on_a_device_that_was_never_set_up_another_way_is_left(stage: Stage) -> None:
    with stage.elsewhere() as other:
        outcome = other.confirm(stage.ask())
    assert (outcome["status"], outcome["reason"]) == ("fallback", "no_credential_or_other_way")


def test_a_payer_without_any_credential_is_not_asked_at_all(stage: Stage) -> None:
    headers = stage.service.as_user(new_user("payer"))
    body = {"account_id": stage.shop.merchant.account}
    handle = stage.service.http.post("/spc-payers", headers=headers, json=body).json()["payer"]
    assert stage.shop.ask(handle).json() == {"available": False, "fallback": "3ds"}


WITHOUT = {
    "delete window.PaymentRequest": "no-payment-request",
    "PaymentRequest.securePaymentConfirmationAvailability ="
    " async () => 'unavailable-no-permission-policy'": "unavailable-no-permission-policy",
    "PaymentRequest.securePaymentConfirmationAvailability = undefined;"
    " PaymentRequest.prototype.canMakePayment = async () => false": "unavailable-unknown-reason",
}
"""What a browser is without, and the reason that a page is given."""


def test_a_browser_that_cannot_confirm_is_recognized_before_anything_is_shown(
    stage: Stage,
) -> None:
    told = stage.ask()
    for without, reason in WITHOUT.items():
        stage.open()
        stage.page.evaluate(f"() => {{ {without}; }}")
        outcome = stage.confirm_in(stage.page.main_frame, told)
        found = (outcome["status"], outcome["reason"], outcome["code"])
        assert found == ("fallback", "unsupported", reason)


def test_a_browser_without_the_newer_static_methods_is_asked_in_the_older_way(
    stage: Stage,
) -> None:
    told = stage.ask()
    stage.open()
    stage.page.evaluate(
        "() => { PaymentRequest.securePaymentConfirmationAvailability = undefined;"
        " PaymentRequest.getSecurePaymentConfirmationCapabilities = undefined; }"
    )
    support = stage.page.evaluate(
        "async base => (await import(`${base}/client.js`)).paymentConfirmationSupport()",
        stage.service.url,
    )
    assert support == {"available": True, "reason": None, "browserBoundKeys": None}
    approved(stage.confirm_in(stage.page.main_frame, told))


def test_in_a_frame_that_may_not_another_way_is_left(stage: Stage) -> None:
    frame = stage.frame(stage.origin, stage.host("pay"), allow="")
    outcome = stage.confirm_in(frame, stage.ask())
    assert (outcome["status"], outcome["reason"]) == ("fallback", "unsupported")


def test_a_malformed_request_ends_with_a_code(stage: Stage) -> None:
    told = changed(stage.ask(), "request.challenge", "not base64url!")
    outcome = stage.confirm(told)
    assert (outcome["reason"], outcome["code"]) == ("unavailable", "invalid_request")


def test_an_answer_whose_verdict_was_lost_is_known_to_the_server_alone(stage: Stage) -> None:
    told = stage.ask()
    seen = 0

    def lose_the_first(route: Route) -> None:
        nonlocal seen
        seen += 1
        if route.request.method == "POST" and seen == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    stage.page.route("**/spc-auth-response", lose_the_first)
    try:
        outcome = stage.confirm(told)
    finally:
        stage.page.unroute("**/spc-auth-response")
    assert (outcome["reason"], outcome["code"]) == ("unavailable", "answer_lost")
    assert outcome["ended"] == ["fail"]
    assert stage.verdict(told)["status"] == "authenticated"


def test_without_a_verdict_the_payment_goes_on_with_3ds(stage: Stage) -> None:
    told = stage.ask()
    problem = json.dumps({"code": "storage_unavailable", "status": 503})
    headers = {"access-control-allow-origin": "*", "content-type": "application/problem+json"}
    with answered(stage, "**/spc-auth-response", status=503, body=problem, headers=headers):
        outcome = stage.confirm(told)
    assert (outcome["reason"], outcome["code"]) == ("unavailable", "storage_unavailable")
    assert (len(stage.answers), outcome["next"]) == (2, "ask_server")
