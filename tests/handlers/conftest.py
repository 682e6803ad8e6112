"""One stand-in for Stripe a session, one empty deployment a test."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
import stripe
from boto3.dynamodb.types import TypeDeserializer

from countersign.aws import table
from countersign.aws.items import MARK
from countersign.step_up import deployed_rules
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.load_rules import parse_rules
from tests.support.bundle import SECRETS, Bundle, environment
from tests.support.clock import Clock
from tests.support.install_bundle import (
    INSTALL_SECRETS,
    CountedDynamoDB,
    InstallBundle,
    install_environment,
)
from tests.support.open_shops import OpenShops
from tests.support.payments_bundle import PaymentsBundle
from tests.support.processes import forget_everything, forget_settings
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.quick_secrets import QuickSecrets, put_secret
from tests.support.reconciliation_bundle import ReconciliationBundle
from tests.support.spc_bundle import SpcBundle, spc_environment
from tests.support.stand_in import StandIn
from tests.support.stand_in_servers import FrontDoor, Receiver
from tests.support.step_up_bundle import GooglePay, StepUpBundle, step_up_environment

_numbers = count(1)


def all_rows(client: QuickDynamoDB) -> dict[str, dict[str, Any]]:
    """What is stored in every table, by key, without the marks of writes."""
    plain: Callable[[Any], Any] = TypeDeserializer().deserialize
    return {
        pk: {name: plain(value) for name, value in row.items() if name != MARK}
        for rows in client.tables.values()
        for pk, row in rows.items()
    }


@pytest.fixture(scope="session")
def stripe_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The stand-in, whose webhooks go nowhere: the tests deliver them."""
    door = FrontDoor()
    door.open()
    folder, nowhere = tmp_path_factory.mktemp("stripe"), Receiver("http://127.0.0.1:9/")
    stand_in = StandIn(door, nowhere, Path(folder), redaction_delay=0.0)
    stand_in.start()
    stand_in.mode("drop")
    yield stand_in
    stand_in.stop()
    door.close()


@pytest.fixture(scope="module")
def secret_arns(secrets_manager: QuickSecrets) -> Iterator[dict[str, str]]:
    """The ARNs of the secrets that all deployments of a module share, with the process's clients."""
    forget_everything()
    yield {name: put_secret(name, **members) for name, members in SECRETS.items()}
    forget_everything()


@pytest.fixture
def dynamodb_client() -> Any:
    """The client that the functions get, with one empty table; `test_on_moto.py` has moto's."""
    return QuickDynamoDB("identity", "payments")


@pytest.fixture
def items(dynamodb_client: QuickDynamoDB) -> Callable[[], dict[str, dict[str, Any]]]:
    """What is stored, by key, without the marks of writes."""
    plain: Callable[[Any], Any] = TypeDeserializer().deserialize

    def read() -> dict[str, dict[str, Any]]:
        return {
            pk: {name: plain(value) for name, value in row.items() if name != MARK}
            for pk, row in dynamodb_client.rows.items()
        }

    return read


@pytest.fixture
def bundle(
    dynamodb_client: Any,
    items: Callable[[], dict[str, dict[str, Any]]],
    secret_arns: dict[str, str],
    stripe_api: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bundle]:
    """A deployment with an empty table."""
    settings = environment("identity", stripe_api.door.url, secret_arns)
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(table, "_client", lambda: dynamodb_client)
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)  # the SDK's pause
    forget_settings()
    yield Bundle(stripe_api, items)
    stripe_api.backend.store.clear("fault")
    stripe_api.backend.store.clear("request")
    forget_settings()


@pytest.fixture
def deployed_with(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Bundle]:
    """The same deployment with other settings."""

    def deploy(**settings: str) -> Bundle:
        for variable, value in settings.items():
            monkeypatch.setenv(variable, value)
        forget_settings()
        return bundle

    return deploy


@pytest.fixture
def user() -> str:
    """A subject that nobody else has, since the stand-in is one for all tests."""
    return f"user-{next(_numbers)}"


