from typing import Any

import pytest
import stripe

from tests.support.stand_in import SESSIONS, StandIn
from tests.support.stand_in_servers import eventually


def make(stand_in: StandIn, count: int) -> list[str]:
    """Newest first, as lists are."""
    return [stand_in.create(client_reference_id=f"user_{n}").id for n in range(count)][::-1]


def ids(listed: dict[str, Any]) -> list[str]:
    return [item["id"] for item in listed["data"]]


def test_a_list_is_newest_first_without_secrets(stand_in: StandIn) -> None:
    made = make(stand_in, 3)
    listed = stand_in.get(SESSIONS)
    assert ids(listed) == made
    assert (listed["object"], listed["has_more"], listed["url"]) == ("list", False, SESSIONS)
    assert all(item["client_secret"] is None and item["url"] is None for item in listed["data"])
    assert all("verified_outputs" not in item for item in listed["data"])


def test_cursors_lead_both_ways(stand_in: StandIn) -> None:
    made = make(stand_in, 5)
    first = stand_in.get(SESSIONS, limit=2)
    assert (ids(first), first["has_more"]) == (made[:2], True)
    rest = stand_in.get(SESSIONS, limit=3, starting_after=made[1])
    assert (ids(rest), rest["has_more"]) == (made[2:], False)
    newer = stand_in.get(SESSIONS, limit=2, ending_before=made[3])
    assert (ids(newer), newer["has_more"]) == (made[1:3], True)
    newest = stand_in.get(SESSIONS, limit=2, ending_before=made[1])
    assert (ids(newest), newest["has_more"]) == (made[:1], False)


def test_the_sdk_pages_through_all_of_it(stand_in: StandIn) -> None:
    made = make(stand_in, 5)
    paged = stand_in.sessions.list({"limit": 2}).auto_paging_iter()
    assert [session.id for session in paged] == made
    oldest = stand_in.get(SESSIONS)["data"][-1]["id"]
    backwards = stand_in.sessions.list({"limit": 2, "ending_before": oldest})
    assert [session.id for session in backwards.auto_paging_iter()] == made[:-1][::-1]


def test_a_list_is_filtered(stand_in: StandIn) -> None:
    made = make(stand_in, 3)
    stand_in.outcome(made[0], "processing")
    assert ids(stand_in.get(SESSIONS, status="processing")) == [made[0]]
    assert ids(stand_in.get(SESSIONS, client_reference_id="user_0")) == [made[2]]
    created = stand_in.get(SESSIONS)["data"][-1]["created"]
    assert made[2] in ids(stand_in.get(SESSIONS, created=created))
    assert ids(stand_in.get(SESSIONS, **{"created[gte]": created})) == made
    assert ids(stand_in.get(SESSIONS, **{"created[lt]": created})) == []
    later = {"created[gt]": created + 1000, "created[lte]": created + 2000}
    assert ids(stand_in.get(SESSIONS, **later)) == []


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"status": "redacted"}, "status"),
        ({"created[after]": "1"}, "created[after]"),
        ({"created": "today"}, "created"),
        ({"starting_after": "vs_unknown"}, "starting_after"),
        ({"ending_before": "vs_unknown"}, "ending_before"),
        ({"starting_after": "vs_1", "ending_before": "vs_2"}, "ending_before"),
        ({"metadata[a]": "1"}, "metadata"),
    ],
)
def test_a_bad_filter_is_refused_by_name(
    stand_in: StandIn, params: dict[str, str], param: str
) -> None:
    refused = stand_in.call("GET", SESSIONS, params=params)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == param


def test_events_are_listed_and_read(stand_in: StandIn) -> None:
    session = stand_in.create()
    stand_in.outcome(session.id, "verified")
    eventually(lambda: stand_in.get("/v1/events", delivery_success="false")["data"] == [])
    listed = stand_in.stripe.v1.events.list().data
    names = [event.type.removeprefix("identity.verification_session.") for event in listed]
    assert names == ["verified", "processing", "created"]
    read = stand_in.stripe.v1.events.retrieve(listed[0].id)
    assert read.to_dict() == listed[0].to_dict()
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.events.retrieve("evt_unknown")


def test_events_are_filtered_by_type(stand_in: StandIn) -> None:
    session = stand_in.create()
    stand_in.outcome(session.id, "verified")
    prefix = "identity.verification_session"
    events = stand_in.stripe.v1.events
    assert len(events.list({"type": f"{prefix}.verified"}).data) == 1
    assert len(events.list({"type": "identity.*"}).data) == 3
    two = [f"{prefix}.created", f"{prefix}.processing"]
    assert [event.type for event in events.list({"types": two}).data] == two[::-1]
    assert events.list({"types": ["account.application.authorized"]}).data == []


@pytest.mark.parametrize(
    "params",
    [
        {"type": "identity.verification_session.finished"},
        {"type": "charge.*", "types[]": "charge.succeeded"},
        {f"types[{n}]": "charge.succeeded" for n in range(21)},
        {"delivery_success": "perhaps"},
    ],
)
def test_a_bad_filter_of_events_is_refused(stand_in: StandIn, params: dict[str, str]) -> None:
    assert stand_in.call("GET", "/v1/events", params=params).status_code == 400


def test_reports_are_listed_and_read(stand_in: StandIn) -> None:
    first = stand_in.create(client_reference_id="user_1").id
    second = stand_in.sessions.create({"type": "id_number"}).id
    made = [
        stand_in.outcome(session, "verified")["last_verification_report"]
        for session in (first, second)
    ]
    path = "/v1/identity/verification_reports"
    assert ids(stand_in.get(path)) == made[::-1]
    assert ids(stand_in.get(path, verification_session=first)) == made[:1]
    assert ids(stand_in.get(path, type="id_number")) == made[1:]
    assert ids(stand_in.get(path, client_reference_id="user_1")) == made[:1]
    assert "dob" not in stand_in.get(f"{path}/{made[0]}")["document"]
    restricted = stand_in.client("rk_test_local").v1.identity.verification_reports
    document = restricted.retrieve(made[0], {"expand": ["document.dob"]}).document
    assert document
    assert document.dob
    assert stand_in.call("GET", f"{path}/vr_unknown").status_code == 404
