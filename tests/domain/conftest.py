"""A desk with a Stripe and a clock that a test holds in its hands."""

from collections.abc import Iterator
from typing import Any

import pytest

from countersign.identity.desk import Desk
from countersign.settings import Settings
from countersign.table import Table
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.processes import forget_everything
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.storage import put_secret
from tests.support.stripe_objects import DEPLOYMENT
from tests.support.webhooks import ACCOUNT_SECRET, CONNECT_SECRET


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stripe(clock: Clock) -> FakeStripe:
    return FakeStripe(clock)


@pytest.fixture
def desk(stripe: FakeStripe, clock: Clock) -> Desk:
    """Over the quick table; the tests of storage itself, and the handlers', run on moto."""
    quick: Any = QuickDynamoDB()
    return Desk(Table("quick", quick), stripe, Settings(DEPLOYMENT), clock)


@pytest.fixture
def deployment(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings and secrets of a deployment in test mode, for what reads them itself."""
    values = {"STRIPE_SECRET_KEY": "sk_test_1"}
    values["STRIPE_WEBHOOK_SECRETS"] = f"{ACCOUNT_SECRET},{CONNECT_SECRET}"
    monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
    monkeypatch.setenv("STRIPE_SECRET", put_secret("stripe", **values))
    forget_everything()
    yield
    forget_everything()
