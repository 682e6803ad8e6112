"""While everything it depends on is up, no input makes the service fail: never a 5xx."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.bundle import CREATE, SESSIONS, Bundle
from tests.support.gateway import http_event
from tests.support.stripe_objects import KINDS, identity_event
from tests.support.webhooks import webhook

FEWER = settings(max_examples=settings().max_examples // 2)

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
members = st.sampled_from(["flow", "return_url", "email", "phone"]) | st.text(max_size=6)
bodies = (
    st.dictionaries(members, values, max_size=4).map(json.dumps)
    | values.map(json.dumps)
    | st.text(max_size=60)
    | st.binary(max_size=60)
)
header_values = st.text(st.characters(codec="latin-1"), max_size=40)
headers = st.dictionaries(
    st.sampled_from(["origin", "idempotency-key", "content-type", "accept", "x-other", "host"]),
    header_values,
)
segments = st.text(st.characters(exclude_characters="/", codec="utf-8"), min_size=1, max_size=30)
paths = st.sampled_from(
    [CREATE, SESSIONS, f"{SESSIONS}/current", f"{SESSIONS}/{{}}", f"{SESSIONS}/{{}}/cancel",
     f"{SESSIONS}/{{}}/redact", f"{SESSIONS}/{{}}/outputs", "/verify/return/{}", "/{}"]
)  # fmt: skip
queries = st.dictionaries(
    st.sampled_from(["user_id", "status", "cursor", "limit", "x"]),
    st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["vs_1", "5", "verified"]),
)
scopes = st.sampled_from([None, "countersign/operator", "countersign/merchant"])
subjects = st.text(st.characters(codec="utf-8"), max_size=12) | st.none()


def answered(bundle: Bundle, event: dict[str, Any]) -> int:
    """The status of an answer that API Gateway can pass on."""
    answer = bundle.user("any").send(event)
    assert all(isinstance(value, str) for value in answer.headers.values())
    if answer.status >= 400:
        assert answer.json["code"]
    json.dumps({"headers": answer.headers, "body": answer.text}).encode()
    return answer.status


@given(bodies, headers, subjects)
@example("[{}]", {}, "user_1")
@example('{"email": "\\ud800"}', {}, "user_1")
def test_no_request_for_a_session_breaks_the_service(
    bundle: Bundle, body: str | bytes, sent: dict[str, str], subject: str | None
) -> None:
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    event = http_event("POST", CREATE, body=raw, headers=sent, user=subject, encoded=True)
    assert answered(bundle, event) < 500


@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]), paths, segments,
       queries, headers, subjects, scopes)  # fmt: skip
@example("GET", f"{SESSIONS}/{{}}", "v" * 3000, {}, {}, "user_1", None)
def test_no_path_and_no_query_breaks_the_service(
    bundle: Bundle, method: str, path: str, segment: str, query: dict[str, str],
    sent: dict[str, str], subject: str | None, scope: str | None,
) -> None:  # fmt: skip
    event = http_event(
        method, path.format(segment), query=query, headers=sent, user=subject, scope=scope
    )
    assert answered(bundle, event) < 500


@FEWER
@given(st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_no_signed_body_breaks_the_webhook(bundle: Bundle, body: bytes) -> None:
    assert bundle.receive(webhook(body, encoded=True)).status in (200, 400)


@given(st.text(st.characters(codec="latin-1"), max_size=200))
def test_no_signature_breaks_the_webhook(bundle: Bundle, header: str) -> None:
    assert bundle.receive(webhook(identity_event("created"), header=header)).status == 400


@given(
    st.sampled_from(KINDS),
    st.sampled_from(["id", "status", "created", "metadata", "last_error", "livemode", "redaction",
                     "client_reference_id", "last_verification_report"]),
    values,
    st.booleans(),
)  # fmt: skip
@example("requires_input", "status", "\ud800", True)
@example("requires_input", "client_reference_id", "\ud800", True)
@example("requires_input", "last_error", {"code": "a", "reason": "\ud800"}, True)
def test_no_signed_session_of_any_shape_breaks_the_webhook(
    bundle: Bundle, kind: str, member: str, value: Any, known: bool
) -> None:
    """Half of the sessions are stored, so that what is told of them is stored as well."""
    session_id = bundle.open("user-of-broken-events") if known else "vs_unknown"
    body = identity_event(kind, session_id, created=2_000_000_000)
    body["data"]["object"][member] = value
    answer = bundle.receive(webhook(json.dumps(body).encode()))
    assert answer.status in (200, 400)
    assert bundle.user("user-of-broken-events").get(f"{SESSIONS}/current").status in (200, 404)
