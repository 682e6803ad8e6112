"""A response is verified against every term of its ceremony. What is tampered with is signed again by
the right keys, so that nothing but the step in question can refuse it.
"""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.spc.protocol.terms import Terms
from tests.support.authenticator import b64
from tests.support.chromium import Json
from tests.support.fuzz import json_values
from tests.support.spc_payments import (
    DETAILED,
    LOGOS,
    NAMELESS,
    OPTIONAL,
    PLAIN,
    PSP,
    REQUEST,
    SHOP,
    SITELESS,
    WITH_LOGOS,
    Edit,
    Payment,
    both,
    drop,
    put,
    signing_key,
)

FRAMED = Payment(origin=PSP, top_origin=SHOP)
ELSEWHERE = "https://elsewhere.example"
strange_names = st.text(max_size=12).map("x-{}".format)


# In the standard's order.
TAMPERED: list[tuple[str, Edit]] = [
    ("wrong_type", put("type", to="webauthn.get")),
    ("wrong_challenge", put("challenge", to=b64(bytes(32)))),
    ("wrong_origin", put("origin", to=ELSEWHERE)),
    ("wrong_top_origin", put("topOrigin", to=SHOP)),
    ("wrong_rp_id", put("payment", "rpId", to="other.example")),
    ("wrong_top_origin", put("payment", "topOrigin", to=ELSEWHERE)),
    ("wrong_payee", put("payment", "payeeName", to="Charity")),
    ("wrong_payee", put("payment", "payeeOrigin", to=ELSEWHERE)),
    ("wrong_logos", put("payment", "paymentEntitiesLogos", to=LOGOS)),
    ("wrong_total", put("payment", "total", "value", to="12.340")),
    ("wrong_instrument", put("payment", "instrument", "displayName", to="Other card")),
]


@pytest.mark.parametrize("payment", [
    PLAIN, FRAMED, DETAILED, OPTIONAL, WITH_LOGOS, NAMELESS, SITELESS,
    Payment(browser_key=signing_key(name="browser")),
])  # fmt: skip
def test_what_was_asked_for_is_accepted(payment: Payment) -> None:
    found = payment.answer().verify()
    bound = payment.browser_key.cose if payment.browser_key else None
    assert (found.credential_id, found.sign_count) == (b64(b"credential"), payment.count)
    assert (found.backed_up, found.browser_key) == (False, bound)


@pytest.mark.parametrize(("code", "edit"), TAMPERED)
def test_each_member_that_differs_is_refused_by_its_own_code(code: str, edit: Edit) -> None:
    assert PLAIN.answer(edit).refusal() == code


@pytest.mark.parametrize("later", range(1, len(TAMPERED)))
def test_of_two_faults_the_earlier_in_the_standards_order_is_named(later: int) -> None:
    for code, edit in TAMPERED[:later]:
        assert PLAIN.answer(both(TAMPERED[later][1], edit)).refusal() == code


@pytest.mark.parametrize(("code", "edit"), TAMPERED)
def test_a_wrong_member_is_named_before_what_the_authenticator_says(code: str, edit: Edit) -> None:
    later: list[dict[str, Any]] = [{"flags": 0}, {"data": b""}, {"signature": b"0"}]
    for changed in later:
        assert PLAIN.answer(edit, **changed).refusal() == code
    assert dataclasses.replace(PLAIN, count=7).answer(edit).refusal() == code


@pytest.mark.parametrize("type_", [
    "webauthn.get", "webauthn.create", "payment.create", "Payment.get", "payment.get ", "",
])  # fmt: skip
def test_only_a_payment_is_one(type_: str) -> None:
    assert PLAIN.answer(put("type", to=type_)).refusal() == "wrong_type"


@pytest.mark.parametrize("challenge", [
    "", REQUEST["challenge"] + "=", REQUEST["challenge"][:-1], REQUEST["challenge"].lower(),
    f" {REQUEST['challenge']}", "défi", "\ud800",
])  # fmt: skip
def test_a_challenge_is_compared_character_for_character(challenge: str) -> None:
    assert PLAIN.answer(put("challenge", to=challenge)).refusal() == "wrong_challenge"


def test_of_two_challenges_either_is_right() -> None:
    other = b64(bytes(32))
    for challenges in ((REQUEST["challenge"], other), (other, REQUEST["challenge"])):
        assert PLAIN.answer().refusal(challenges=challenges) is None
    assert PLAIN.answer().refusal(challenges=(other, other)) == "wrong_challenge"
    assert PLAIN.answer().refusal(challenges=()) == "wrong_challenge"


@pytest.mark.parametrize("origin", [
    "https://shop.example/", "https://shop.example:443", "https://SHOP.example", "shop.example",
    "http://shop.example", "https://www.shop.example", "null", "",
])  # fmt: skip
def test_an_origin_is_compared_character_for_character(origin: str) -> None:
    edit = both(put("origin", to=origin), put("payment", "topOrigin", to=origin))
    assert PLAIN.answer(edit).refusal() == "wrong_origin"
    assert PLAIN.answer(put("payment", "topOrigin", to=origin)).refusal() == "wrong_top_origin"
    assert PLAIN.answer(put("payment", "payeeOrigin", to=origin)).refusal() == "wrong_payee"
    assert FRAMED.answer(put("topOrigin", to=origin)).refusal() == "wrong_top_origin"


ANY = frozenset({SHOP, PSP})


