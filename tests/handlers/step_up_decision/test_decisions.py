"""Decisions, as a merchant's server is told them."""

from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import (
    CRYPTOGRAM,
    DECISIONS,
    PAN,
    PARTIAL,
    StepUpBundle,
    asked,
    claims,
)


def test_a_signed_device_token_of_an_authenticated_cardholder_proceeds(
    step_up: StepUpBundle,
) -> None:
    told = step_up.decided_on(step_up.google.token())
    assert (told["outcome"], told["evidence"], told["methods"]) == ("proceed", "signed", [])
    assert told["auth_method"] == "CRYPTOGRAM_3DS"
    assert told["assurance"] == {"account_verified": True, "card_holder_authenticated": True}
    assert told["stripe"] == {"request_three_d_secure": "automatic"}


def test_the_same_key_and_body_get_the_stored_decision(step_up: StepUpBundle) -> None:
    google_pay = {"token": step_up.google.token()}
    first = step_up.decided(google_pay=google_pay, key="k1")
    assert step_up.decided(google_pay=google_pay, key="k1") == first


def test_a_token_counts_once(step_up: StepUpBundle) -> None:
    google_pay = {"token": step_up.google.token()}
    step_up.decided(google_pay=google_pay, key="k1")
    for key in ({}, {"key": "k2"}):
        answer = step_up.decide(google_pay=google_pay, **key)
        assert (answer.status, answer.code) == (409, "google_pay_token_replayed")
    answer = step_up.decide(google_pay=google_pay, amount=2000, key="k1")
    assert (answer.status, answer.code) == (409, "idempotency_key_reused")


def test_a_refused_token_leaves_nothing_behind(step_up: StepUpBundle) -> None:
    before = step_up.items()
    answer = step_up.decide(google_pay={"token": step_up.google.token() + " x"}, key="k")
    assert (answer.status, answer.code) == (422, "invalid_google_pay_token")
    assert step_up.items() == before


def test_a_claim_alone_never_proceeds(step_up: StepUpBundle) -> None:
    told = step_up.decided(google_pay={"payment_data": claims()})
    assert (told["outcome"], told["evidence"]) == ("step_up", "claimed")


def test_a_claim_that_google_has_not_signed_is_reported(step_up: StepUpBundle) -> None:
    token = step_up.google.token(assurance=PARTIAL)
    told = step_up.decided(google_pay={"token": token, "payment_data": claims()})
    assert told["outcome"] == "step_up"
    assert "claimed_assurance_not_signed" in told["reasons"]


def test_a_decision_can_be_read_again_and_is_listed(step_up: StepUpBundle) -> None:
    made = [step_up.decided(amount=1000 + number) for number in range(3)]
    assert step_up.decider().get(f"{DECISIONS}/{made[0]['id']}").json == made[0]
    listed = step_up.decider().get(DECISIONS, query={"account_id": BAKERY, "limit": "2"}).json
    assert len(listed["data"]) == 2
    rest = {"account_id": BAKERY, "limit": "2", "cursor": listed["next_cursor"]}
    listed["data"] += step_up.decider().get(DECISIONS, query=rest).json["data"]
    assert {entry["id"] for entry in listed["data"]} == {entry["id"] for entry in made}


def test_nothing_of_the_card_is_stored(step_up: StepUpBundle) -> None:
    step_up.decided_on(step_up.google.token())
    stored = step_up.everything_stored()
    assert PAN not in stored
    assert CRYPTOGRAM not in stored
    assert PAN[-4:] in stored


def test_a_simulation_stores_nothing(step_up: StepUpBundle) -> None:
    before = step_up.items()
    body = asked(
        suppose={
            "auth_method": "CRYPTOGRAM_3DS",
            "account_verified": True,
            "card_holder_authenticated": True,
        }
    )
    answer = step_up.decider().post(f"{DECISIONS}/simulate", body)
    assert (answer.status, answer.json["outcome"]) == (200, "proceed")
    assert step_up.items() == before
