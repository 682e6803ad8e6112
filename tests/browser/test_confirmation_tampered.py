"""What a lying page has a real browser show is signed by it, compared by us, and refused by name."""

import base64
from typing import Any

import pytest

from tests.browser.conftest import answered
from tests.browser.payments import APPROVAL, ICON, PIXEL, Stage, changed

LOGO = {"url": PIXEL, "label": "Example Network"}
INSTRUMENT = {"display_name": "Visa •••• 4242", "icon": ICON, "details": "Debit"}
OTHER_CHALLENGE = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()


@pytest.fixture(autouse=True)
def anew(stage: Stage) -> None:
    """For each test a handle of its own: after 15 wrong answers within an hour nothing more is asked
    with one.
    """
    stage.allow_anew()


CHANGES: list[tuple[str, Any, str]] = [
    ("total.value", "1.99", "wrong_total"),
    ("total.value", "10.990", "wrong_total"),
    ("total.currency", "USD", "wrong_total"),
    ("request.payeeName", "Red Cross", "wrong_payee"),
    ("request.payeeName", "morning crumb", "wrong_payee"),
    ("request.payeeOrigin", "https://redcross.example", "wrong_payee"),
    ("request.instrument.displayName", "Visa •••• 1111", "wrong_instrument"),
    ("request.instrument.icon", PIXEL, "wrong_instrument"),
    ("request.instrument.details", "Credit", "wrong_instrument"),
    ("request.instrument.details", None, "wrong_instrument"),
    ("request.paymentEntitiesLogos.0.label", "Another Network", "wrong_logos"),
    ("request.paymentEntitiesLogos.0.url", ICON, "wrong_logos"),
    ("request.paymentEntitiesLogos", [LOGO, LOGO | {"label": "More"}], "wrong_logos"),
    ("request.challenge", OTHER_CHALLENGE, "wrong_challenge"),
]
"""A member, what it is changed to, and by which code it is refused. One handle may be wrong 15 times."""


def test_a_member_that_was_changed_before_it_was_shown_is_refused(stage: Stage) -> None:
    stage.open()
    page = stage.page.main_frame
    for path, value, code in CHANGES:
        told = stage.ask(instrument=INSTRUMENT, payment_entities_logos=[LOGO])
        outcome = stage.confirm_in(page, changed(told, path, value))
        found = (outcome["status"], outcome["reason"], outcome["code"], outcome["ended"])
        assert found == ("fallback", "refused", code, ["fail"]), (path, value)
        assert stage.verdict(told)["status"] == "pending", (path, value)


def test_a_payee_that_is_left_out_is_refused(stage: Stage) -> None:
    stage.settings(payee_origin="https://crumb.example")
    try:
        told = stage.ask()
        for member in ("payeeName", "payeeOrigin"):
            outcome = stage.confirm(changed(told, f"request.{member}", None))
            assert outcome["code"] == "wrong_payee"
    finally:
        stage.settings(payee_origin=None)


def test_the_answer_to_one_payment_is_none_to_another(stage: Stage) -> None:
    first, second = stage.ask(), stage.ask()
    outcome = stage.confirm(changed(first, "ceremony_id", second["ceremony_id"]))
    assert outcome["code"] == "wrong_challenge"
    assert stage.verdict(first)["status"] == stage.verdict(second)["status"] == "pending"


def test_a_page_of_an_origin_that_the_shop_has_not_named_gets_nothing(stage: Stage) -> None:
    told = stage.ask()
    outcome = stage.confirm(told, origin=stage.host("evil"))
    assert (outcome["status"], outcome["code"]) == ("fallback", "network_error")
    assert send(stage)["code"] == "wrong_origin"
    assert stage.verdict(told)["status"] == "pending"


def test_an_origin_of_the_shop_that_was_not_asked_for_is_refused(stage: Stage) -> None:
    told = stage.ask(caller_origin=stage.origin, top_origin=stage.origin)
    assert stage.confirm(told, origin=stage.host("pay"))["code"] == "wrong_origin"


def test_a_checkout_in_a_frame_of_a_stranger_is_refused(stage: Stage) -> None:
    told = stage.ask()
    frame = stage.frame(stage.host("evil"), stage.origin)
    assert stage.confirm_in(frame, told)["code"] == "wrong_top_origin"


def test_a_frame_where_none_was_asked_for_is_refused(stage: Stage) -> None:
    told = stage.ask(caller_origin=stage.origin, top_origin=stage.origin)
    frame = stage.frame(stage.host("pay"), stage.origin)
    assert stage.confirm_in(frame, told)["code"] == "wrong_top_origin"


def test_another_relying_partys_id_finds_no_credential(stage: Stage) -> None:
    told = changed(stage.ask(), "request.rpId", "merchant.localhost")
    assert stage.confirm(told)["reason"] == "no_credential_or_other_way"


def test_nothing_but_a_whole_approval_is_taken_for_one(stage: Stage) -> None:
    without = {name: value for name, value in APPROVAL.items() if name != "step_up_required"}
    changes = ({"success": False}, {"success": "true"}, {"step_up_required": None})
    headers = {"access-control-allow-origin": "*"}
    stage.open()
    for answer in ([], {}, *(APPROVAL | change for change in changes), without):
        with answered(stage, "**/spc-auth-response", json=answer, headers=headers):
            outcome = stage.confirm_in(stage.page.main_frame, stage.ask())
        assert (outcome["status"], outcome["next"]) == ("fallback", "ask_server"), answer
        assert (outcome["reason"], outcome["code"]) == ("unavailable", "unexpected_answer")
        assert outcome["ended"] == ["fail"]


def send(stage: Stage) -> dict[str, Any]:
    """Send the last answer again, without a browser that could keep the refusal from us."""
    headers = {"content-type": "application/json"}
    body = stage.answers[-1]["body"]
    return dict(stage.service.http.post("/spc-auth-response", content=body, headers=headers).json())
