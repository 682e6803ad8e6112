"""A world of payments, over tables whose conditions are atomic and a ledger of Stripe's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from countersign.payments import close_payments, sweep_payments
from countersign.problems import Problem
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.load_rules import load_rules
from tests.support.payment_world import PaymentWorld
from tests.support.processes import forget_settings
from tests.support.stripe_objects import DEPLOYMENT

MakeWorld = Callable[..., PaymentWorld]


@pytest.fixture
def make_world(
    install_secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeWorld]:
    """Makes worlds with these rules, by default those that are shipped."""
    monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
    monkeypatch.setenv("STRIPE_MODE", "test")
    monkeypatch.setenv("STRIPE_SECRET", install_secrets["test"])
    monkeypatch.setenv("APP_SECRET", install_secrets["app"])
    monkeypatch.setenv("TOKEN_SECRET", install_secrets["tokens"])
    monkeypatch.setattr(close_payments, "_PAUSE", 0.0)
    forget_settings()
    shipped = load_rules()

    def make(book: RuleBook = shipped, **members: str) -> PaymentWorld:
        return PaymentWorld(book, **members)

    yield make
    forget_settings()


@pytest.fixture
def paying(make_world: MakeWorld) -> PaymentWorld:
    """Two merchants in the United States, with the rules that are shipped."""
    return make_world()


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that meets a fault of our own code fails, instead of logging it."""
    plain = sweep_payments._failed

    def failed(*args: Any) -> None:
        error = args[3]
        if not isinstance(error, Problem):
            raise error
        plain(*args)

    monkeypatch.setattr(sweep_payments, "_failed", failed)
