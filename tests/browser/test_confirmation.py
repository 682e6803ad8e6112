"""A payer confirms a payment in a real browser, on a shop's page of another origin."""

import json
from typing import Any

from tests.browser.payments import ICON, PIXEL, Stage, approved

LOGO = {"url": PIXEL, "label": "Example Network"}
MISSING = "https://missing.invalid/card.png"


def shown(stage: Stage) -> dict[str, Any]:
    """What the browser says it has shown, in the answer it sent last."""
    credential = json.loads(stage.answers[-1]["body"])["credential"]
    text = credential["response"]["clientDataJSON"]
    raw = stage.page.evaluate("text => atob(text.replaceAll('-', '+').replaceAll('_', '/'))", text)
    return dict(json.loads(raw.encode("latin-1")))


def test_a_payer_approves_on_the_shops_page_and_its_server_learns_it(stage: Stage) -> None:
    told = stage.ask()
    outcome = stage.confirm(told)
    approved(outcome)
    assert outcome["confirmation"]["ceremony_id"] == told["ceremony_id"]
    assert outcome["ended"] == ["success"]
    verdict = stage.verdict(told)
    assert (verdict["status"], verdict["amount"]) == ("authenticated", 1099)
    assert verdict["payer"] == stage.handle
    assert shown(stage)["crossOrigin"] is False
    assert shown(stage)["payment"]["topOrigin"] == stage.origin


def test_the_relying_partys_own_page_can_be_the_shop(stage: Stage) -> None:
    told = stage.ask(caller_origin=stage.service.url, top_origin=stage.service.url)
    outcome = stage.confirm(told, origin=stage.service.url)
    approved(outcome)


def test_a_checkout_of_another_origin_in_a_frame_of_the_shop_confirms(stage: Stage) -> None:
    pay = stage.host("pay")
    told = stage.ask(caller_origin=pay, top_origin=stage.origin)
    outcome = stage.confirm_in(stage.frame(stage.origin, pay), told)
    approved(outcome)
    assert (shown(stage)["origin"], shown(stage)["topOrigin"]) == (pay, stage.origin)


def test_the_payee_is_shown_by_name_and_by_origin(stage: Stage) -> None:
    stage.settings(payee_name="Café “Åse” 東京", payee_origin="https://Åse.example:8443")
    try:
        told = stage.ask()
        approved(stage.confirm(told))
        assert shown(stage)["payment"]["payeeName"] == "Café “Åse” 東京"
        assert shown(stage)["payment"]["payeeOrigin"] == "https://xn--se-xia.example:8443"
        stage.settings(payee_name=None)
        approved(stage.confirm(stage.ask()))
        assert "payeeName" not in shown(stage)["payment"]
    finally:
        stage.settings(payee_name="Morning Crumb", payee_origin=None)


def test_logos_are_shown_in_their_order(stage: Stage) -> None:
    logos = [LOGO, LOGO | {"label": "Example Bank"}]
    approved(stage.confirm(stage.ask(payment_entities_logos=logos)))
    assert shown(stage)["payment"]["paymentEntitiesLogos"] == logos


def test_an_icon_that_cannot_be_shown_may_be_missing_if_the_shop_says_so(stage: Stage) -> None:
    instrument = {"display_name": "Visa 4242", "icon": MISSING, "icon_must_be_shown": False}
    approved(stage.confirm(stage.ask(instrument=instrument)))
    assert shown(stage)["payment"]["instrument"]["icon"] == ""


def test_an_icon_that_must_be_shown_and_cannot_leads_to_3ds(stage: Stage) -> None:
    told = stage.ask(instrument={"display_name": "Visa 4242", "icon": MISSING})
    outcome = stage.confirm(told)
    assert (outcome["reason"], outcome["code"]) == ("unsupported", "not_supported")
    assert (outcome["status"], outcome["next"]) == ("fallback", "ask_server")


def test_the_details_of_the_instrument_are_shown(stage: Stage) -> None:
    instrument = {"display_name": "Visa 4242", "icon": ICON, "details": "12 × 83.33 €"}
    approved(stage.confirm(stage.ask(instrument=instrument)))
    assert shown(stage)["payment"]["instrument"]["details"] == "12 × 83.33 €"
