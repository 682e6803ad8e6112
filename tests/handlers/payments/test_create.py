"""Payments that are created: their orders, and the references that they hold."""

import pytest

from tests.support.assertions import assert_problem
from tests.support.logs import Log
from tests.support.payments_bundle import PAYMENTS, PaymentsBundle, paying
from tests.support.stand_in import BAKERY
from tests.support.watched_intents import failed, refused, timed_out


def test_one_payment_of_a_reference_is_open(payments: PaymentsBundle) -> None:
    made = payments.created(reference="order 1")
    answer = payments.create(reference="order 1")
    assert_problem(answer, 409, "payment_open")
    assert answer.json["payment_id"] == made["id"]
    assert "retry-after" not in answer.headers
    assert payments.created(reference="order 2")["status"] == "requires_card"


def test_a_reference_that_is_paid_is_not_paid_again(payments: PaymentsBundle) -> None:
    made = payments.created(reference="order 1", payment_method=payments.card())
    payments.confirmed(made["id"])
    for replace in (False, True):
        answer = payments.create(reference="order 1", replace=replace)
        assert_problem(answer, 409, "already_paid")
        assert answer.json["payment_id"] == made["id"]


def test_a_canceled_payment_frees_its_reference(payments: PaymentsBundle) -> None:
    made = payments.created(reference="order 1")
    assert payments.cancel(made["id"]).json["status"] == "canceled"
    assert payments.created(reference="order 1")["id"] != made["id"]


def test_replace_cancels_what_is_open(payments: PaymentsBundle) -> None:
    first = payments.created(reference="order 1", payment_method=payments.card(last4="9995"))
    payments.confirmed(first["id"])
    second = payments.created(reference="order 1", replace=True)
    assert second["id"] != first["id"]
    assert payments.read(first["id"])["reason"] == "replaced"
    assert payments.intent(first["id"])["cancellation_reason"] == "duplicate"


def test_what_cannot_be_paid_replaces_nothing(payments: PaymentsBundle) -> None:
    first = payments.created(payment_method=payments.card(), reference="kept")
    answer = payments.create(reference="kept", replace=True, payment_method="pm_none")
    assert_problem(answer, 422, "invalid_request")
    assert payments.read(first["id"])["status"] == "ready"


def test_replace_waits_until_stripe_has_canceled(payments: PaymentsBundle) -> None:
    first = payments.created(reference="order 1", payment_method=payments.card(last4="9995"))
    payments.confirmed(first["id"])
    payments.intents.fail("cancel", timed_out(done=True))
    answer = payments.create(reference="order 1", replace=True)
    assert_problem(answer, 409, "payment_open")
    assert answer.headers["retry-after"] == "5"
    assert payments.create(reference="order 1", replace=True).status == 201


def test_replace_finds_a_payment_that_was_charged_meanwhile(payments: PaymentsBundle) -> None:
    first = payments.created(reference="order 1", payment_method=payments.card())
    payments.intents.fail("confirm", timed_out(done=True))
    payments.intents.fail("retrieve", timed_out())
    assert payments.confirmed(first["id"])["status"] == "processing"
    answer = payments.create(reference="order 1", replace=True)
    assert_problem(answer, 409, "already_paid")
    assert payments.read(first["id"])["amount_captured"] == 1099


def test_the_same_key_gives_the_same_payment(payments: PaymentsBundle) -> None:
    body = paying(reference="order 1", payment_method=payments.card())
    answers = [
        payments.shop().post(PAYMENTS, body, headers={"idempotency-key": "once"}) for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json["id"] == answers[1].json["id"]
    other = payments.shop().post(
        PAYMENTS, body | {"amount": 1100}, headers={"idempotency-key": "once"}
    )
    assert_problem(other, 409, "idempotency_key_reused")
    assert_problem(payments.shop().post(PAYMENTS, body), 400, "idempotency_key_required")


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"amount": 49}, "/amount"),
        ({"amount": 100_000_000}, "/amount"),
        ({"amount": 0}, "/amount"),
        ({"amount": 49, "currency": "jpy"}, "/amount"),
        ({"amount": 1005, "currency": "kwd"}, "/amount"),
        ({"currency": "USD"}, "/currency"),
        ({"currency": "xyz"}, "/currency"),
        ({"application_fee_amount": 1100}, ""),
        ({"application_fee_amount": 0}, "/application_fee_amount"),
        ({"off_session": True}, ""),
        ({"metadata": {"countersign_payment": "pay_1"}}, ""),
        ({"payment_method": "pm_1", "confirmation_token": "ctoken_1"}, ""),
        ({"payment_method": "4242424242424242"}, "/payment_method"),
        ({"google_pay": {"payment_data": {}}}, "/google_pay"),
        ({"customer": "you"}, "/customer"),
        ({"reference": ""}, "/reference"),
        ({"instrument": {"icon": "javascript:alert(1)"}}, "/instrument/icon"),
        ({"instrument": {"details": "your card \u202e"}}, "/instrument/details"),
        ({"unknown": 1}, "/unknown"),
    ],
)
def test_an_order_that_is_not_possible_is_refused(
    payments: PaymentsBundle, members: dict[str, object], pointer: str
) -> None:
    answer = payments.create(**members)
    assert_problem(answer, 422, "invalid_request")
    assert answer.json["errors"][0]["pointer"] == pointer
    assert not [pk for pk in payments.items() if pk.startswith("payment#")]


