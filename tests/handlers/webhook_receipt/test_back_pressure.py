"""Back-pressure: a throttled table, and a Stripe that is slow or takes no more requests, lead to a 503
that Stripe answers by sending the event again, and then to the one effect that it has.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from countersign.stripe_api import clients
from tests.support.assertions import assert_unavailable
from tests.support.bundle import Bundle
from tests.support.service import new_user
from tests.support.stand_in import StandIn
from tests.support.stripe_objects import session_marks, thin
from tests.support.watched_dynamodb import WatchedDynamoDB
from tests.support.webhooks import webhook

THROTTLES = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
]
EACH = "/v1/identity/verification_sessions/*"
Object = dict[str, Any]
Scene = Callable[[Bundle, str], Object]
"""What happens before, and the event that is then delivered."""


@pytest.fixture
def dynamodb_client() -> WatchedDynamoDB:
    """The table of these tests, in place of the plain one."""
    return WatchedDynamoDB("identity")


def known(bundle: Bundle, user: str) -> Object:
    """A session that is stored is verified."""
    return _last(bundle, bundle.open(user), "verified")


def thinly_told(bundle: Bundle, user: str) -> Object:
    """The same, by an event that only names it, so that it is read."""
    return thin(known(bundle, user))


def unknown(bundle: Bundle, user: str) -> Object:
    """A session of ours is verified whose creation was never stored, so that Stripe is asked."""
    params: Any = {"client_reference_id": user, "metadata": session_marks(user)}
    return _last(bundle, bundle.stripe.create(**params).id, "verified")


def at_the_limit(bundle: Bundle, user: str) -> Object:
    """A user's last check fails, so that the session is canceled at Stripe."""
    return _last(bundle, bundle.open(user), "document_expired")


def _last(bundle: Bundle, session_id: str, outcome: str) -> Object:
    bundle.stripe.outcome(session_id, outcome)
    return bundle.events_of(session_id)[-1]


SCENES: dict[str, tuple[Scene, list[str]]] = {
    "known": (known, ["identity.verified"]),
    "thin": (thinly_told, ["identity.verified"]),
    "unknown": (unknown, ["identity.verified"]),
    "limit": (at_the_limit, ["identity.requires_input", "identity.canceled"]),
}
"""Each with what it tells the business, once."""


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest, deployed_with: Any) -> tuple[Scene, list[str]]:
    """One of the scenes, in a deployment with one check for each user."""
    deployed_with(MAX_VERIFICATION_ATTEMPTS="1")
    return SCENES[request.param]


@pytest.mark.exhaustive  # at each call
@pytest.mark.parametrize("code", THROTTLES)
def test_an_event_whose_table_is_throttled_at_any_call_has_its_effect_once(
    bundle: Bundle, dynamodb_client: WatchedDynamoDB, scene: tuple[Scene, list[str]], code: str
) -> None:
    play, tells = scene
    for step in range(1, 30):
        event = play(bundle, new_user())
        dynamodb_client.begin(step, code)
        answer = bundle.receive(webhook(event))
        if not dynamodb_client.was_throttled:
            assert answer.status == 200
            break
        assert_unavailable(answer, "storage")
        dynamodb_client.throttled_at = None
        assert bundle.tell(event) in ("applied", "duplicate", "superseded")
        assert dynamodb_client.told == tells
    assert step > 1
    assert dynamodb_client.told == tells


@pytest.mark.parametrize("name", ["thin", "unknown", "limit"])
def test_an_event_that_needs_a_stripe_that_takes_no_more_requests_comes_again(
    bundle: Bundle, dynamodb_client: WatchedDynamoDB, deployed_with: Any, name: str
) -> None:
    deployed_with(MAX_VERIFICATION_ATTEMPTS="1")
    play, tells = SCENES[name]
    event = play(bundle, new_user())
    bundle.stripe.fault(path=EACH, status=429, times=9)
    dynamodb_client.begin(None)
    assert_unavailable(bundle.receive(webhook(event)), "stripe")
    bundle.stripe.fault(path=EACH, times=0)
    assert bundle.tell(event) in ("applied", "duplicate")
    assert dynamodb_client.told == tells


@pytest.fixture
def impatient(
    stripe_api: StandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Has the deployment wait for Stripe for a moment only, within a block. The tests that follow find
    nothing left of what nobody has waited for.
    """

    @contextmanager
    def for_a_moment() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(clients, "TIMEOUT", (0.5, 0.2))
            clients._connections.cache_clear()
            yield
        clients._connections.cache_clear()

    yield for_a_moment
    stripe_api.door.quiet()


@pytest.mark.parametrize("name", ["thin", "unknown", "limit"])
@pytest.mark.parametrize("after", [False, True])
def test_an_event_that_needs_a_stripe_that_is_slow_comes_again(
    bundle: Bundle,
    dynamodb_client: WatchedDynamoDB,
    deployed_with: Any,
    impatient: Callable[[], AbstractContextManager[None]],
    name: str,
    after: bool,
) -> None:
    """Whether Stripe has done by then what was asked of it or not. The second try may find the first
    still running, which Stripe says with a 409 of its own.
    """
    deployed_with(MAX_VERIFICATION_ATTEMPTS="1")
    play, tells = SCENES[name]
    event = play(bundle, new_user())
    bundle.stripe.fault(path=EACH, delay_s=1, after=after, times=2)
    dynamodb_client.begin(None)
    with impatient():
        assert_unavailable(bundle.receive(webhook(event)), "stripe")
    bundle.stripe.fault(path=EACH, times=0)
    assert bundle.tell(event) in ("applied", "duplicate", "superseded")
    assert dynamodb_client.told == tells