@pytest.fixture
def session_id(bundle: Bundle, user: str) -> str:
    """The user's session, opened."""
    return bundle.open(user)


@pytest.fixture
def event(bundle: Bundle, session_id: str) -> dict[str, Any]:
    """A genuine event that changes the session: it is verified."""
    bundle.stripe.outcome(session_id, "verified")
    found = bundle.events_of(session_id)[-1]
    assert found["type"].endswith("verified")
    return found


@pytest.fixture(scope="module")
def install_secret_arns(secrets_manager: QuickSecrets) -> Iterator[dict[str, str]]:
    """The ARNs of the secrets that all deployments with install links of a module share."""
    forget_everything()
    yield {
        name: put_secret(f"installs-{name}", **members) for name, members in INSTALL_SECRETS.items()
    }
    forget_everything()


Deployed = TypeVar("Deployed", bound=InstallBundle)


@contextmanager
def deployment(
    kind: type[Deployed],
    tables: Sequence[str],
    settings: Mapping[str, str],
    stripe_api: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Deployed]:
    """A deployment with these empty tables and settings."""
    client = CountedDynamoDB(*tables)
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(table, "_client", lambda: client)
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)  # the SDK's pause
    monkeypatch.setattr("countersign.payments.close_payments._PAUSE", 0.0)
    forget_settings()
    yield kind(stripe_api, client, partial(all_rows, client))
    for made in ("fault", "request", "payment_intent"):
        stripe_api.backend.store.clear(made)
    forget_settings()