@pytest.mark.parametrize(
    ("amount", "currency"), [(50, "jpy"), (99_999_999, "krw"), (1230, "kwd"), (30, "gbp")]
)
def test_each_currency_is_charged_in_its_own_unit(
    payments: PaymentsBundle, amount: int, currency: str
) -> None:
    made = payments.created(amount=amount, currency=currency)
    done = payments.confirmed(made["id"], payment_method=payments.card(last4="4242"))
    assert done["status"] in ("succeeded", "ready"), done
    intent = payments.intent(made["id"])
    assert (intent["amount"], intent["amount_received"]) == (amount, amount)


def test_an_unknown_payer_is_not_found(payments: PaymentsBundle) -> None:
    assert_problem(payments.create(payer="nobody"), 404, "unknown_payer")


def test_what_the_merchant_fixes_is_charged(payments: PaymentsBundle) -> None:
    customer = str(payments.stripe.post("/_customers", {"account": BAKERY}).json()["id"])
    made = payments.created(
        customer=customer,
        application_fee_amount=99,
        description="Bread",
        payment_method=payments.card(customer=customer),
    )
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    intent = payments.intent(made["id"])
    assert (intent["customer"], intent["application_fee_amount"], intent["description"]) == (
        customer, 99, "Bread",
    )  # fmt: skip
    read = payments.read(made["id"])
    assert (read["customer"], read["application_fee_amount"]) == (customer, 99)


def test_an_order_that_stripe_does_not_take_has_failed(payments: PaymentsBundle) -> None:
    made = payments.created(customer="cus_unknown", payment_method=payments.card(), reference="r")
    answer = payments.confirm_payment(made["id"])
    assert_problem(answer, 422, "payment_refused")
    assert answer.json["errors"][0]["pointer"] == "/customer"
    read = payments.read(made["id"])
    assert (read["status"], read["reason"]) == ("failed", "refused_by_stripe")
    assert_problem(payments.confirm_payment(made["id"]), 409, "payment_ended")
    assert payments.created(reference="r", payment_method=payments.card())["status"] == "ready"


def test_an_amount_that_stripe_finds_too_small_says_so(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    payments.intents.fail("create", refused("amount_too_small", "amount"))
    answer = payments.confirm_payment(made["id"])
    assert_problem(answer, 422, "payment_refused")
    assert "amount_too_small" in answer.json["detail"]


@pytest.mark.parametrize("permission", ["charge_read", "payment_intent_write", "elements_write"])
def test_a_missing_permission_is_told_before_anything_is_charged(
    payments: PaymentsBundle, permission: str
) -> None:
    made = payments.created(payment_method=payments.card())
    withdrawn = {"account": BAKERY, "do": "withdraw_permission", "permission": permission}
    assert payments.stripe.post("/_merchant", withdrawn).status_code == 200
    payments.learn(permissions_missing=[permission])
    assert_problem(payments.create(), 409, "permission_missing")
    assert_problem(payments.confirm_payment(made["id"]), 409, "permission_missing")
    assert payments.intents.names() == []
    payments.stripe.install()
    payments.learn(checked_at=None)
    assert payments.confirmed(made["id"])["status"] == "succeeded"


def test_a_permission_that_was_withdrawn_since_leaves_the_payment_usable(
    payments: PaymentsBundle,
) -> None:
    made = payments.created(payment_method=payments.card())
    withdrawn = {"account": BAKERY, "do": "withdraw_permission", "permission": "elements_write"}
    assert payments.stripe.post("/_merchant", withdrawn).status_code == 200
    assert_problem(payments.confirm_payment(made["id"]), 409, "permission_missing")
    assert payments.read(made["id"])["status"] == "ready"
    payments.stripe.install()
    payments.learn(permissions_missing=None)
    assert payments.confirmed(made["id"])["status"] == "succeeded"


def test_a_creation_that_fails_is_made_anew_and_its_leftover_is_canceled(
    payments: PaymentsBundle, log: Log
) -> None:
    made = payments.created(payment_method=payments.card())
    payments.intents.fail("create", failed())
    assert_problem(payments.confirm_payment(made["id"]), 503, "stripe_unavailable")
    assert payments.read(made["id"])["status"] == "ready"
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    keys = {call.key for call in payments.intents.calls if call.name == "create"}
    assert len(keys) == 2
    assert len(payments.made(made["id"])) == 1


def test_a_creation_that_was_made_all_the_same_is_adopted(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    payments.intents.fail("create", failed(done=True))
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    assert payments.intents.names() == ["create", "list", "confirm", "capture"]
    assert len(payments.made(made["id"])) == 1
