"""Identity on the deployed stack, over HTTP: the way of a visitor, and what goes wrong on it."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.service import Service, new_user

CREATE = "/create-verification-session"
AT_STRIPE = "/v1/identity/verification_sessions"


def create(service: Service, user: str, **members: Any) -> httpx.Response:
    headers = service.as_user(user)
    return service.http.post(CREATE, headers=headers, json=members or None)


def sessions_at_stripe(service: Service, user: str) -> list[str]:
    """The ids of a user's sessions, as the stand-in lists them."""
    answer = service.http.get(
        f"/_local/stripe{AT_STRIPE}",
        params={"client_reference_id": user, "limit": 100},
        headers={"Authorization": "Bearer sk_test_reader"},
    )
    return [session["id"] for session in answer.json()["data"]]


@pytest.fixture
def clear_faults(service: Service) -> Any:
    """No fault outlives its test."""
    yield
    service.fault(AT_STRIPE, times=0)


def test_an_empty_body_gives_a_modal_session(service: Service) -> None:
    answer = create(service, new_user())
    assert answer.status_code == 200
    assert set(answer.json()) == {"id", "client_secret"}
    assert answer.headers["cache-control"] == "no-store"


def test_a_visitor_fails_retries_and_succeeds_on_one_session(service: Service) -> None:
    user = new_user()
    session_id = create(service, user).json()["id"]
    service.outcome(session_id, "document_expired")
    failed = service.eventually(session_id, user, "requires_input")
    for _ in range(50):
        if failed["last_error"]:
            break
        failed = service.eventually(session_id, user, "requires_input")
    assert failed["last_error"]["code"] == "document_expired"
    assert failed["retryable"] is True
    assert create(service, user, flow="redirect").json()["id"] == session_id
    service.outcome(session_id, "verified")
    service.eventually(session_id, user, "verified")
    refused = create(service, user)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_verified")


def test_simultaneous_requests_with_different_flows_make_one_session(service: Service) -> None:
    user = new_user()
    headers = service.as_user(user)
    wishes = [{"flow": flow, "email": f"{n}@example.com"} for n, flow in enumerate(FLOWS)]
    with ThreadPoolExecutor(len(wishes)) as pool:
        answers = list(
            pool.map(lambda wish: service.http.post(CREATE, headers=headers, json=wish), wishes)
        )
    served = {answer.json()["id"] for answer in answers if answer.status_code == 200}
    others = {answer.json().get("code") for answer in answers if answer.status_code != 200}
    assert len(served) == 1
    assert others <= {"request_in_progress"}
    assert sessions_at_stripe(service, user) == list(served)


FLOWS = ["modal", "redirect"] * 4


@pytest.mark.usefixtures("clear_faults")
def test_a_failure_that_stripe_saves_for_a_day_locks_nobody_out(service: Service) -> None:
    user = new_user()
    service.fault(AT_STRIPE, times=1, status=500)
    answers = [create(service, user) for _ in range(3)]
    assert answers[-1].status_code == 200, answers[-1].text
    assert len(sessions_at_stripe(service, user)) == 1


@pytest.mark.usefixtures("clear_faults")
def test_a_session_whose_answer_was_lost_is_found_again(service: Service) -> None:
    user = new_user()
    service.fault(AT_STRIPE, times=1, status=500, after=True)
    answers = [create(service, user) for _ in range(3)]
    made = sessions_at_stripe(service, user)
    assert [answers[-1].json()["id"]] == made


@pytest.mark.usefixtures("clear_faults")
def test_a_stripe_that_is_down_is_a_503_and_the_user_goes_on_later(service: Service) -> None:
    user = new_user()
    service.fault(AT_STRIPE, times=20, status=503)
    refused = create(service, user)
    assert (refused.status_code, refused.json()["code"]) == (503, "stripe_unavailable")
    assert int(refused.headers["retry-after"]) > 0
    service.fault(AT_STRIPE, times=0)
    assert create(service, user).status_code == 200
    assert len(sessions_at_stripe(service, user)) == 1


@pytest.mark.usefixtures("clear_faults")
def test_a_stored_session_can_be_read_while_stripe_is_down(service: Service) -> None:
    user = new_user()
    session_id = create(service, user).json()["id"]
    service.fault(f"{AT_STRIPE}/{session_id}", times=5, status=503)
    answer = service.http.get(f"/verification-sessions/{session_id}", headers=service.as_user(user))
    service.fault(f"{AT_STRIPE}/{session_id}", times=0)
    assert answer.status_code == 200
    assert answer.json()["status"] == "requires_input"


def test_a_canceled_session_makes_room_for_the_next(service: Service) -> None:
    user = new_user()
    first = create(service, user).json()["id"]
    headers = service.as_user(user)
    canceled = service.http.post(f"/verification-sessions/{first}/cancel", headers=headers)
    assert (canceled.status_code, canceled.json()["status"]) == (200, "canceled")
    second = create(service, user).json()["id"]
    assert second != first
    current = service.http.get("/verification-sessions/current", headers=headers).json()
    assert (current["id"], current["attempt"]) == (second, 2)


def test_a_session_is_redacted_once_stripe_says_so(service: Service) -> None:
    user = new_user()
    session_id = create(service, user).json()["id"]
    service.outcome(session_id, "verified")
    service.eventually(session_id, user, "verified")
    operator = service.as_user(new_user("operator"), scope="countersign/operator")
    outputs = service.http.get(f"/verification-sessions/{session_id}/outputs", headers=operator)
    assert outputs.status_code == 200
    answer = service.http.post(f"/verification-sessions/{session_id}/redact", headers=operator)
    assert answer.status_code == 202
    redacted = service.eventually(session_id, user, "redacted")
    assert redacted["last_error"] is None
    gone = service.http.get(f"/verification-sessions/{session_id}/outputs", headers=operator)
    assert (gone.status_code, gone.json()["code"]) == (409, "not_verified")


def submit_on_stripes_page(service: Service, url: str) -> str:
    """Open the hosted page, choose success, and return where it sends the visitor."""
    parts = urlsplit(url)
    host = {"Host": parts.netloc}
    page = service.http.get(parts.path, headers=host)
    found = re.search(r'name="visit" value="([^"]+)"', page.text)
    assert found, page.text
    chosen = {"visit": found[1], "outcome": "success"}
    answer = service.http.post(parts.path, headers=host, data=chosen)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_stripe_returns_to_us_and_we_go_on_to_the_page_the_caller_named_last(
    service: Service,
) -> None:
    user = new_user()
    page = f"{service.url}/confirmation"
    create(service, user, flow="redirect", return_url=page)
    wish = {"flow": "redirect", "return_url": f"{page}?order=7"}
    made = create(service, user, **wish).json()
    assert set(made) == {"id", "url"}
    back = submit_on_stripes_page(service, made["url"])
    assert back.startswith(f"{service.url}/verify/return/")
    answer = service.http.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?order=7")
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_invalid_ids_are_404_and_never_5xx(service: Service) -> None:
    headers = service.as_user(new_user())
    for odd in ("vs_x", "%00", "..%2f", "%F0%9F%98%80", "x" * 900, "a%23b"):
        answer = service.http.get(f"/verification-sessions/{odd}", headers=headers)
        assert answer.status_code in (400, 404), (odd, answer.status_code)
        assert not re.search(r"Traceback|botocore", answer.text)
