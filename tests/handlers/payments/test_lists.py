"""Payments as they are read and listed, and by whom."""

import pytest

from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.gateway import LambdaContext
from tests.support.install_bundle import application_body
from tests.support.payments_bundle import PAYMENTS, PaymentsBundle
from tests.support.spc_bundle import HOLDER, OPERATOR_SCOPE, SERVER, STRANGER
from tests.support.stand_in import BAKERY, BOOKSHOP
from tools.functions import load_function


def listed(payments: PaymentsBundle, **query: str) -> list[str]:
    """The ids of the payments on all pages."""
    found: list[str] = []
    while True:
        answer = payments.shop().get(PAYMENTS, query={"account_id": BAKERY, **query})
        assert answer.status == 200, answer
        found += [each["id"] for each in answer.json["data"]]
        if answer.json["next_cursor"] is None:
            return found
        query["cursor"] = answer.json["next_cursor"]


def test_a_list_is_newest_first_and_paged(payments: PaymentsBundle, clock: Clock) -> None:
    made = []
    for _ in range(5):
        made.append(payments.created()["id"])
        clock.advance(1)
    for limit in ("1", "2", "5", "100"):
        assert listed(payments, limit=limit) == made[::-1]


def test_a_list_is_filtered(payments: PaymentsBundle, clock: Clock) -> None:
    first = payments.created(reference="order 1")["id"]
    began = clock()
    clock.advance(100)
    payments.cancel(first)
    second = payments.created(reference="order 1")["id"]
    third = payments.created(reference="order 2")["id"]
    assert listed(payments, reference="order 1", limit="1") == [second, first]
    assert listed(payments, status="canceled", limit="1") == [first]
    assert set(listed(payments, status="requires_card", limit="1")) == {second, third}
    assert listed(payments, status="requires_card", reference="order 1", limit="1") == [second]
    assert listed(payments, to=str(began)) == [first]
    assert set(listed(payments, **{"from": str(began + 1)})) == {second, third}
    assert listed(payments, **{"from": str(began + 1), "to": str(began + 50)}) == []


def test_the_operator_lists_those_of_all_merchants(payments: PaymentsBundle, clock: Clock) -> None:
    payments.open_shop(BOOKSHOP)
    made = [payments.created()["id"]]
    clock.advance(86_400)
    made.append(payments.created(account_id=BOOKSHOP)["id"])
    operator = payments.shop("business", OPERATOR_SCOPE)
    answer = operator.get(PAYMENTS)
    assert [each["id"] for each in answer.json["data"]] == made[::-1]
    of_one = operator.get(PAYMENTS, query={"account_id": BOOKSHOP})
    assert [each["id"] for each in of_one.json["data"]] == [made[1]]
    assert operator.get(f"{PAYMENTS}/{made[0]}").json["id"] == made[0]
    assert_problem(payments.shop().get(PAYMENTS), 403, "missing_scope")


def test_the_operator_reaches_payments_of_long_ago(payments: PaymentsBundle, clock: Clock) -> None:
    made = [payments.created()["id"]]
    clock.advance(100 * 86_400)
    made.append(payments.created()["id"])
    operator = payments.shop("business", OPERATOR_SCOPE)
    found: list[str] = []
    query: dict[str, str] = {}
    for _ in range(30):
        answer = operator.get(PAYMENTS, query=query)
        found += [each["id"] for each in answer.json["data"]]
        if answer.json["next_cursor"] is None:
            break
        query = {"cursor": answer.json["next_cursor"]}
    assert found == made[::-1]
    assert answer.json["next_cursor"] is None


def test_a_last_page_names_no_other(payments: PaymentsBundle) -> None:
    payments.created()
    payments.created()
    answer = payments.shop().get(PAYMENTS, query={"account_id": BAKERY, "limit": "3"})
    assert (len(answer.json["data"]), answer.json["next_cursor"]) == (2, None)


def test_the_payment_of_somebody_else_is_not_found(payments: PaymentsBundle) -> None:
    payments.open_shop(BOOKSHOP, clients=["another-server"])
    made = payments.created()["id"]
    for who in (STRANGER, "another-server"):
        shop = payments.shop(who)
        assert_problem(shop.get(f"{PAYMENTS}/{made}"), 404, "payment_not_found")
        assert_problem(shop.post(f"{PAYMENTS}/{made}/cancel"), 404, "payment_not_found")
        assert_problem(shop.post(f"{PAYMENTS}/{made}/spc"), 404, "payment_not_found")
        key = {"idempotency-key": "k"}
        answer = shop.post(f"{PAYMENTS}/{made}/confirm", {}, headers=key)
        assert_problem(answer, 404, "payment_not_found")
        listing = shop.get(PAYMENTS, query={"account_id": BAKERY})
        assert_problem(listing, 404, "installation_not_found")
    assert payments.shop(HOLDER).get(f"{PAYMENTS}/{made}").status == 200
    for unknown in ("pay_unknown", "pay_" + "a" * 22, "x"):
        assert_problem(payments.shop().get(f"{PAYMENTS}/{unknown}"), 404, "payment_not_found")


def test_a_payment_of_an_earlier_installation_is_not_found(
    payments: PaymentsBundle, clock: Clock
) -> None:
    made = payments.created()["id"]
    clock.advance(60)
    now = clock()
    payments.tell(application_body("deauthorized", BAKERY, at=now + 5))
    payments.connect(HOLDER, BAKERY, at=now + 10)
    clients = payments.user(HOLDER).patch(f"/installations/{BAKERY}", {"clients": [SERVER]})
    assert clients.status == 200, clients
    assert_problem(payments.shop().get(f"{PAYMENTS}/{made}"), 404, "payment_not_found")
    assert listed(payments) == []


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"status": "paid"}, {"limit": "0"}, {"from": "-1"}, {"to": "x"}]
)
def test_a_list_that_is_not_possible_is_refused(
    payments: PaymentsBundle, query: dict[str, str]
) -> None:
    answer = payments.shop().get(PAYMENTS, query={"account_id": BAKERY, **query})
    assert_problem(answer, 422, "invalid_request")


def test_other_payloads_of_the_function_are_refused(payments: PaymentsBundle) -> None:
    with pytest.raises(ValueError, match="sweep"):
        load_function("payments").handler({"swept": {}}, LambdaContext())
