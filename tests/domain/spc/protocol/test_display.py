"""What a merchant asks to have shown: made ready for a browser, or refused with every fault at once."""

from typing import Any

import pytest

from countersign.problems import Invalid
from countersign.spc.protocol.display import checked_display
from countersign.spc.protocol.terms import Instrument, Logo
from tests.support.spc_people import ICON

LOGO = {"url": "https://bank.example/logo.png", "label": "Bank"}
CARD: dict[str, Any] = {
    "display_name": "Visa 4242",
    "icon": ICON,
    "icon_must_be_shown": True,
    "details": None,
}


def pointers(instrument: dict[str, Any], logos: list[dict[str, Any]]) -> list[str]:
    """The members at fault."""
    with pytest.raises(Invalid) as refused:
        checked_display(instrument, logos)
    assert all(fault["message"].startswith("must ") for fault in refused.value.errors)
    return [fault["pointer"] for fault in refused.value.errors]


def test_what_is_valid_is_returned_as_a_browser_writes_it() -> None:
    card = CARD | {
        "display_name": " Cafe\u0301 Card ",
        "icon": "https://RP.example:443/./a b.png",
        "icon_must_be_shown": False,
        "details": "exp. 01/29 ",
    }
    logos = [LOGO, {"url": "https://NET.example", "label": " Network"}]
    assert checked_display(card, logos) == (
        Instrument("Café Card", "https://rp.example/a%20b.png", False, "exp. 01/29"),
        (Logo("https://bank.example/logo.png", "Bank"), Logo("https://net.example/", "Network")),
    )


def test_details_and_logos_may_be_missing() -> None:
    assert checked_display(CARD, []) == (Instrument("Visa 4242", ICON, True, None), ())


@pytest.mark.parametrize(("member", "value"), [
    ("display_name", ""), ("display_name", "x" * 65), ("display_name", "Visa\u202e4242"),
    ("icon", ""), ("icon", "http://rp.example/card.png"), ("icon", "card.png"),
    ("icon", "data:image/png;base64," + "A" * 16 * 1024),
    ("details", ""), ("details", "x" * 257), ("details", "a\0b"),
])  # fmt: skip
def test_a_member_that_no_browser_takes_or_nobody_can_read_is_refused(
    member: str, value: str
) -> None:
    assert pointers(CARD | {member: value}, []) == [f"/instrument/{member}"]


@pytest.mark.parametrize(("member", "value"), [
    ("url", ""), ("url", "http://bank.example/"), ("url", "https://bank.example/" + "a" * 4096),
    ("label", ""), ("label", "x" * 65), ("label", "Ba\u200bnk"),
])  # fmt: skip
def test_a_logo_that_no_browser_takes_or_nobody_can_read_is_refused(
    member: str, value: str
) -> None:
    assert pointers(CARD, [LOGO, LOGO | {member: value}]) == [f"/payment_entities_logos/1/{member}"]


def test_a_third_logo_is_refused_since_browsers_show_two() -> None:
    assert checked_display(CARD, [LOGO, LOGO])[1] == (Logo(**LOGO), Logo(**LOGO))
    assert pointers(CARD, [LOGO, LOGO, LOGO]) == ["/payment_entities_logos"]


def test_every_fault_is_reported_at_once() -> None:
    card = CARD | {"display_name": "", "icon": "", "details": ""}
    assert pointers(card, [{"url": "", "label": ""}]) == [
        "/instrument/display_name", "/instrument/icon", "/instrument/details",
        "/payment_entities_logos/0/url", "/payment_entities_logos/0/label",
    ]  # fmt: skip


def test_an_icon_of_the_longest_size_is_accepted() -> None:
    start = "data:image/png;base64,"
    icon = start + "A" * (16 * 1024 - len(start))
    assert checked_display(CARD | {"icon": icon}, [])[0].icon == icon
