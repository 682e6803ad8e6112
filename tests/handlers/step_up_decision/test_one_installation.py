"""Decisions and known payers belong to one installation, and its account's country is Stripe's."""

import time

import pytest

from countersign.step_up import store
from countersign.step_up.context import contexts
from countersign.stripe_api.event_order import moment
from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.install_bundle import application_body
from tests.support.spc_bundle import HOLDER
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import DECISIONS, OPERATOR_SCOPE, StepUpBundle
from tests.support.step_up_cards import METHODS, at_stripe, paid
from tests.support.step_up_results import confirmed, tell

ANY_BOTH_WAYS = {"request_three_d_secure": "any", "after_confirmation": "any"}


def install_again(step_up: StepUpBundle) -> None:
    """The merchant uninstalls the app, and somebody installs it anew."""
    now = int(time.time())
    step_up.tell(application_body("deauthorized", BAKERY, at=now + 5))
    step_up.connect(HOLDER, BAKERY, at=now + 10)
    answer = step_up.user(HOLDER).patch(f"/installations/{BAKERY}", {"clients": ["shop-server"]})
    assert answer.status == 200, answer


def test_a_decision_of_an_earlier_installation_is_not_there(step_up: StepUpBundle) -> None:
    told = step_up.decided(key="k")
    install_again(step_up)
    path = f"{DECISIONS}/{told['id']}"
    for caller in (step_up.decider(), step_up.decider("op", OPERATOR_SCOPE)):
        assert_problem(caller.get(path), 404, "decision_not_found")
    payment = paid(step_up)
    assert_problem(tell(step_up, told, payment_intent=payment), 404, "decision_not_found")
    assert_problem(step_up.decide(key="k"), 404, "decision_not_found")
    again = step_up.decided()
    assert step_up.decider().get(f"{DECISIONS}/{again['id']}").json == again


def test_a_confirmation_of_an_earlier_installation_is_unknown(
    step_up: StepUpBundle, user: str, clock: Clock
) -> None:
    """Also within the second in which both began."""
    passkey = step_up.register(user)
    earlier = confirmed(step_up, user, passkey)
    install_again(step_up)
    decision = step_up.decided()
    assert_problem(tell(step_up, decision, ceremony_id=earlier), 404, "unknown_ceremony")


def test_a_payer_is_known_to_one_installation(step_up: StepUpBundle, user: str) -> None:
    table = contexts().step_up.table
    step_up.allow(user)
    table.transact([store.payer_change(BAKERY, "first", "handle", 5)])
    assert store.load_payer(table, BAKERY, "first", "handle") == store.KnownPayer(5)
    assert store.load_payer(table, BAKERY, "1795000000", "handle") is None


def test_the_accounts_country_is_read_at_stripe_once_a_day(step_up: StepUpBundle) -> None:
    step_up.stripe.install(BAKERY)
    step_up.learn(country_tried_at=None)
    for _ in range(2):
        assert step_up.decided()["inputs"]["acquirer_country"] == "US"
    assert [asked["path"] for asked in step_up.stripe.requests()] == ["/v1/account"]


@pytest.mark.parametrize(("country", "told", "outcome", "reasons"), [
    ("FR", None, "step_up", ["authentication_expected"]),
    ("FR", "US", "step_up", ["authentication_expected", "acquirer_country_differs"]),
    ("US", None, "proceed", []),
    ("US", "FR", "step_up", ["authentication_expected", "acquirer_country_differs"]),
    (None, "US", "step_up", ["authentication_expected"]),
])  # fmt: skip
def test_the_accounts_country_is_stripes_and_the_callers_word_can_only_raise(
    step_up: StepUpBundle, country: str | None, told: str | None, outcome: str, reasons: list[str]
) -> None:
    if country:
        step_up.learn(country=country, country_at=int(time.time()))
    card = at_stripe(step_up, METHODS, card={"country": "FR"})
    members = {"acquirer_country": told} if told else {}
    found = step_up.decided(payment_method=card, **members)
    assert found["outcome"] == outcome
    assert [reason for reason in found["reasons"] if reason not in ("rule", "default")] == reasons
    if outcome == "step_up":
        assert (found["next"], found["methods"]) == ("authenticate", ["3ds"])
        assert (found["captures"], found["stripe"]) == (["authenticated"], ANY_BOTH_WAYS)


def test_a_decision_that_names_no_card_goes_on_where_stripe_refuses_us_the_account(
    step_up: StepUpBundle,
) -> None:
    step_up.learn(country="US", country_at=int(time.time()))
    assert step_up.decided()["inputs"]["acquirer_country"] == "US"
    step_up.learn(unreachable=moment(9_999_999_999))
    assert step_up.decided()["inputs"]["acquirer_country"] is None
