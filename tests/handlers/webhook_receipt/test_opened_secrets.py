"""`POST /webhook`: which secrets an event opens, and how often."""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.aws import secrets
from tests.support.bundle import SECRETS, Bundle
from tests.support.processes import forget_settings
from tests.support.quick_secrets import QuickSecrets
from tests.support.stripe_objects import session_marks

Opened = Callable[[], list[str]]


@pytest.fixture
def opened(
    event: dict[str, Any], secret_arns: dict[str, str], secrets_manager: QuickSecrets
) -> Opened:
    """The variables of the secrets that are fetched from now on, in a process that has none yet."""
    variables = {secret_arns[variable]: variable for variable in SECRETS}
    secrets.secret.cache_clear()
    forget_settings()
    secrets_manager.fetched.clear()
    return lambda: [variables[arn] for arn in secrets_manager.fetched]


def test_an_event_that_needs_no_read_at_stripe_opens_the_webhooks_secret_alone_and_once(
    bundle: Bundle, event: dict[str, Any], opened: Opened
) -> None:
    assert [bundle.tell(event) for _ in range(2)] == ["applied", "duplicate"]
    assert opened() == ["WEBHOOK_SECRET"]


def test_stripes_key_is_opened_once_for_the_first_event_of_an_unknown_session(
    bundle: Bundle, user: str, opened: Opened
) -> None:
    for subject in (user, f"{user}-2"):
        marks = session_marks(subject)
        unknown = bundle.stripe.create(client_reference_id=subject, metadata=marks).id
        assert bundle.hear(unknown) == ["applied"]
    assert opened() == ["WEBHOOK_SECRET", "STRIPE_SECRET"]
