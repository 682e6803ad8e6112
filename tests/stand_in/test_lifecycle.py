import pytest
import stripe

from local.stand_in.outcomes import BEFORE_ANY_CHECK, CHECK_FAILURES, CODES, REASONS
from tests.support.stand_in import SESSIONS, StandIn


def test_a_session_is_born_waiting_for_input_with_both_ways_in(stand_in: StandIn) -> None:
    session = stand_in.create(
        client_reference_id="user_1",
        metadata={"slot": "3"},
        options={"document": {"require_matching_selfie": True, "allowed_types": ["passport"]}},
        return_url="http://localhost:8000/back",
    )
    assert session.status == "requires_input"
    assert session.client_secret
    assert session.client_secret.startswith(f"{session.id}_secret_test_")
    assert session.url
    assert session.url.startswith(f"{stand_in.config.public_url}/start/test_")
    assert session.metadata.to_dict() == {"slot": "3"}
    assert session.options
    assert session.options.to_dict() == {
        "document": {"require_matching_selfie": True, "allowed_types": ["passport"]}
    }
    assert session.last_error is None
    assert session.livemode is False


def test_retrieve_and_update_mint_fresh_ways_in(stand_in: StandIn) -> None:
    created = stand_in.create()
    read = stand_in.sessions.retrieve(created.id)
    updated = stand_in.sessions.update(created.id, {"metadata": {"a": "1"}})
    assert len({created.client_secret, read.client_secret, updated.client_secret}) == 3
    assert len({created.url, read.url, updated.url}) == 3


def test_update_merges_metadata_and_options(stand_in: StandIn) -> None:
    session = stand_in.create(
        metadata={"a": "1", "b": "2"}, options={"document": {"require_live_capture": True}}
    )
    updated = stand_in.sessions.update(
        session.id,
        {
            "metadata": {"b": "", "c": "3"},
            "options": {"document": {"require_id_number": True}},
            "type": "id_number",
        },
    )
    assert updated.metadata.to_dict() == {"a": "1", "c": "3"}
    assert updated.type == "id_number"
    assert updated.options
    assert updated.options.to_dict() == {
        "document": {"require_live_capture": True, "require_id_number": True}
    }
    cleared = stand_in.call(
        "POST", f"{SESSIONS}/{session.id}", data={"metadata": "", "options[document]": ""}
    ).json()
    assert cleared["metadata"] == {}
    assert cleared["options"] == {}


def test_a_verification_flow_takes_the_place_of_a_type(stand_in: StandIn) -> None:
    session = stand_in.sessions.create({"verification_flow": "vf_local"})
    assert (session.type, session.verification_flow) == ("verification_flow", "vf_local")


def test_a_submission_is_processed_then_verified_with_a_report(stand_in: StandIn) -> None:
    session = stand_in.create(client_reference_id="user_1")
    stand_in.outcome(session.id, "verified")
    events = [request.event for request in stand_in.receiver.wait_for(3)]
    assert stand_in.receiver.types() == ["created", "processing", "verified"]
    assert [event["data"].get("previous_attributes") for event in events] == [
        None,
        {"status": "requires_input"},
        {"status": "processing", "last_verification_report": None},
    ]
    assert events[1]["created"] <= events[2]["created"]
    read = stand_in.sessions.retrieve(session.id, {"expand": ["last_verification_report"]})
    assert (read.status, read.client_secret, read.url) == ("verified", None, None)
    report = read.last_verification_report
    assert isinstance(report, stripe.identity.VerificationReport)
    assert report.verification_session == session.id
    assert report.client_reference_id == "user_1"
    assert report.document
    assert report.document.status == "verified"


def test_a_failed_check_makes_a_report_and_waits_for_input_again(stand_in: StandIn) -> None:
    session = stand_in.create().id
    for code in CHECK_FAILURES:
        stand_in.outcome(session, code)
        read = stand_in.sessions.retrieve(session)
        assert read.status == "requires_input"
        assert read.client_secret
        assert read.last_error
        assert (read.last_error.code, read.last_error.reason) == (code, REASONS[code])
        report = stand_in.get(f"/v1/identity/verification_reports/{read.last_verification_report}")
        errors = [
            section["error"]["code"]
            for section in report.values()
            if isinstance(section, dict) and section.get("error")
        ]
        assert errors == [code]
    stand_in.receiver.wait_for(1 + 2 * len(CHECK_FAILURES))
    again = ["processing", "requires_input"] * len(CHECK_FAILURES)
    assert stand_in.receiver.types() == ["created", *again]


