"""In live mode: a payee that is proven, and an installation that Stripe has confirmed."""

import time
from collections.abc import Callable

import pytest

from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.install_bundle import INSTALLATIONS
from tests.support.processes import forget_settings
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    HOLDER,
    PAYERS,
    TICKETS,
    SpcBundle,
    order,
)
from tests.support.stand_in import BAKERY

Deploy = Callable[..., SpcBundle]
PATH = f"{INSTALLATIONS}/{BAKERY}"
ORIGIN = "https://localhost:8443"


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> FakeAccounts:
    """Stripe, which is not asked for real with a live key."""
    found = FakeAccounts(Clock(2_000_000_000))
    monkeypatch.setattr("countersign.installs.context.StripeAccounts", lambda: found)
    forget_settings()
    return found


def ceremonies(spc: SpcBundle) -> list[str]:
    return [pk for pk in spc.items() if pk.startswith("ceremony#")]


def test_only_a_proven_payee_origin_is_shown(spc_with: Deploy, user: str) -> None:
    live = spc_with(secret="live")
    live.open_shop(livemode=True, payee_origin=ORIGIN)
    passkey = live.register(user)
    question = live.ask(user)
    assert "payeeOrigin" not in question["request"]
    assert live.payer(user).get(f"{PAYERS}/{BAKERY}").json["payee_origin"] is None
    assert live.confirm(question, passkey).status == 200
    live.keep(BAKERY, payee_proven={"S": ORIGIN}, payee_proven_at={"N": str(int(time.time()))})
    question = live.ask(user)
    assert question["request"]["payeeOrigin"] == ORIGIN
    assert live.payer(user).get(f"{PAYERS}/{BAKERY}").json["payee_origin"] == ORIGIN
    assert live.confirm(question, passkey).status == 200


def test_an_origin_that_is_not_proven_is_not_shown_as_payee(spc_with: Deploy, user: str) -> None:
    live = spc_with(secret="live")
    live.open_shop(livemode=True, payee_name=None, payee_origin=ORIGIN)
    live.register(user)
    answer = live.server().post(AUTH_REQUEST, order(live.allow(user)))
    assert_problem(answer, 409, "payee_missing")
    assert "proof" in answer.json["detail"]


def test_an_installation_is_confirmed_at_stripe_before_it_is_acted_for(
    spc_with: Deploy, user: str, accounts: FakeAccounts
) -> None:
    live = spc_with(secret="live")
    live.connect(HOLDER, BAKERY, livemode=True)
    accounts.install(BAKERY, "com.example.countersign")
    accounts.fails("installs", "down")
    accounts.fails("account", "down")
    before = live.items()
    assert_problem(
        live.server(HOLDER).post(AUTH_REQUEST, order("A" * 43)), 503, "stripe_unavailable"
    )
    assert live.items() == before
    for _ in range(2):
        answer = live.server(HOLDER).post(AUTH_REQUEST, order("A" * 43))
        assert_problem(answer, 409, "payee_missing")
    assert (accounts.called("installs"), accounts.called("account")) == (2, 1)
    assert live.user(HOLDER).get(PATH).json["livemode_confirmed"] is True


def test_an_account_that_stripe_keeps_from_us_is_unreachable_and_stays_installed(
    spc_with: Deploy, accounts: FakeAccounts
) -> None:
    live = spc_with(secret="live")
    live.connect(HOLDER, BAKERY, livemode=True)
    accounts.key_of = "acct_other_platform"
    answer = live.server(HOLDER).post(AUTH_REQUEST, order("A" * 43))
    assert_problem(answer, 409, "account_unreachable")
    assert accounts.called("account") == 1
    assert live.user(HOLDER).get(PATH).json["status"] == "installed"


def test_before_stripe_confirms_an_installation_no_payer_can_allow_it(
    spc_with: Deploy, user: str
) -> None:
    live = spc_with(secret="live")
    live.connect(HOLDER, BAKERY, livemode=True)
    before = live.items()
    for answer in (
        live.payer(user).post(PAYERS, {"account_id": BAKERY}),
        live.payer(user).get(f"{PAYERS}/{BAKERY}"),
        live.payer(user).post(TICKETS, {"account_id": BAKERY}),
    ):
        assert_problem(answer, 404, "installation_not_found")
    assert live.items() == before


def test_an_installation_of_test_mode_is_unknown_in_live_mode(
    spc: SpcBundle, spc_with: Deploy, user: str
) -> None:
    spc.open_shop()
    passkey = spc.register(user)
    question, payer = spc.ask(user), spc.allow(user)
    live = spc_with(secret="live")
    assert_problem(live.server().post(AUTH_REQUEST, order(payer)), 404, "installation_not_found")
    assert live.confirm(question, passkey).code == "unknown_ceremony"
    assert len(ceremonies(live)) == 2
