import pytest
import stripe

from tests.support.stand_in import SESSIONS, StandIn


def test_a_call_without_a_key_is_unauthorized(stand_in: StandIn) -> None:
    refused = stand_in.http.get(SESSIONS)
    assert refused.status_code == 401
    assert refused.json()["error"]["type"] == "invalid_request_error"
    assert "Basic" in refused.headers["www-authenticate"]


@pytest.mark.parametrize("key", ["sk_test_1", "rk_test_local", "sk_test_4eC39HqLyjWDarjtT1zdp7dc"])
def test_any_test_key_is_taken_as_bearer_and_as_basic(stand_in: StandIn, key: str) -> None:
    bearer = {"Authorization": f"Bearer {key}"}
    assert stand_in.http.get(SESSIONS, headers=bearer).status_code == 200
    assert stand_in.http.get(SESSIONS, auth=(key, "")).status_code == 200


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("sk_live_abc123", "live key"),
        ("rk_live_abc123", "live key"),
        ("pk_test_abc123", "publishable"),
        ("sk_test_", "Invalid"),
        ("nonsense", "Invalid"),
    ],
)
def test_any_other_key_is_refused_and_not_repeated(stand_in: StandIn, key: str, hint: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        stand_in.client(key).v1.identity.verification_sessions.list()
    assert hint in str(refused.value)
    assert "abc123" not in str(refused.value)


@pytest.mark.parametrize("value", ["Basic !!!", "Basic /w==", "Bearer", "Digest x", ""])
def test_a_malformed_authorization_is_unauthorized(stand_in: StandIn, value: str) -> None:
    headers = {"Authorization": value}
    assert stand_in.http.get(SESSIONS, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/customers"),
        ("PUT", SESSIONS),
        ("DELETE", f"{SESSIONS}/vs_1"),
        ("POST", f"{SESSIONS}/vs_1/verify"),
        ("GET", "/v1/"),
    ],
)
def test_an_unknown_route_is_not_found_in_stripes_shape(
    stand_in: StandIn, method: str, path: str
) -> None:
    refused = stand_in.call(method, path)
    assert refused.status_code == 404
    assert refused.json()["error"]["type"] == "invalid_request_error"


def test_another_version_of_the_api_is_refused(stand_in: StandIn) -> None:
    old = stand_in.call("GET", SESSIONS, headers={"Stripe-Version": "2020-08-27"})
    assert old.status_code == 400
    now = stand_in.call("GET", SESSIONS)
    assert now.headers["stripe-version"] == stripe.api_version


def test_every_answer_has_a_request_id_and_one_date(stand_in: StandIn) -> None:
    answers = [stand_in.call("GET", SESSIONS), stand_in.http.get(SESSIONS)]
    assert all(answer.headers["request-id"].startswith("req_") for answer in answers)
    assert len({answer.headers["request-id"] for answer in answers}) == 2
    assert all(len(answer.headers.get_list("date")) == 1 for answer in answers)


def test_it_works_under_any_mount(stand_in: StandIn) -> None:
    mounted = "/_local/stripe"
    created = stand_in.call("POST", mounted + SESSIONS, data={"type": "document"}).json()
    assert created["url"].startswith(f"{stand_in.config.public_url}/start/")
    for path in ("/", "/_requests", "/_deliveries", "/v3/", "/v3", "/modal", "/assets/page.css"):
        assert stand_in.http.get(mounted + path).status_code == 200, path
    stand_in.fault(status=500)
    assert stand_in.call("GET", mounted + SESSIONS).status_code == 500
    assert [entry["path"] for entry in stand_in.requests()] == [SESSIONS, SESSIONS]


def test_the_requests_are_listed_oldest_first_without_query_or_body(stand_in: StandIn) -> None:
    created = stand_in.sessions.create(
        {"type": "document", "client_reference_id": "user_1"}, {"idempotency_key": "key-1"}
    )
    stand_in.call("GET", SESSIONS, params={"client_reference_id": "user_1"})
    stand_in.http.get(f"{SESSIONS}/{created.id}")
    entries = stand_in.requests()
    assert [
        (entry["method"], entry["path"], entry["idempotency_key"], entry["status"])
        for entry in entries
    ] == [
        ("POST", SESSIONS, "key-1", 200),
        ("GET", SESSIONS, None, 200),
        ("GET", f"{SESSIONS}/{created.id}", None, 401),
    ]
    assert all(isinstance(entry["at"], int) for entry in entries)
    assert "user_1" not in str(entries)
    assert stand_in.http.delete("/_requests").status_code == 204
    assert stand_in.requests() == []


def test_anything_else_is_not_found(stand_in: StandIn) -> None:
    missing = stand_in.http.get("/nothing")
    assert missing.status_code == 404
    assert missing.json()["error"]["message"] == "Not Found: GET /nothing"
    assert stand_in.http.get("/assets/../pages.py").status_code == 404
    assert stand_in.http.get("/assets/hosted.html").status_code == 404
