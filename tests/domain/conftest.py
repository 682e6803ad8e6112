"""A context with a Stripe and a clock that a test holds in its hands."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.installs.context import Context as InstallsContext
from countersign.settings import Settings
from countersign.spc.context import Context as SpcContext
from tests.support.clock import Clock
from tests.support.fake_accounts import FakeAccounts
from tests.support.installations import APP_ID, APP_SECRET, APPLICATION, TOKEN_KEY
from tests.support.processes import forget_everything, forget_settings
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.quick_secrets import QuickSecrets, put_secret
from tests.support.spc_people import RP_ID
from tests.support.stripe_objects import DEPLOYMENT
from tests.support.visits import World
from tests.support.webhooks import ACCOUNT_SECRET, CONNECT_SECRET


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> World:
    """Identity over the quick table; the tests of storage itself, and the handlers', run on moto."""
    return World()


@pytest.fixture
def deployment(secrets_manager: QuickSecrets, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings and secrets of a deployment in test mode, for what reads them itself."""
    webhook = put_secret("webhook", STRIPE_WEBHOOK_SECRETS=f"{ACCOUNT_SECRET},{CONNECT_SECRET}")
    monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
    monkeypatch.setenv("STRIPE_MODE", "test")
    monkeypatch.setenv("STRIPE_SECRET", put_secret("stripe", STRIPE_SECRET_KEY="sk_test_1"))
    monkeypatch.setenv("WEBHOOK_SECRET", webhook)
    forget_everything()
    yield
    forget_everything()


@pytest.fixture(scope="module")
def install_secrets(secrets_manager: QuickSecrets) -> Iterator[dict[str, str]]:
    """The ARNs of the keys of a test and of a live deployment, of the app's secrets, and of the
    token key.
    """
    forget_everything()
    yield {
        "test": put_secret("installs-test", STRIPE_SECRET_KEY="sk_test_1"),
        "live": put_secret("installs-live", STRIPE_SECRET_KEY="sk_live_1"),
        "app": put_secret("installs-app", STRIPE_APP_SECRETS=APP_SECRET),
        "tokens": put_secret("installs-tokens", TOKEN_KEY=TOKEN_KEY),
    }
    forget_everything()


@pytest.fixture
def quick() -> QuickDynamoDB:
    """The client below the context of install links."""
    return QuickDynamoDB()


@pytest.fixture
def accounts(clock: Clock) -> FakeAccounts:
    return FakeAccounts(clock)


@pytest.fixture
def installs(
    quick: Any,
    accounts: FakeAccounts,
    clock: Clock,
    install_secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[InstallsContext]:
    """The context of a deployment in test mode, where the test's clock is the only one."""
    monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
    monkeypatch.setenv("STRIPE_MODE", "test")
    monkeypatch.setenv("STRIPE_SECRET", install_secrets["test"])
    monkeypatch.setenv("APP_SECRET", install_secrets["app"])
    monkeypatch.setenv("TOKEN_SECRET", install_secrets["tokens"])
    forget_settings()
    settings = Settings(DEPLOYMENT, stripe_app_id=APP_ID, stripe_application_id=APPLICATION)
    yield InstallsContext(Table("quick", quick), accounts, settings, clock)
    forget_settings()


@pytest.fixture
def unbound(installs: InstallsContext) -> InstallsContext:
    """The same, where install links are not bound to a browser."""
    return replace(installs, settings=replace(installs.settings, install_binding=False))


@pytest.fixture
def live(
    installs: InstallsContext,
    quick: Any,
    install_secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> InstallsContext:
    """The same, in live mode."""
    monkeypatch.setenv("STRIPE_MODE", "live")
    monkeypatch.setenv("STRIPE_SECRET", install_secrets["live"])
    forget_settings()
    return replace(installs, table=Table("quick", quick, livemode=True))


@pytest.fixture
def spc(
    quick: Any, clock: Clock, install_secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[SpcContext]:
    """The context of Secure Payment Confirmation."""
    monkeypatch.setenv("DEPLOYMENT", DEPLOYMENT)
    monkeypatch.setenv("STRIPE_MODE", "test")
    monkeypatch.setenv("TOKEN_SECRET", install_secrets["tokens"])
    forget_settings()
    settings = Settings(DEPLOYMENT, spc_rp_id=RP_ID, spc_rp_name="Countersign")
    yield SpcContext(Table("quick", quick), None, settings, clock)
    forget_settings()


@pytest.fixture
def roll(spc: SpcContext, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the deployment's own tokens sealed with these keys from now on, the first the newest."""

    def to(*keys: str) -> None:
        arn = put_secret(f"tokens-{'-'.join(keys)}", TOKEN_KEY=",".join(keys))
        monkeypatch.setenv("TOKEN_SECRET", arn)
        forget_settings()

    return to
