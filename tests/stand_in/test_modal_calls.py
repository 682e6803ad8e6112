"""The modal by its client_secret, without a browser."""

from typing import Any

import pytest

from local.stand_in.drive import REFUSALS
from local.stand_in.outcomes import BEFORE_ANY_CHECK
from tests.stand_in.visits import BACK, DAY, hosted, open_modal, submit, submit_modal
from tests.support.stand_in import StandIn, start_path, visit_of


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_the_site_learns_of_a_refusal_and_the_session_keeps_it(
    stand_in: StandIn, refusal: Any
) -> None:
    session, path = hosted(stand_in)
    assert submit(stand_in, path, refusal.name).headers["location"] == BACK
    read = stand_in.sessions.retrieve(session)
    assert read.last_error
    assert (read.status, read.last_error.code) == ("requires_input", refusal.code)
    assert (read.last_verification_report is None) is (refusal.code in BEFORE_ANY_CHECK)
    error = submit_modal(stand_in, read.client_secret, refusal.name).json()["result"]["error"]
    assert error["code"] == refusal.client_error
    assert error["type"]
    assert error["message"]


def test_a_url_lasts_two_days_and_a_secret_one(stand_in: StandIn) -> None:
    early, late = stand_in.create(), stand_in.create()
    stand_in.clock.offset = DAY - 60
    assert open_modal(stand_in, early.client_secret).status_code == 200
    stand_in.clock.offset = DAY + 60
    expired = open_modal(stand_in, late.client_secret)
    assert expired.status_code == 410
    assert "expired" in expired.json()["error"]["message"]
    stand_in.clock.offset = 2 * DAY - 60
    assert stand_in.http.get(start_path(early.url or "")).status_code == 200
    stand_in.clock.offset = 2 * DAY + 60
    page = stand_in.http.get(start_path(late.url or ""))
    assert page.status_code == 410
    assert "has expired" in page.text


@pytest.mark.parametrize("outcome", ["processing", "verified", "canceled"])
def test_nothing_can_be_submitted_once_the_session_moved_on(
    stand_in: StandIn, outcome: str
) -> None:
    session, path = hosted(stand_in)
    secret = stand_in.sessions.retrieve(session).client_secret
    other = start_path(stand_in.sessions.retrieve(session).url or "")
    form = {"visit": visit_of(stand_in.http.get(path)), "outcome": "success"}
    stand_in.outcome(session, outcome)
    assert stand_in.http.post(path, data=form).status_code == 410
    assert "nothing left to submit" in stand_in.http.get(other).text
    assert open_modal(stand_in, secret).status_code == 410
    assert stand_in.status(session) == outcome


def test_the_modal_resolves_with_the_session_that_was_submitted(stand_in: StandIn) -> None:
    session = stand_in.create()
    result = submit_modal(stand_in, session.client_secret, "failure").json()["result"]
    assert result["verificationSession"]["id"] == session.id
    assert stand_in.status(session.id) == "requires_input"


def test_a_secret_is_for_one_visit(stand_in: StandIn) -> None:
    session = stand_in.create()
    assert open_modal(stand_in, session.client_secret).status_code == 200
    again = open_modal(stand_in, session.client_secret)
    assert again.status_code == 410
    assert "used" in again.json()["error"]["message"]
    assert open_modal(stand_in, "vs_1_secret_test_unknown").status_code == 404


@pytest.mark.parametrize("path", ["/modal/open", "/modal/submit"])
def test_nonsense_in_the_modal_is_refused(stand_in: StandIn, path: str) -> None:
    wrong_types = b'{"visit": 1, "client_secret": []}'
    for body in (b"", b"[]", b"{}", wrong_types, b"\xff", b"[" * 100_000):
        assert stand_in.http.post(path, content=body).status_code == 400


def test_the_modal_may_be_framed_by_any_site(stand_in: StandIn) -> None:
    page = stand_in.http.get("/modal")
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    assert "x-frame-options" not in page.headers


def test_the_script_knows_where_the_modal_is(stand_in: StandIn) -> None:
    for path in ("/v3/", "/v3"):
        script = stand_in.http.get(path)
        assert script.headers["content-type"].startswith("text/javascript")
        assert f'const HOME = "{stand_in.config.public_url}";' in script.text
        assert "%" not in script.text.split("HOME_ORIGIN")[0]
