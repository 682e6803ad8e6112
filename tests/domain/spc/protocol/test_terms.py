"""What the payer was shown, the payee, the amount, the instrument and the logos, is what was asked for:
exactly, and absent where it was absent. All is signed again by the right keys.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.spc.protocol.terms import Total
from tests.support.chromium import Json
from tests.support.spc_payments import (
    DETAILED,
    LOGOS,
    NAMELESS,
    OPTIONAL,
    PLAIN,
    SHOP,
    SITELESS,
    WITH_LOGOS,
    Edit,
    Payment,
    drop,
    put,
    with_request,
)


@pytest.mark.parametrize(("payment", "name", "value"), [
    (NAMELESS, "payeeName", "Shop, Inc."), (SITELESS, "payeeOrigin", SHOP),
    (NAMELESS, "payeeName", ""), (SITELESS, "payeeOrigin", ""),
])  # fmt: skip
def test_a_payee_that_was_not_to_be_shown_is_refused(
    payment: Payment, name: str, value: str
) -> None:
    assert payment.answer(put("payment", name, to=value)).refusal() == "wrong_payee"


@pytest.mark.parametrize("name", ["payeeName", "payeeOrigin"])
def test_a_payee_that_was_not_shown_is_refused(name: str) -> None:
    assert PLAIN.answer(drop("payment", name)).refusal() == "wrong_payee"


@pytest.mark.parametrize("name", [
    "Shop, Inc", "shop, inc.", "Shop, Inc. ", "Shop,\u00a0Inc.", "Shop, Inc.\u202e", "",
])  # fmt: skip
def test_a_payees_name_is_compared_code_point_for_code_point(name: str) -> None:
    assert PLAIN.answer(put("payment", "payeeName", to=name)).refusal() == "wrong_payee"


def test_a_composed_letter_is_not_its_decomposed_one() -> None:
    composed = with_request(payeeName="Caf\u00e9")
    assert composed.answer().refusal() is None
    edit = put("payment", "payeeName", to="Cafe\u0301")
    assert composed.answer(edit).refusal() == "wrong_payee"


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_a_payees_name_is_right_only_where_it_is_equal(asked: str, shown: str) -> None:
    answer = PLAIN.answer(put("payment", "payeeName", to=shown))
    assert answer.refusal(payee_name=asked) == (None if asked == shown else "wrong_payee")
    assert answer.refusal(payee_name=shown) is None


AMOUNTS = [
    "12.34",
    "012.34",
    "12.340",
    "12,34",
    " 12.34",
    "1234",
    "1.234e1",
    "-12.34",
    "１２.34",
    "",
]


@pytest.mark.parametrize("asked", AMOUNTS)
def test_an_amount_is_its_text_and_never_its_number(asked: str) -> None:
    for shown in AMOUNTS:
        answer = PLAIN.answer(put("payment", "total", "value", to=shown))
        found = answer.refusal(total=Total(asked, "EUR"))
        assert found == (None if asked == shown else "wrong_total")


@pytest.mark.parametrize("currency", ["USD", "eur", "EUR ", "", "978"])
def test_another_currency_is_refused(currency: str) -> None:
    edit = put("payment", "total", "currency", to=currency)
    assert PLAIN.answer(edit).refusal() == "wrong_total"


@pytest.mark.parametrize("edit", [
    put("displayName", to="Card ••43"), put("displayName", to=""),
    put("icon", to="https://pay.example/other.png"), put("icon", to=""),
    put("details", to="exp. 01/30"), put("details", to=""), drop("details"),
    put("iconMustBeShown", to=False),
])  # fmt: skip
def test_another_instrument_is_refused(edit: Edit) -> None:
    answer = DETAILED.answer(lambda members: edit(members["payment"]["instrument"]))
    assert answer.refusal() == "wrong_instrument"


@pytest.mark.parametrize("details", ["exp. 01/29", ""])
def test_details_that_were_not_to_be_shown_are_refused(details: str) -> None:
    edit = put("payment", "instrument", "details", to=details)
    assert PLAIN.answer(edit).refusal() == "wrong_instrument"


def test_an_icon_may_be_missing_only_where_it_need_not_be_shown() -> None:
    assert OPTIONAL.sign(OPTIONAL.client_data(shown=False)).refusal() is None
    assert PLAIN.sign(PLAIN.client_data(shown=False)).refusal() == "wrong_instrument"
    other = put("payment", "instrument", "icon", to="https://pay.example/other.png")
    assert OPTIONAL.answer(other).refusal() == "wrong_instrument"


@pytest.mark.parametrize("asked", [True, False])
def test_a_browser_that_says_whether_the_icon_must_be_shown_says_what_was_asked(
    asked: bool,
) -> None:
    payment = PLAIN if asked else OPTIONAL
    for told in (True, False):
        edit = put("payment", "instrument", "iconMustBeShown", to=told)
        expected = None if told == asked else "wrong_instrument"
        assert payment.answer(edit).refusal() == expected


BANK, NETWORK = LOGOS
OTHER = {"url": "https://pay.example/Other.png", "label": "Other"}


@pytest.mark.parametrize(("shown", "code"), [
    ([BANK, NETWORK], None),
    ([BANK], None),
    ([BANK | {"url": ""}, NETWORK], None),
    ([BANK | {"url": ""}, NETWORK | {"url": ""}], None),
    ([BANK | {"fill": "black"}], None),
    ([], None),
    ([NETWORK, BANK], "wrong_logos"),
    ([BANK, NETWORK, NETWORK], "wrong_logos"),
    ([BANK, NETWORK, OTHER], "wrong_logos"),
    ([OTHER], "wrong_logos"),
    ([OTHER, BANK, NETWORK], "wrong_logos"),
    ([BANK | {"label": "bank"}, NETWORK], "wrong_logos"),
    ([BANK, NETWORK | {"label": "Bank"}], "wrong_logos"),
    ([BANK, NETWORK | {"url": OTHER["url"]}], "wrong_logos"),
])  # fmt: skip
def test_the_logos_shown_are_the_first_of_those_that_were_to_be(
    shown: list[Json], code: str | None
) -> None:
    edit = put("payment", "paymentEntitiesLogos", to=shown)
    assert WITH_LOGOS.answer(edit).refusal() == code


def test_no_logos_are_an_empty_list_or_no_member() -> None:
    assert PLAIN.answer(put("payment", "paymentEntitiesLogos", to=[])).refusal() is None
    assert PLAIN.answer(drop("payment", "paymentEntitiesLogos")).refusal() is None
    assert (
        PLAIN.answer(put("payment", "paymentEntitiesLogos", to=[BANK])).refusal() == "wrong_logos"
    )
    assert WITH_LOGOS.answer(drop("payment", "paymentEntitiesLogos")).refusal() is None


def test_of_three_logos_the_browser_shows_two() -> None:
    payment = with_request(paymentEntitiesLogos=[BANK, NETWORK, OTHER])
    assert payment.answer().refusal() is None
