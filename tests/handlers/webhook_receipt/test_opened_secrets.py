"""`POST /webhook`: which secrets an event opens, and how often."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from countersign.aws import secrets
from tests.support.bundle import SECRETS, Bundle
from tests.support.processes import forget_settings
from tests.support.storage import put_secret
from tests.support.stripe_objects import session_marks


@pytest.fixture
def opened(event: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The variables of the secrets that are fetched from now on, in a process that has none yet."""
    variables, fetched = {}, list[str]()
    for variable, members in SECRETS.items():
        arn = put_secret(f"opened-{variable}", **members)
        monkeypatch.setenv(variable, arn)
        variables[arn] = variable

    def on_fetch(params: dict[str, str], **_: Any) -> None:
        fetched.append(variables[params["SecretId"]])

    session, call = boto3.DEFAULT_SESSION, "provide-client-params.secretsmanager.GetSecretValue"
    assert session is not None
    session.events.register(call, on_fetch)
    secrets.secret.cache_clear()
    forget_settings()
    yield fetched
    session.events.unregister(call, on_fetch)


def test_an_event_that_needs_no_read_at_stripe_opens_the_webhooks_secret_alone_and_once(
    bundle: Bundle, event: dict[str, Any], opened: list[str]
) -> None:
    assert [bundle.tell(event) for _ in range(2)] == ["applied", "duplicate"]
    assert opened == ["WEBHOOK_SECRET"]


def test_stripes_key_is_opened_once_for_the_first_event_of_an_unknown_session(
    bundle: Bundle, user: str, opened: list[str]
) -> None:
    for subject in (user, f"{user}-2"):
        marks = session_marks(subject)
        unknown = bundle.stripe.create(client_reference_id=subject, metadata=marks).id
        assert bundle.hear(unknown) == ["applied"]
    assert opened == ["WEBHOOK_SECRET", "STRIPE_SECRET"]
