"""The list of the deployment's sessions, for the business itself."""

from typing import Any

import pytest

from countersign.identity.list_sessions import SessionQuery, list_sessions
from tests.support.stripe_objects import erased, identity_event, session_object
from tests.support.visits import World, refusal, refused

STATUSES = ["requires_input", "processing", "verified", "canceled", "redacted"]


def sessions(world: World, **query: Any) -> list[dict[str, Any]]:
    return list(list_sessions(world.context, SessionQuery(**query))["data"])


def ids(world: World, **query: Any) -> list[str]:
    return [session["id"] for session in sessions(world, **query)]


def foreign(world: World, session_id: str, deployment: str | None = None) -> None:
    """A session of another product of the same account."""
    world.stripe.sessions[session_id] = session_object(session_id, deployment=deployment)


def test_a_session_is_listed_as_its_owner_sees_it_newest_first(world: World) -> None:
    first = world.open()
    world.stripe.cancel(first)
    second = world.open()
    world.clock.advance(5)
    world.complete(second)
    created = world.stored(second).created
    listed = sessions(world)
    assert [session["id"] for session in listed] == [second, first]
    assert listed[0] == {
        "id": second,
        "status": "requires_input",
        "last_error": {"code": "document_expired", "message": "The document has expired."},
        "retryable": True,
        "attempt": 2,
        "livemode": False,
        "created": created,
        "updated": created + 5,
    }


def test_stripes_status_is_listed_and_not_the_stored_one(world: World) -> None:
    world.stripe.submit(world.open())
    assert [session["status"] for session in sessions(world)] == ["processing"]


def test_a_session_of_ours_that_is_not_stored_is_listed_too(world: World) -> None:
    world.stripe.sessions["vs_9"] = session_object("vs_9", slot="4.0", created=12345)
    (listed,) = sessions(world)
    assert (listed["attempt"], listed["updated"]) == (4, 12345)


@pytest.mark.parametrize("deployment", [None, "another"])
def test_a_session_that_is_not_ours_is_left_out(world: World, deployment: str | None) -> None:
    foreign(world, "vs_9", deployment)
    own = world.open()
    assert ids(world) == [own]


def test_a_redacted_session_of_another_product_is_left_out_though_it_is_stored(
    world: World,
) -> None:
    world.stripe.sessions["vs_1"] = erased(session_object(deployment=None, status="verified"))
    world.receive(identity_event("redacted"))
    assert world.stored("vs_1").status == "redacted"
    assert ids(world) == []


def test_a_redacted_session_of_ours_is_listed_though_its_marker_is_erased(world: World) -> None:
    first = world.open()
    world.stripe.redact(first)
    world.redact(world.open())
    listed = [(session["status"], session["attempt"]) for session in sessions(world)]
    assert listed == [("redacted", 2), ("canceled", 1)]


@pytest.mark.parametrize("status", STATUSES)
def test_the_list_can_be_of_one_status(world: World, status: str) -> None:
    made = {name: world.open(name) for name in STATUSES}
    world.stripe.submit(made["processing"])
    world.verify(made["verified"])
    world.stripe.cancel(made["canceled"])
    world.verify(made["redacted"])
    world.redact(made["redacted"])
    assert ids(world, status=status) == [made[status]]


def test_the_list_can_be_of_one_user(world: World) -> None:
    first = world.open()
    world.stripe.cancel(first)
    world.open("user_2")
    second = world.open()
    assert ids(world, user_id="user_1") == [second, first]
    assert ids(world, user_id="user_3") == []


def test_the_cursor_leads_through_every_page_even_an_empty_one(world: World) -> None:
    made = []
    for number in range(7):
        made.append(world.open(f"user_{number}"))
        for other in range(4 if number == 3 else 1):
            foreign(world, f"vs_foreign_{number}_{other}")
    seen: list[list[str]] = []
    cursor = None
    while not seen or cursor is not None:
        found = list_sessions(world.context, SessionQuery(limit=3, cursor=cursor))
        seen.append([session["id"] for session in found["data"]])
        cursor = found["next_cursor"]
    assert [session_id for page in seen for session_id in page] == made[::-1]
    assert len(seen) == 6
    assert [] in seen


@pytest.mark.parametrize("count", [0, 2])
def test_the_last_page_has_no_cursor_even_when_it_is_full(world: World, count: int) -> None:
    for number in range(count):
        world.open(f"user_{number}")
    page = list_sessions(world.context, SessionQuery(limit=2))
    assert (len(page["data"]), page["next_cursor"]) == (count, None)


def test_a_cursor_that_stripe_does_not_know_is_refused(world: World) -> None:
    problem = refusal(list_sessions, world.context, SessionQuery(cursor="vs_unknown"))
    assert (problem.status, problem.code) == (422, "invalid_request")
    assert [error["pointer"] for error in problem.errors] == ["/cursor"]


def test_a_list_that_stripe_does_not_answer_is_unavailable(world: World) -> None:
    world.stripe.fails("list", "down")
    assert refused(list_sessions, world.context, SessionQuery()) == (503, "stripe_unavailable")


def test_no_secret_is_listed(world: World) -> None:
    world.open()
    text = str(sessions(world))
    assert not [secret for secret in world.stripe.minted if secret in text]
