"""What a merchant's server may send, and which member is named when it is wrong."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.http.api import BODY_LIMIT
from tests.handlers.session_creation.test_conventions import BROKEN
from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import DECISIONS, PAN, StepUpBundle, asked, claims

SIMULATE = f"{DECISIONS}/simulate"
FEWER = settings(max_examples=settings().max_examples // 2)

REFUSED: dict[str, tuple[Json, str]] = {
    "no currency in use": ({"currency": "xyz"}, "/currency"),
    "nothing to pay with": ({"currency": "btc"}, "/currency"),
    "less than nothing": ({"amount": -1}, "/amount"),
    "too much": ({"amount": 10**12}, "/amount"),
    "an amount in text": ({"amount": "1099"}, "/amount"),
    "a broken amount": ({"amount": 10.99}, "/amount"),
    "an amount that is none": ({"amount": True}, "/amount"),
    "no amount": ({"amount": ...}, "/amount"),
    "a thousandth of a dinar": ({"amount": 1001, "currency": "kwd"}, "/amount"),
    "a hundredth of a krona": ({"amount": 1050, "currency": "isk"}, "/amount"),
    "capital letters": ({"currency": "EUR"}, "/currency"),
    "no code": ({"currency": "euro"}, "/currency"),
    "no currency": ({"currency": ...}, "/currency"),
    "no account": ({"account_id": ...}, "/account_id"),
    "an account that is too long": ({"account_id": "a" * 256}, "/account_id"),
    "a payer that is too long": ({"payer": "a" * 256}, "/payer"),
    "a member too many": ({"outcome": "proceed"}, "/outcome"),
    "a flag in text": ({"off_session": "true"}, "/off_session"),
    "a flag in a number": ({"off_session": 1}, "/off_session"),
    "nobody there with Google Pay": ({"off_session": True, "google_pay": {"payment_data": {}}}, "/off_session"),
    "nobody there with a page": ({"off_session": True, "confirmation_token": "ctoken_1"}, "/off_session"),
    "no country": ({"acquirer_country": "UK"}, "/acquirer_country"),
    "a country with more behind it": ({"acquirer_country": "FR\n"}, "/acquirer_country"),
    "a way out of the path": ({"payment_method": "pm_1/../x"}, "/payment_method"),
    "a card number for a network": ({"card": {"network": PAN}}, "/card/network"),
    "a network that is none": ({"card": {"network": "visa!"}}, "/card/network"),
    "a funding that is too long": ({"card": {"funding": "x" * 41}}, "/card/funding"),
    "more of the card": ({"card": {"number": PAN}}, "/card/number"),
    "a payment method that is none": ({"payment_method": "ba_1"}, "/payment_method"),
    "an id with a question": ({"confirmation_token": "ctoken_1?x=1"}, "/confirmation_token"),
    "an id that is too long": ({"payment_method": "pm_" + "1" * 251}, "/payment_method"),
    "Google Pay in text": ({"google_pay": "x"}, "/google_pay"),
    "more of Google Pay": ({"google_pay": {"token": "x", "pan": PAN}}, "/google_pay/pan"),
    "metadata that is null": ({"metadata": None}, "/metadata"),
    "metadata of numbers": ({"metadata": {"a": 1}}, "/metadata/a"),
    "too much metadata": ({"metadata": {f"k{number}": "" for number in range(51)}}, "/metadata"),
    "a long value": ({"metadata": {"a": "x" * 501}}, "/metadata/a"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_an_impossible_payment_is_refused_with_the_wrong_member(
    step_up: StepUpBundle, what: str
) -> None:
    members, pointer = REFUSED[what]
    before = step_up.items()
    answer = step_up.decide(**members, key="k")
    assert_problem(answer, 422, "invalid_request")
    assert {fault["pointer"] for fault in answer.json["errors"]} == {pointer}
    assert all(fault["message"] for fault in answer.json["errors"])
    assert PAN not in answer.text
    assert step_up.items() == before
    if "google_pay" not in members and "suppose" not in members:
        assert_problem(step_up.decider().post(SIMULATE, asked(**members)), 422, "invalid_request")


def test_a_metadata_key_may_have_40_characters(step_up: StepUpBundle) -> None:
    largest = {f"k{number}".ljust(40, "x"): "x" * 500 for number in range(50)}
    assert step_up.decide(metadata=largest).status == 201
    longer = step_up.decide(metadata={"k" * 41: ""})
    assert_problem(longer, 422, "invalid_request")
    assert [fault["pointer"] for fault in longer.json["errors"]] == [f"/metadata/{'k' * 41}"]


@pytest.mark.parametrize(("currency", "amount"), [
    ("eur", 1), ("eur", 999_999_999_999), ("jpy", 1), ("kwd", 1230), ("isk", 1200), ("eur", 0),
])  # fmt: skip
def test_an_amount_that_stripe_accepts_is_decided(
    step_up: StepUpBundle, currency: str, amount: int
) -> None:
    told = step_up.decided(amount=amount, currency=currency)
    assert (told["amount"], told["currency"]) == (amount, currency)


def test_words_are_accepted_in_any_case(step_up: StepUpBundle) -> None:
    card = {"network": "VISA", "funding": "Prepaid", "issuer_country": "us"}
    inputs = step_up.decided(card=card, acquirer_country="fr")["inputs"]
    told = [inputs[name] for name in ("network", "funding", "issuer_country")]
    assert told == ["visa", "prepaid", "US"]


def test_a_caller_without_the_right_does_not_learn_what_is_wrong_with_the_payment(
    step_up: StepUpBundle,
) -> None:
    body = asked(account_id="acct_1SQunknown", payer="x", payment_method="pm_1")
    answer = step_up.decider().post(DECISIONS, body)
    assert_problem(answer, 404, "installation_not_found")


def test_a_body_that_is_not_json_is_refused(step_up: StepUpBundle) -> None:
    for body in BROKEN:
        for path in (DECISIONS, SIMULATE, f"{DECISIONS}/dec_{'A' * 22}/result"):
            answer = step_up.decider().post(path, body, encoded=True)
            assert_problem(answer, 400, "invalid_json")


def test_a_body_that_is_not_an_object_is_refused(step_up: StepUpBundle) -> None:
    for body in ("[]", "null", "3", '"x"', "true"):
        assert_problem(step_up.decider().post(DECISIONS, body), 422, "invalid_request")


def test_a_member_that_is_given_twice_is_refused(step_up: StepUpBundle) -> None:
    for member in ('"amount": 1, "amount": 2', '"google_pay": {"token": "a", "token": "b"}'):
        body = f'{{"account_id": "{BAKERY}", "currency": "eur", {member}}}'
        assert_problem(step_up.decider().post(DECISIONS, body), 400, "invalid_json")


def test_a_body_may_have_64_kib_and_no_more(step_up: StepUpBundle) -> None:
    body = json.dumps(asked(google_pay={"payment_data": claims()}))
    assert step_up.decider().post(DECISIONS, body.ljust(BODY_LIMIT)).status == 201
    answer = step_up.decider().post(DECISIONS, body.ljust(BODY_LIMIT + 1))
    assert_problem(answer, 413, "payload_too_large")


def test_a_token_of_any_size_is_refused_before_it_is_read(step_up: StepUpBundle) -> None:
    for token in ("x" * 17_000, "[" * 16_000, '{"protocolVersion":"ECv2"}', "9" * 16_000):
        answer = step_up.decide(google_pay={"token": token})
        assert_problem(answer, 422, "invalid_google_pay_token")


@pytest.mark.parametrize("place", ["payment_data", "token"])
@pytest.mark.parametrize("depth", [990, 12_000])
def test_deep_nesting_causes_no_server_fault(step_up: StepUpBundle, place: str, depth: int) -> None:
    nested = '{"a":' * depth + "1" + "}" * depth
    body = f'{{"account_id": "{BAKERY}", "amount": 1, "currency": "eur", "google_pay": {{"{place}": {nested}}}}}'
    answer = step_up.decider().post(DECISIONS, body)
    assert answer.status < 500, answer


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(step_up: StepUpBundle, key: str) -> None:
    token, before = step_up.google.token(), step_up.items()
    answer = step_up.decide(google_pay={"token": token}, key=key)
    assert_problem(answer, 422, "invalid_request")
    assert step_up.items() == before
    assert step_up.decided_on(token, key="k" * 255)["outcome"] == "proceed"
    again = step_up.decide(google_pay={"token": token}, key="k" * 254 + "l")
    assert_problem(again, 409, "google_pay_token_replayed")


def test_a_key_may_have_any_characters(step_up: StepUpBundle) -> None:
    for key in ("é", "a b", "\t", "'; --", "\u2028", "ключ", "k\u0000k"):
        assert step_up.decided(key=key) == step_up.decided(key=key)


PLACES = [
    '"payer": "%s"', '"metadata": {"%s": "x"}', '"metadata": {"a": "%s"}', '"card": {"network": "%s"}', '"%s": 1',
    '"currency": "%s"', '"google_pay": {"token": "%s"}', '"google_pay": {"token": {"%s": 1}}',
    '"google_pay": {"payment_data": {"paymentMethodData": {"info": {"cardNetwork": "%s", "assuranceDetails": {}}}}}',
    '"google_pay": {"payment_data": {"paymentMethodData": {"info": {"%s": {}, "assuranceDetails": {"%s": true}}}}}',
]  # fmt: skip


def test_half_a_surrogate_pair_breaks_nothing(step_up: StepUpBundle) -> None:
    for escape in (r"\ud800", r"\udfff\ud800"):
        for place in PLACES:
            member = place.replace("%s", escape)
            body = f'{{"account_id": "{BAKERY}", "amount": 1099, "currency": "eur", {member}}}'
            assert step_up.decider().post(DECISIONS, body).status < 500, place


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
MEMBERS = [
    "account_id", "amount", "currency", "payer", "payment_method", "confirmation_token", "acquirer_country", "card",
    "off_session", "metadata", "google_pay", "suppose",
]  # fmt: skip
INNER = [
    "network", "funding", "issuer_country", "token", "payment_data", "auth_method", "eci", "account_verified",
]  # fmt: skip
inner = st.dictionaries(st.sampled_from(INNER), junk, max_size=4)
changes = st.dictionaries(st.sampled_from(MEMBERS), junk | inner | st.just(...), max_size=3)


@FEWER
@given(changes, st.sampled_from([DECISIONS, SIMULATE]))
def test_no_value_of_a_member_causes_a_server_fault(
    step_up: StepUpBundle, changed: Json, path: str
) -> None:
    answer = step_up.decider().post(path, asked(**changed))
    assert answer.status < 500, (changed, answer)
    if answer.status < 300:
        assert answer.json["outcome"] == "step_up"


@FEWER
@given(junk, st.sampled_from([DECISIONS, SIMULATE, f"{DECISIONS}/dec_{'A' * 22}/result"]))
def test_any_other_body_is_refused(step_up: StepUpBundle, body: Any, path: str) -> None:
    answer = step_up.decider().post(path, json.dumps(body))
    assert 400 <= answer.status < 500


@FEWER
@given(st.dictionaries(st.sampled_from(["ceremony_id", "payment_intent", "x"]), junk, max_size=2))
def test_any_other_result_is_refused(step_up: StepUpBundle, body: Json) -> None:
    decision = next((pk for pk in step_up.items() if pk.startswith("decision#")), None)
    decision_id = decision.partition("#")[2] if decision else step_up.decided()["id"]
    answer = step_up.decider().post(f"{DECISIONS}/{decision_id}/result", body)
    assert 400 <= answer.status < 500, (body, answer)
