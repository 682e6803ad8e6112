"""Every object that the stand-in emits, against the classes of the `stripe` package."""

from typing import Any

from stripe import Account, Application, Event
from stripe.apps import Install
from stripe.identity import VerificationReport, VerificationSession

from local.stand_in.outcomes import CODES
from tests.stand_in.shapes import fields, problems
from tests.support.stand_in import APP_ID, BAKERY, BOOKSHOP, INSTALLS, SESSIONS, StandIn
from tests.support.stand_in_servers import eventually

REPORTS = "/v1/identity/verification_reports"
EXPAND = {
    "expand[0]": "last_verification_report",
    "expand[1]": "provided_details",
    "expand[2]": "verified_outputs",
    "expand[3]": "verified_outputs.dob",
    "expand[4]": "verified_outputs.sex",
}


def sensitive(stand_in: StandIn, path: str, **params: str) -> Any:
    return stand_in.http.get(path, params=params, auth=("rk_test_local", "")).json()


def check_session(stand_in: StandIn, session: dict[str, Any]) -> None:
    assert problems(session, VerificationSession) == []
    everything = fields(VerificationSession).keys() - {"verified_outputs"}
    assert everything <= session.keys()
    expanded = sensitive(stand_in, f"{SESSIONS}/{session['id']}", **EXPAND)
    assert problems(expanded, VerificationSession) == []
    assert set(fields(VerificationSession)) == set(expanded)


def check_all(stand_in: StandIn) -> None:
    for event in stand_in.get("/v1/events", limit="100")["data"]:
        assert problems(event, Event) == []
        assert problems(event["data"]["object"], VerificationSession) == []
    for session in stand_in.get(SESSIONS, limit="100")["data"]:
        check_session(stand_in, session)
        check_session(stand_in, stand_in.get(f"{SESSIONS}/{session['id']}"))
    for report in stand_in.get(REPORTS, limit="100")["data"]:
        assert problems(report, VerificationReport) == []
        wanted = {"expand[]": "document.dob"}
        path = f"{REPORTS}/{report['id']}"
        assert problems(sensitive(stand_in, path, **wanted), VerificationReport) == []
    for request in stand_in.receiver.received:
        assert problems(request.event, Event) == []


def test_objects_have_the_shape_of_stripes_in_every_state(stand_in: StandIn) -> None:
    full: dict[str, Any] = {
        "client_reference_id": "user_1",
        "metadata": {"a": "1"},
        "options": {
            "document": {
                "allowed_types": ["passport"],
                "require_id_number": True,
                "require_live_capture": True,
                "require_matching_selfie": True,
            }
        },
        "provided_details": {"email": "a@example.com", "phone": "+15550100"},
        "return_url": "https://example.com/",
    }
    for outcome in ("verified", "processing", "canceled", "something_else"):
        session = stand_in.create(**full).id
        stand_in.outcome(session, "document_expired")
        if outcome != "something_else":
            stand_in.outcome(session, outcome)
    stand_in.sessions.create({"verification_flow": "vf_local"})
    number = stand_in.sessions.create({"type": "id_number"}).id
    stand_in.outcome(number, "id_number_mismatch")
    redacted = stand_in.create(**full).id
    stand_in.outcome(redacted, "verified")
    stand_in.sessions.redact(redacted)
    check_all(stand_in)
    path = f"{SESSIONS}/{redacted}"
    eventually(lambda: stand_in.get(path)["redaction"]["status"] == "redacted")
    check_all(stand_in)


def test_objects_have_the_shape_of_stripes_after_every_error(stand_in: StandIn) -> None:
    for code in CODES:
        stand_in.outcome(stand_in.create().id, code)
    check_all(stand_in)


def test_accounts_and_installations_have_the_shape_of_stripes(stand_in: StandIn) -> None:
    for account in (BAKERY, BOOKSHOP):
        stand_in.install(account)
    stand_in.install(livemode=True)
    for path in ("/v1/account", f"/v1/accounts/{BAKERY}", f"/v1/accounts/{BOOKSHOP}"):
        account = stand_in.get(path)
        assert problems(account, Account) == []
        assert problems(account["business_profile"], Account.BusinessProfile) == []
    installs = stand_in.get(INSTALLS, app=APP_ID)["data"]
    assert len(installs) == 2
    installs.append(stand_in.get(f"{INSTALLS}/{installs[0]['id']}"))
    path = f"{INSTALLS}/{installs[1]['id']}/uninstall"
    installs.append(stand_in.call("POST", path).json())
    installs += stand_in.post("/_uninstall", {"account": BOOKSHOP}).json()["data"]
    for install in installs:
        assert problems(install, Install) == []
        assert set(fields(Install)) == set(install)
    for request in stand_in.receiver.wait_for(5):
        assert problems(request.event, Event) == []
        assert problems(request.event["data"]["object"], Application) == []


def test_the_check_itself_finds_what_is_wrong(stand_in: StandIn) -> None:
    stand_in.create()
    good = stand_in.get(SESSIONS)["data"][0]
    for wrong, problem in (
        ({**good, "color": "red"}, ".color: unknown"),
        ({**good, "created": "1"}, ".created: '1' is no int"),
        ({**good, "created": True}, ".created: True is no int"),
        ({**good, "livemode": None}, ".livemode: None is no bool"),
        ({**good, "status": "open"}, ".status: 'open' is not one of its values"),
        ({**good, "metadata": {"a": 1}}, ".metadata.a: 1 is no str"),
        ({**good, "options": {"document": {"color": 1}}}, ".options.document.color: unknown"),
        ({name: good[name] for name in good if name != "type"}, ".type: missing"),
    ):
        assert problems(wrong, VerificationSession) == [problem]
