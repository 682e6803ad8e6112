"""Identity on the deployed stack, over HTTP: the way of a visitor, and what goes wrong on it."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx

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


def test_a_visitor_fails_retries_and_succeeds_on_one_session(service: Service) -> None:
    user = new_user()
    created = create(service, user)
    assert set(created.json()) == {"id", "client_secret"}
    assert created.headers["cache-control"] == "no-store"
    session_id = created.json()["id"]
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


def test_a_function_that_starts_has_opened_its_connection_to_stripe(service: Service) -> None:
    """By a request without a key, before it is called."""
    assert create(service, new_user()).status_code == 200
    assert "HEAD" in {asked["method"] for asked in service.stripe_requests()}


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