@pytest.mark.parametrize(("origin", "cross", "top", "payment_top", "code"), [
    (SHOP, False, None, SHOP, None),
    (PSP, False, None, PSP, None),
    (PSP, True, SHOP, SHOP, None),
    (SHOP, True, PSP, PSP, None),
    (SHOP, None, None, SHOP, None),
    (SHOP, False, None, PSP, "wrong_top_origin"),
    (SHOP, False, SHOP, SHOP, "wrong_top_origin"),
    (SHOP, False, PSP, PSP, "wrong_top_origin"),
    (SHOP, None, SHOP, SHOP, "wrong_top_origin"),
    (PSP, True, None, SHOP, None),
    (PSP, True, None, ELSEWHERE, "wrong_top_origin"),
    (PSP, True, SHOP, PSP, "wrong_top_origin"),
    (PSP, True, PSP, SHOP, "wrong_top_origin"),
    (PSP, True, ELSEWHERE, ELSEWHERE, "wrong_top_origin"),
    (PSP, True, ELSEWHERE, SHOP, "wrong_top_origin"),
    (PSP, True, SHOP, ELSEWHERE, "wrong_top_origin"),
    (ELSEWHERE, False, None, ELSEWHERE, "wrong_origin"),
    (ELSEWHERE, True, SHOP, SHOP, "wrong_origin"),
])  # fmt: skip
def test_a_frame_and_the_page_around_it_are_those_that_were_expected(
    origin: str, cross: bool | None, top: str | None, payment_top: str, code: str | None
) -> None:
    def edit(members: Json) -> None:
        members["origin"] = origin
        members["payment"]["topOrigin"] = payment_top
        told = {"crossOrigin": cross, "topOrigin": top}
        members.pop("crossOrigin")
        members.update({name: value for name, value in told.items() if value is not None})

    assert PLAIN.answer(edit).refusal(origins=ANY, top_origins=ANY) == code


def test_an_origin_that_may_call_from_a_frame_may_not_be_the_page() -> None:
    assert dataclasses.replace(FRAMED, top_origin=None).answer().refusal(
        origins=frozenset({PSP}), top_origins=frozenset({SHOP})
    ) == "wrong_top_origin"  # fmt: skip


def test_the_page_around_a_frame_is_looked_at_before_the_payment() -> None:
    page = both(put("topOrigin", to=ELSEWHERE), put("payment", "topOrigin", to=ELSEWHERE))
    edit = both(page, put("payment", "rpId", to="other.example"))
    assert FRAMED.answer(edit).refusal() == "wrong_top_origin"


@pytest.mark.parametrize(("rp", "code"), [
    ("pay.example", None), ("other.example", "wrong_rp_id"), ("", "wrong_rp_id"),
])  # fmt: skip
def test_the_former_name_of_the_relying_partys_id_agrees_with_it(rp: str, code: str | None) -> None:
    assert PLAIN.answer(put("payment", "rp", to=rp)).refusal() == code


def test_the_former_name_alone_is_not_enough() -> None:
    edit = both(drop("payment", "rpId"), put("payment", "rp", to="pay.example"))
    assert PLAIN.answer(edit).refusal() == "malformed_credential"


@given(strange_names, json_values, st.sampled_from([(), ("payment",), ("payment", "total"),
       ("payment", "instrument")]))  # fmt: skip
def test_unknown_members_are_ignored(name: str, value: Any, path: tuple[str, ...]) -> None:
    assert PLAIN.answer(put(*path, name, to=value)).refusal() is None


def test_the_order_of_members_does_not_matter() -> None:
    def reverse(members: Json) -> None:
        for inner in (members["payment"]["total"], members["payment"]["instrument"],
                      members["payment"], members):  # fmt: skip
            turned = list(reversed(inner.items()))
            inner.clear()
            inner.update(turned)

    assert PLAIN.answer(reverse).refusal() is None


@pytest.mark.parametrize("payment", [FRAMED, DETAILED, OPTIONAL, WITH_LOGOS, NAMELESS])
def test_terms_that_were_stored_are_the_same_when_they_are_read(payment: Payment) -> None:
    terms = payment.terms
    stored = terms.to_item()
    assert REQUEST["challenge"] not in str(stored)
    assert replace(Terms.from_item(stored), challenges=terms.challenges) == terms


def test_a_credential_that_was_not_asked_for_is_refused_first() -> None:
    other = b64(b"other")
    answer = PLAIN.answer(lambda members: members.update(type="webauthn.get"))
    stranger = answer.otherwise("id", value=other).otherwise("rawId", value=other)
    assert stranger.refusal() == "unknown_credential"


@given(st.integers(0, 5), st.lists(st.integers(0, 9), max_size=9))
def test_a_count_is_above_the_counter_at_the_beginning_and_counts_once(
    began: int, counts: list[int]
) -> None:
    """Responses to ceremonies that began at the same counter, in any order."""
    counted: tuple[int, ...] = ()
    for count in counts:
        payment = Payment(known_count=began, count=count, counted=counted)
        is_good = (count > began and count not in counted) or not (count or began or counted)
        assert payment.answer().refusal() == (None if is_good else "counter_regressed")
        if is_good and count:
            counted = tuple(sorted((*counted, count)))


@pytest.mark.parametrize("handle", [b"somebody else", b"handle of the payer, 32 bytes o"])
def test_another_persons_handle_is_refused_first(handle: bytes) -> None:
    answer = PLAIN.answer(lambda members: members.update(type="webauthn.get"))
    assert answer.with_bytes("userHandle", handle).refusal() == "unknown_credential"


def test_a_handle_may_be_left_out() -> None:
    answer = PLAIN.answer()
    response = dict(answer.credential["response"])
    for absent in ("", None):
        assert answer.otherwise("response", "userHandle", value=absent).refusal() is None
    del response["userHandle"]
    assert answer.otherwise("response", value=response).refusal() is None
