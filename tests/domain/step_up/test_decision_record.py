"""A stored decision is read as it was written, and one from before its later members, too."""

import pytest
from msgspec.structs import replace

from countersign.aws.items import StoredForm
from countersign.google_pay.assurance import Assurance
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.results import ConfirmationResult, PaymentResult, Results
from countersign.step_up.review import Review
from countersign.step_up.rules.payment import Payment
from countersign.step_up.stripe_card import ThreeDSecureResult

ORDER = DecidedOrder(
    account_id="acct_1",
    installation="first",
    amount=1099,
    currency="eur",
    payer="handle",
    outcome="step_up",
    next="authenticate",
    reasons=("rule", "google_pay_assurance"),
    rule="small",
    rules_version="0" * 16,
    evidence="signed",
    methods=("3ds",),
    auth_method="PAN_ONLY",
    assurance=Assurance(account_verified=True, card_holder_authenticated=None),
    request_three_d_secure="challenge",
    after_confirmation="challenge",
    captures=("authenticated",),
    captures_after_confirmation=("authenticated",),
    card=DecidedCard("visa", "1111", None, 12, 2030),
    inputs=Payment(1099, "eur", "signed", metadata={"group": "vip"}),
)
RESULTS = Results(
    ConfirmationResult("c", "authenticated", "trusted", step_up_required=False, authenticated_at=5),
    PaymentResult(
        "pi_1",
        "succeeded",
        progress=2,
        charged_at=7,
        amount_captured=1099,
        three_d_secure=ThreeDSecureResult("authenticated", exemption_indicator_applied=False),
        eci="05",
        differs=("wallet",),
    ),
)
REVIEW = Review("proceed", 1_893_600_000, "f" * 64, "called back")


def test_a_decision_is_read_as_it_was_written() -> None:
    new = DecisionRecord.new(ORDER, 1_893_585_600)
    bare = replace(ORDER, payer=None, auth_method=None, assurance=None, card=None)
    reviewed = new.reviewed(ORDER, REVIEW)
    for record in (new, replace(new, results=RESULTS), replace(new, order=bare), reviewed):
        for stored in (StoredForm(livemode=False), StoredForm(livemode=True)):
            item = stored.plain(stored.typed(record.to_item()))
            assert DecisionRecord.from_item(item) == record


def test_a_decision_from_before_its_later_members_is_read() -> None:
    item = replace(DecisionRecord.new(ORDER, 5), results=RESULTS).to_item()
    for later in ("payer", "auth_method", "assurance", "card", "inputs"):
        del item[later]
    del item["results"]["spc"]
    item["results"]["payment"] = {"payment_intent": "pi_1", "status": "processing"}
    found = DecisionRecord.from_item(item)
    assert (found.order.card, found.order.inputs) == (None, Payment(1099, "eur"))
    assert found.results == Results(payment=PaymentResult("pi_1", "processing"))
    del item["results"]
    assert DecisionRecord.from_item(item).results == Results()


def test_what_a_later_version_adds_to_a_decision_is_ignored() -> None:
    record = replace(DecisionRecord.new(ORDER, 5), results=RESULTS, review=REVIEW)
    item, later = record.to_item(), {"later": "member"}
    results = item["results"]
    proof = results["payment"]["three_d_secure"]
    parts = (item[name] for name in ("assurance", "card", "inputs", "review"))
    for members in (item, *parts, results, proof):
        members |= later
    for members in (results["spc"], results["payment"]):
        members |= later
    assert DecisionRecord.from_item(item) == record


def test_another_card_of_google_pay_is_one_that_can_do_3d_secure() -> None:
    other = replace(ORDER, next="another_card", inputs=replace(ORDER.inputs, wallet="google_pay"))
    assert other.view()["google_pay"] == {"allowedAuthMethods": ["PAN_ONLY"]}
    for none in (replace(other, next="authenticate"), replace(other, inputs=ORDER.inputs)):
        assert none.view()["google_pay"] is None


@pytest.mark.parametrize(("began_at", "covered"), [
    (99, False), (100, True), (1900, True), (1901, False), (8999, False), (9000, True), (10800, True), (10801, False),
])  # fmt: skip
def test_a_decision_counts_for_half_an_hour_from_itself_and_from_the_end_of_its_review(
    began_at: int, covered: bool
) -> None:
    new = DecisionRecord.new(ORDER, 100)
    reviewed = new.reviewed(ORDER, replace(REVIEW, ended_at=9000))
    assert reviewed.covers(began_at) is covered
    assert new.covers(began_at) is (covered and began_at <= 1900)
    assert reviewed.view()["expires_at"] == 10800