@pytest.fixture
def redeploy(
    install_secret_arns: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Gives the deployment other settings; `secret`, `app` and `tokens` name the secrets, the
    first's mode being the deployment's.
    """

    def change(
        secret: str = "test", tokens: str = "tokens", app: str = "app", **settings: str
    ) -> None:
        named = {"STRIPE_SECRET": secret, "TOKEN_SECRET": tokens, "APP_SECRET": app}
        monkeypatch.setenv("STRIPE_MODE", "live" if secret == "live" else "test")
        for variable, name in named.items():
            monkeypatch.setenv(variable, install_secret_arns.get(name, name))
        for variable, value in settings.items():
            monkeypatch.setenv(variable, value)
        forget_settings()

    return change


@pytest.fixture
def installs(
    install_secret_arns: dict[str, str], stripe_api: StandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InstallBundle]:
    """A deployment with install links and empty tables."""
    settings = install_environment(stripe_api.door.url, install_secret_arns)
    tables = ("installs", "identity", "payments")
    with deployment(InstallBundle, tables, settings, stripe_api, monkeypatch) as bundle:
        yield bundle


@pytest.fixture
def reconciliation(
    install_secret_arns: dict[str, str], stripe_api: StandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReconciliationBundle]:
    """A deployment with reconciliation and empty tables, whose Stripe has no event yet."""
    settings = install_environment(stripe_api.door.url, install_secret_arns)
    settings |= {"OPERATIONS_TABLE": "operations"}
    tables = ("operations", "installs", "identity", "payments", "spc", "step-up")
    stripe_api.backend.store.clear("event")
    with deployment(ReconciliationBundle, tables, settings, stripe_api, monkeypatch) as bundle:
        yield bundle


@pytest.fixture
def installs_with(
    installs: InstallBundle, redeploy: Callable[..., None]
) -> Callable[..., InstallBundle]:
    """The same deployment with other settings, as `redeploy` takes them."""

    def deploy(**changes: str) -> InstallBundle:
        redeploy(**changes)
        return installs

    return deploy


@pytest.fixture
def spc(
    install_secret_arns: dict[str, str], stripe_api: StandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SpcBundle]:
    """A deployment with Secure Payment Confirmation and empty tables."""
    settings = spc_environment(stripe_api.door.url, install_secret_arns)
    tables = ("spc", "installs", "identity", "payments")
    with deployment(SpcBundle, tables, settings, stripe_api, monkeypatch) as bundle:
        yield bundle


@pytest.fixture(scope="module")
def open_shops() -> OpenShops:
    """What all tests of a module have stored before they begin."""
    return OpenShops()


@pytest.fixture
def shop(spc: SpcBundle, open_shops: OpenShops) -> SpcBundle:
    """The same, with one merchant."""
    open_shops.open(spc)
    return spc


@pytest.fixture
def spc_with(spc: SpcBundle, redeploy: Callable[..., None]) -> Callable[..., SpcBundle]:
    """The same deployment with other settings, as `redeploy` takes them."""

    def deploy(**changes: str) -> SpcBundle:
        redeploy(**changes)
        return spc

    return deploy


@pytest.fixture(scope="session")
def google() -> GooglePay:
    """Google Pay, under a root of its own, and the key pair that tokens are sealed to."""
    return GooglePay()


@pytest.fixture(scope="module")
def google_pay_secret(install_secret_arns: dict[str, str], google: GooglePay) -> str:
    """The ARN of the secret with the key that tokens are opened with."""
    return put_secret("google-pay", GOOGLE_PAY_PRIVATE_KEYS=google.private_key)


@pytest.fixture
def step_up_settings(
    install_secret_arns: dict[str, str],
    google_pay_secret: str,
    google: GooglePay,
    stripe_api: StandIn,
) -> dict[str, str]:
    """The environment of a deployment with step-up decisions."""
    return step_up_environment(stripe_api.door.url, install_secret_arns, google_pay_secret, google)


@pytest.fixture
def step_up(
    step_up_settings: dict[str, str],
    google: GooglePay,
    stripe_api: StandIn,
    open_shops: OpenShops,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[StepUpBundle]:
    """A deployment with step-up decisions, empty tables and one merchant."""
    tables = ("step-up", "spc", "installs", "identity", "payments")
    with deployment(StepUpBundle, tables, step_up_settings, stripe_api, monkeypatch) as bundle:
        bundle.google = google
        open_shops.open(bundle)
        bundle.learn(country_tried_at=int(time.time()))
        yield bundle


@pytest.fixture
def step_up_with(
    step_up: StepUpBundle, redeploy: Callable[..., None]
) -> Callable[..., StepUpBundle]:
    """The same deployment with other settings, as `redeploy` takes them."""

    def deploy(**changes: str) -> StepUpBundle:
        redeploy(**changes)
        return step_up

    return deploy


@pytest.fixture
def payments(
    step_up_settings: dict[str, str],
    google: GooglePay,
    stripe_api: StandIn,
    open_shops: OpenShops,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[PaymentsBundle]:
    """A deployment with payments, empty tables and one merchant in the United States."""
    tables = ("payments", "step-up", "spc", "installs", "identity")
    with deployment(PaymentsBundle, tables, step_up_settings, stripe_api, monkeypatch) as bundle:
        monkeypatch.setattr("countersign.payments.context.StripeIntents", lambda: bundle.intents)
        bundle.google = google
        open_shops.open(bundle)
        bundle.learn(country="US", country_at=int(time.time()))
        yield bundle


DeployRules = Callable[[str], RuleBook]


@pytest.fixture
def deploy_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[DeployRules]:
    """Deploy the rules in a text."""

    def deploy(text: str) -> RuleBook:
        book = parse_rules(text)
        monkeypatch.setattr(deployed_rules, "load_rules", lambda: book)
        deployed_rules.deployed_rules.cache_clear()
        return book

    yield deploy
    deployed_rules.deployed_rules.cache_clear()


@pytest.fixture
def with_rules(step_up: StepUpBundle, deploy_rules: DeployRules) -> DeployRules:
    """Have decisions made by the rules in a text."""
    return deploy_rules


@pytest.fixture
def pays_by(payments: PaymentsBundle, deploy_rules: DeployRules) -> DeployRules:
    """Have payments decided by the rules in a text."""
    return deploy_rules


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the functions' contexts, which begins now and moves when it is told to."""
    moved = Clock(int(time.time()))
    monkeypatch.setattr("countersign.context.time", moved)
    return moved
