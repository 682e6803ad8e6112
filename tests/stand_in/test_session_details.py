"""What a session shows about a person, until it is redacted."""

import pytest
import stripe

from tests.support.stand_in import SESSIONS, StandIn
from tests.support.stand_in_servers import eventually


def test_verified_outputs_come_when_they_are_asked_for(stand_in: StandIn) -> None:
    session = stand_in.create(provided_details={"email": "jenny@example.com"})
    path = f"{SESSIONS}/{session.id}"
    assert stand_in.get(path, **{"expand[]": "verified_outputs"})["verified_outputs"] is None
    stand_in.outcome(session.id, "verified")
    assert "verified_outputs" not in stand_in.get(path)
    outputs = stand_in.get(path, **{"expand[]": "verified_outputs"})["verified_outputs"]
    assert (outputs["first_name"], outputs["email"]) == ("Jenny", "jenny@example.com")
    assert not {"dob", "id_number", "sex"} & outputs.keys()


def test_sensitive_outputs_take_a_restricted_key(stand_in: StandIn) -> None:
    session = stand_in.create()
    stand_in.outcome(session.id, "verified")
    wanted = {"expand": ["verified_outputs", "verified_outputs.dob"]}
    with pytest.raises(stripe.PermissionError):
        stand_in.sessions.retrieve(session.id, wanted)  # type: ignore[arg-type]
    restricted = stand_in.client("rk_test_local").v1.identity.verification_sessions
    outputs = restricted.retrieve(session.id, wanted).verified_outputs  # type: ignore[arg-type]
    assert outputs
    assert outputs.dob
    assert outputs.dob.year == 1990


def test_provided_details_come_when_they_are_asked_for(stand_in: StandIn) -> None:
    session = stand_in.create(provided_details={"phone": "+15550100"})
    assert session.provided_details is None
    stand_in.sessions.update(session.id, {"provided_details": {"email": "a@example.com"}})
    read = stand_in.sessions.retrieve(session.id, {"expand": ["provided_details"]})
    assert read.provided_details
    assert read.provided_details.to_dict() == {"phone": "+15550100", "email": "a@example.com"}


def test_what_cannot_be_expanded_is_refused(stand_in: StandIn) -> None:
    session = stand_in.create()
    refused = stand_in.call("GET", f"{SESSIONS}/{session.id}", params={"expand[]": "customer"})
    assert refused.status_code == 400
    assert "customer" in refused.json()["error"]["message"]
    listed = stand_in.call("GET", SESSIONS, params={"expand[]": "data.verified_outputs"})
    assert listed.status_code == 400


def test_redaction_erases_the_person_and_says_so(stand_in: StandIn) -> None:
    session = stand_in.create(
        client_reference_id="user_1",
        metadata={"user": "user_1"},
        provided_details={"email": "jenny@example.com"},
    )
    stand_in.outcome(session.id, "document_expired")
    stand_in.outcome(session.id, "verified")
    begun = stand_in.sessions.redact(session.id)
    assert begun.redaction
    assert (begun.status, begun.redaction.status) == ("verified", "processing")
    assert begun.metadata.to_dict() == {"user": "user_1"}
    path = f"{SESSIONS}/{session.id}"
    eventually(lambda: stand_in.get(path)["redaction"]["status"] == "redacted")
    read = stand_in.get(path, **{"expand[]": "provided_details"})
    assert (read["metadata"], read["client_reference_id"], read["last_error"]) == ({}, None, None)
    assert read["provided_details"] is None
    assert read["status"] == "verified"
    stand_in.receiver.wait_for(6)
    assert stand_in.receiver.types()[-1] == "redacted"
    last = stand_in.receiver.received[-1].event["data"]
    assert last["previous_attributes"] == {"redaction": {"status": "processing"}}
    everything = stand_in.call("GET", "/v1/events").text + "".join(
        stand_in.call("GET", f"/v1/identity/verification_{part}").text
        for part in ("reports", "sessions")
    )
    for personal in ("user_1", "Jenny", "jenny@example.com", "1234 Main"):
        assert personal not in everything


def test_redacting_a_session_that_waits_for_input_cancels_it(stand_in: StandIn) -> None:
    session = stand_in.create()
    begun = stand_in.sessions.redact(session.id)
    assert (begun.status, begun.client_secret, begun.url) == ("canceled", None, None)
    stand_in.receiver.wait_for(3)
    assert stand_in.receiver.types() == ["created", "canceled", "redacted"]
    again = stand_in.call("POST", f"{SESSIONS}/{session.id}/redact")
    assert again.status_code == 400
    late = stand_in.post("/_outcome", {"session": session.id, "outcome": "verified"})
    assert late.status_code == 400