def test_what_ends_a_visit_before_any_check_makes_no_report(stand_in: StandIn) -> None:
    session = stand_in.create().id
    for code in sorted(BEFORE_ANY_CHECK):
        shown = stand_in.outcome(session, code)
        assert shown["last_error"]["code"] == code
        assert shown["last_verification_report"] is None
    stand_in.receiver.wait_for(1 + len(BEFORE_ANY_CHECK))
    assert stand_in.receiver.types() == ["created"] + ["requires_input"] * len(BEFORE_ANY_CHECK)


def test_each_completed_check_makes_another_report(stand_in: StandIn) -> None:
    session = stand_in.create()
    first = stand_in.outcome(session.id, "document_expired")["last_verification_report"]
    same = stand_in.outcome(session.id, "consent_declined")["last_verification_report"]
    second = stand_in.outcome(session.id, "verified")
    assert first == same
    assert second["last_verification_report"] not in (None, first)
    assert second["last_error"] is None
    reports = stand_in.get("/v1/identity/verification_reports", verification_session=session.id)
    assert [report["id"] for report in reports["data"]] == [
        second["last_verification_report"],
        first,
    ]


def test_an_operator_can_override_verified(stand_in: StandIn) -> None:
    session = stand_in.create()
    verified = stand_in.outcome(session.id, "verified")
    overridden = stand_in.outcome(session.id, "selfie_manipulated")
    assert overridden["status"] == "requires_input"
    assert overridden["last_error"]["code"] == "selfie_manipulated"
    assert overridden["last_verification_report"] == verified["last_verification_report"]
    last = stand_in.receiver.wait_for(4)[-1].event
    assert last["type"].endswith("requires_input")
    assert last["data"]["previous_attributes"] == {"status": "verified", "last_error": None}


def test_processing_goes_on_when_a_control_says_so(stand_in: StandIn) -> None:
    session = stand_in.create()
    shown = stand_in.outcome(session.id, "processing")
    assert shown["status"] == "processing"
    read = stand_in.sessions.retrieve(session.id)
    assert (read.client_secret, read.url) == (None, None)
    assert stand_in.outcome(session.id, "verified")["status"] == "verified"
    stand_in.receiver.wait_for(3)
    assert stand_in.receiver.types() == ["created", "processing", "verified"]


def test_only_a_session_that_waits_for_input_can_be_canceled_or_updated(
    stand_in: StandIn,
) -> None:
    session = stand_in.create()
    stand_in.outcome(session.id, "processing")
    for path in ("", "/cancel", "/redact"):
        refused = stand_in.call("POST", f"{SESSIONS}/{session.id}{path}")
        assert refused.status_code == 400
        assert "processing" in refused.json()["error"]["message"]
    stand_in.outcome(session.id, "document_expired")
    canceled = stand_in.sessions.cancel(session.id)
    assert (canceled.status, canceled.client_secret, canceled.url) == ("canceled", None, None)
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.sessions.cancel(session.id)
    event = stand_in.receiver.wait_for(4)[-1].event
    assert event["type"] == "identity.verification_session.canceled"
    assert event["data"]["previous_attributes"] == {"status": "requires_input"}
    assert event["request"]["id"].startswith("req_")


@pytest.mark.parametrize("outcome", ["verified", "processing", "canceled", "document_expired"])
def test_a_canceled_session_stays_canceled(stand_in: StandIn, outcome: str) -> None:
    session = stand_in.create()
    stand_in.outcome(session.id, "canceled")
    refused = stand_in.post("/_outcome", {"session": session.id, "outcome": outcome})
    assert refused.status_code == 400
    assert stand_in.status(session.id) == "canceled"


def test_an_unknown_outcome_is_refused_with_the_list_of_known_ones(stand_in: StandIn) -> None:
    session = stand_in.create()
    refused = stand_in.post("/_outcome", {"session": session.id, "outcome": "brand_new"})
    assert refused.status_code == 400
    assert all(code in refused.json()["error"]["message"] for code in (*CODES, "verified"))
    forced = stand_in.outcome(session.id, "brand_new", force=True)
    assert forced["last_error"]["code"] == "brand_new"
    bad = {"session": session.id, "outcome": "Not a code", "force": True}
    assert stand_in.post("/_outcome", bad).status_code == 400


def test_every_code_of_the_stripe_package_has_a_reason() -> None:
    assert set(REASONS) == set(CODES)
    assert len(CODES) == 19
    assert set(CODES) > BEFORE_ANY_CHECK


def test_an_unknown_session_is_missing(stand_in: StandIn) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stand_in.sessions.retrieve("vs_unknown")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    nobody = stand_in.post("/_outcome", {"session": "vs_unknown", "outcome": "verified"})
    assert nobody.status_code == 404
