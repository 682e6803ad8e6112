"""What a person meets: the hosted page by the session's url, the modal by its client_secret."""

import pytest

from local.stand_in.drive import REFUSALS
from local.stand_in.outcomes import CHECK_FAILURES
from tests.stand_in.visits import BACK, hosted, submit
from tests.support.stand_in import StandIn, start_path, visit_of
from tests.support.stand_in_servers import eventually


def test_the_hosted_page_says_what_it_is_and_offers_every_outcome(stand_in: StandIn) -> None:
    page = stand_in.http.get(hosted(stand_in)[1])
    assert "Test mode" in page.text
    assert all(f'value="{code}"' in page.text for code in CHECK_FAILURES)
    assert all(f'value="{refusal.name}"' in page.text for refusal in REFUSALS)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


def test_a_success_goes_back_to_the_site(stand_in: StandIn) -> None:
    session, path = hosted(stand_in)
    answer = submit(stand_in, path, "success")
    assert (answer.status_code, answer.headers["location"]) == (303, BACK)
    assert stand_in.status(session) == "verified"


@pytest.mark.parametrize("failure", ["document_expired", "selfie_face_mismatch"])
def test_a_failure_is_of_the_check_that_was_chosen(stand_in: StandIn, failure: str) -> None:
    session, path = hosted(stand_in)
    assert submit(stand_in, path, "failure", failure).status_code == 303
    read = stand_in.sessions.retrieve(session)
    assert read.last_error
    assert (read.status, read.last_error.code) == ("requires_input", failure)


@pytest.mark.parametrize(
    ("outcome", "end"), [("success_async", "verified"), ("failure_async", "requires_input")]
)
def test_an_asynchronous_outcome_comes_after_processing(
    stand_in: StandIn, outcome: str, end: str
) -> None:
    session, path = hosted(stand_in)
    assert submit(stand_in, path, outcome).status_code == 303
    eventually(lambda: stand_in.status(session) == end)
    stand_in.receiver.wait_for(3)
    assert stand_in.receiver.types() == ["created", "processing", end]


@pytest.mark.parametrize(
    ("planned", "overtaking", "end"),
    [
        ("success_async", "document_expired", "requires_input"),
        ("success_async", "consent_declined", "requires_input"),
        ("failure_async", "verified", "verified"),
    ],
)
def test_an_asynchronous_outcome_that_was_overtaken_does_not_come(
    stand_in: StandIn, planned: str, overtaking: str, end: str
) -> None:
    session, path = hosted(stand_in)
    submit(stand_in, path, planned)
    stand_in.outcome(session, overtaking)
    later, later_path = hosted(stand_in)
    submit(stand_in, later_path, "success_async")
    eventually(lambda: stand_in.status(later) == "verified")
    assert stand_in.status(session) == end


def test_leaving_changes_nothing(stand_in: StandIn) -> None:
    session, path = hosted(stand_in)
    visit = visit_of(stand_in.http.get(path))
    form = {"visit": visit, "outcome": "success", "failure": "document_expired", "leave": "1"}
    answer = stand_in.http.post(path, data=form)
    assert answer.headers["location"] == BACK
    read = stand_in.sessions.retrieve(session)
    assert (read.status, read.last_error) == ("requires_input", None)


def test_a_url_is_for_one_visit(stand_in: StandIn) -> None:
    session, path = hosted(stand_in)
    first = stand_in.http.get(path)
    again = stand_in.http.get(path)
    assert visit_of(again) == visit_of(first), "the same browser may load the page again"
    stand_in.http.cookies.clear()
    elsewhere = stand_in.http.get(path)
    assert elsewhere.status_code == 410
    assert "has been used" in elsewhere.text
    assert stand_in.status(session) == "requires_input"


def test_a_visit_submits_once(stand_in: StandIn) -> None:
    session, path = hosted(stand_in)
    form = {"visit": visit_of(stand_in.http.get(path)), "failure": "document_expired"}
    first = stand_in.http.post(path, data={**form, "outcome": "failure"})
    again = stand_in.http.post(path, data={**form, "outcome": "success"})
    assert (first.status_code, again.status_code) == (303, 410)
    assert stand_in.status(session) == "requires_input"
    assert stand_in.http.get(path).status_code == 410


def test_an_earlier_url_stays_good_until_it_is_used_or_expires(stand_in: StandIn) -> None:
    session, path = hosted(stand_in)
    newer = start_path(stand_in.sessions.retrieve(session).url or "")
    assert submit(stand_in, newer, "failure").status_code == 303
    assert submit(stand_in, path, "success").status_code == 303
    assert stand_in.status(session) == "verified"


def test_an_unknown_url_leads_nowhere(stand_in: StandIn) -> None:
    assert stand_in.http.get("/start/test_unknown").status_code == 404
    assert stand_in.http.post("/start/test_unknown", data={"visit": "x"}).status_code == 404


@pytest.mark.parametrize(
    "form", [{"outcome": "nonsense"}, {"outcome": "failure", "failure": "<b>"}, {}]
)
def test_an_invalid_choice_is_asked_for_again(stand_in: StandIn, form: dict[str, str]) -> None:
    session, path = hosted(stand_in)
    visit = visit_of(stand_in.http.get(path))
    answer = stand_in.http.post(path, data={**form, "visit": visit})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "<b>" not in answer.text
    good = {"visit": visit, "outcome": "success", "failure": "document_expired"}
    assert stand_in.http.post(path, data=good).status_code == 303
    assert stand_in.status(session) == "verified"


def test_a_session_without_a_return_url_ends_on_a_page(stand_in: StandIn) -> None:
    session = stand_in.create()
    answer = submit(stand_in, start_path(session.url or ""), "success")
    assert answer.status_code == 200
    assert "You can close this page" in answer.text


def test_the_hosted_page_works_under_a_mount(stand_in: StandIn) -> None:
    session, path = hosted(stand_in)
    assert submit(stand_in, f"/_local/stripe{path}", "success").status_code == 303
    assert stand_in.status(session) == "verified"
