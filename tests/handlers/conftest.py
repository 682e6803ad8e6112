"""One stand-in for Stripe a session, one empty deployment a test."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import stripe
from boto3.dynamodb.types import TypeDeserializer

from countersign import table
from tests.stand_in.harness import FrontDoor, Receiver, StandIn
from tests.support import storage
from tests.support.bundle import SECRETS, Bundle, environment
from tests.support.processes import forget_everything, forget_settings
from tests.support.quick_dynamodb import QuickDynamoDB

_numbers = count(1)


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
def secret_arn(aws: None) -> Iterator[str]:
    """The ARN of the secret that all deployments of a module share, with the process's clients."""
    forget_everything()
    yield storage.put_secret("stripe", **SECRETS)
    forget_everything()


@pytest.fixture
def dynamodb_client() -> Any:
    """The client that the functions get, with one empty table; `test_on_moto.py` has moto's."""
    return QuickDynamoDB("identity")


@pytest.fixture
def items(dynamodb_client: QuickDynamoDB) -> Callable[[], dict[str, dict[str, Any]]]:
    """What is stored, by key."""
    plain: Callable[[Any], Any] = TypeDeserializer().deserialize

    def read() -> dict[str, dict[str, Any]]:
        return {
            pk: {name: plain(value) for name, value in row.items()}
            for pk, row in dynamodb_client.rows.items()
        }

    return read


@pytest.fixture
def bundle(
    dynamodb_client: Any,
    items: Callable[[], dict[str, dict[str, Any]]],
    secret_arn: str,
    stripe_api: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bundle]:
    """A deployment with an empty table."""
    settings = environment("identity", stripe_api.door.url, secret_arn)
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
