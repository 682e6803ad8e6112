from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from local.stand_in import StandInConfig, create_stand_in
from tests.support.stand_in import APP_ID, BAKERY, INSTALLS, SESSIONS, StandIn, start_path, visit_of
from tests.support.stand_in_servers import eventually

DAY = 24 * 3600


def test_sessions_keys_requests_and_ways_in_survive(stand_in: StandIn) -> None:
    session = stand_in.sessions.create(
        {"type": "document", "metadata": {"a": "1"}}, {"idempotency_key": "key"}
    )
    stand_in.fault(status=500, times=1)
    requests = stand_in.requests()
    stand_in.restart()
    assert stand_in.requests() == requests
    assert stand_in.call("GET", SESSIONS).status_code == 500
    again = stand_in.sessions.create(
        {"type": "document", "metadata": {"a": "1"}}, {"idempotency_key": "key"}
    )
    assert again.client_secret == session.client_secret
    assert session.url
    visit_of(stand_in.http.get(start_path(session.url)))


def test_webhooks_not_delivered_yet_are_delivered(
    make_stand_in: Callable[..., StandIn],
) -> None:
    stand_in = make_stand_in(retry_delays=(60,))
    stand_in.receiver.statuses = [503]
    session = stand_in.create()
    eventually(lambda: stand_in.deliveries()[0]["attempts"] == 1)
    stand_in.clock.offset = 60
    stand_in.restart()
    stand_in.receiver.wait_for(2)
    assert stand_in.receiver.received[1].event["data"]["object"]["id"] == session.id


def test_a_webhook_on_its_way_is_sent_again(make_stand_in: Callable[..., StandIn]) -> None:
    stand_in = make_stand_in()
    stand_in.receiver.delay = 0.3
    stand_in.create()
    eventually(lambda: stand_in.deliveries())
    stand_in.restart()
    stand_in.receiver.wait_for(1)
    assert eventually(lambda: stand_in.deliveries()[0]["delivered"])


def test_the_mode_and_what_is_held_survive(stand_in: StandIn) -> None:
    stand_in.mode("hold")
    stand_in.create()
    stand_in.restart()
    assert stand_in.http.get("/_deliveries").json()["mode"] == "hold"
    stand_in.mode("normal")
    stand_in.receiver.wait_for(1)


def test_what_was_to_happen_later_still_happens(make_stand_in: Callable[..., StandIn]) -> None:
    stand_in = make_stand_in(processing_delay=60, redaction_delay=60)
    processing, redacting = stand_in.create(), stand_in.create()
    path = start_path(processing.url or "")
    visit = visit_of(stand_in.http.get(path))
    choice = {"visit": visit, "outcome": "success_async", "failure": "document_expired"}
    stand_in.http.post(path, data=choice)
    stand_in.sessions.redact(redacting.id)
    assert stand_in.status(processing.id) == "processing"
    stand_in.clock.offset = 60
    stand_in.restart()
    eventually(lambda: stand_in.status(processing.id) == "verified")
    session = f"{SESSIONS}/{redacting.id}"
    eventually(lambda: stand_in.get(session)["redaction"]["status"] == "redacted")


def test_installations_and_merchants_survive(stand_in: StandIn) -> None:
    merchant = stand_in.post("/_accounts", {"name": "Corner Florist"}).json()["id"]
    stand_in.mode("hold")
    stand_in.install(merchant)
    before = stand_in.get(INSTALLS, app=APP_ID)["data"]
    assert [install["account"] for install in before] == [merchant]
    stand_in.restart()
    assert stand_in.get(INSTALLS, app=APP_ID)["data"] == before
    account = stand_in.get(f"/v1/accounts/{merchant}")
    assert account["business_profile"]["name"] == "Corner Florist"
    stand_in.mode("normal")
    assert stand_in.receiver.wait_for(1)[0].event["account"] == merchant


def test_installations_are_of_one_app(make_stand_in: Callable[..., StandIn]) -> None:
    stand_in = make_stand_in()
    stand_in.install()
    stand_in.config = replace(stand_in.config, app_id="com.example.another")
    stand_in.restart()
    assert stand_in.call("GET", f"/v1/accounts/{BAKERY}").status_code == 403
    assert stand_in.get(INSTALLS, app=APP_ID)["data"] == []


def test_events_are_kept_for_thirty_days(stand_in: StandIn) -> None:
    stand_in.create()
    stand_in.clock.offset = 29 * DAY
    event = stand_in.get("/v1/events")["data"][0]
    stand_in.clock.offset = 31 * DAY
    assert stand_in.get("/v1/events")["data"] == []
    assert stand_in.call("GET", f"/v1/events/{event['id']}").status_code == 404


def test_what_is_too_old_is_forgotten_at_the_start(stand_in: StandIn) -> None:
    stand_in.create()
    eventually(lambda: stand_in.deliveries()[0]["delivered"])
    stand_in.clock.offset = 40 * DAY
    stand_in.restart()
    assert stand_in.deliveries() == []
    assert stand_in.requests() == []
    assert len(stand_in.get(SESSIONS)["data"]) == 1


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a state file, and dear to somebody " * 50)
    config = StandInConfig(
        public_url="http://localhost",
        webhook_url="http://localhost/webhook",
        account_secret="whsec_a",
        connect_secret="whsec_c",
        state_file=file,
        app_id="com.example.countersign",
        application_id="ca_local",
        app_secrets=("absec_a",),
        redirect_uris=("http://localhost/callback/stripe",),
    )
    with pytest.raises(ValueError, match=r"notes\.txt is not a state file"):
        create_stand_in(config)
    assert file.read_text().startswith("not a state file")
