"""A credential that cannot be read is `malformed_credential`, whatever is wrong with it: it uses nothing
up, and no input makes the service fail.
"""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.handlers.session_creation.test_input import bodies, headers, queries, segments, subjects
from tests.handlers.spc_verification.test_input import instrument
from tests.support.assertions import assert_problem, assert_refused
from tests.support.authenticator import Passkey, b64, unb64
from tests.support.chromium import Json
from tests.support.fuzz import json_values
from tests.support.gateway import http_event
from tests.support.spc_bundle import (
    AUTH_REQUEST,
    AUTH_RESPONSE,
    CEREMONIES,
    CREDENTIALS,
    FRAMED,
    FRAMED_REQUEST,
    FRAMED_RESPONSE,
    HOME,
    OPT_OUT,
    PAYERS,
    REGISTER_REQUEST,
    REGISTER_RESPONSE,
    SHOP,
    TICKETS,
    SpcBundle,
    order,
)
from tests.support.spc_people import approved, created, new_passkey, plain_browser

FEWER = settings(max_examples=settings().max_examples // 2)
MALFORMED = "malformed_credential"
Break = tuple[tuple[str, ...], Any]
CREDENTIAL, RESPONSE = ("credential",), ("credential", "response")

CREDENTIALS_NOT: list[Any] = [..., None, [], "x", 5, True, {}, [{}]]
SIGNATURES_NOT: list[Any] = [5, [], {}, True, "é", "AA==", "a b"]
MEMBERS_NOT: list[Any] = [..., None, 5, [], {}, "", "é", "\ud800"]
BYTES_NOT: list[Any] = [..., None, 5, [], {}, "é", "AA==", "A"]
CLIENT_DATA_NOT = [
    b"[]", "{}".encode("utf-16"), b'{"type": "a", "type": "b"}', b"\xff", b'{"type": "webauthn.create"}',
]  # fmt: skip

BOTH: list[Break] = [
    *((CREDENTIAL, value) for value in CREDENTIALS_NOT),
    *((("browser_bound_signature",), value) for value in SIGNATURES_NOT),
    *(((*CREDENTIAL, name), value) for name in ("id", "rawId", "type", "response") for value in MEMBERS_NOT),
    *(((*RESPONSE, "clientDataJSON"), value) for value in BYTES_NOT),
    *(((*RESPONSE, "clientDataJSON"), b64(data)) for data in CLIENT_DATA_NOT),
]  # fmt: skip
ANSWERS: list[Break] = [
    *(((*RESPONSE, name), value) for name in ("authenticatorData", "signature") for value in BYTES_NOT),
    *(((*RESPONSE, name), "A" * 8000) for name in ("authenticatorData", "signature")),
    ((*RESPONSE, "userHandle"), 5), ((*RESPONSE, "userHandle"), "A" * 200),
]  # fmt: skip
REGISTRATIONS: list[Break] = [
    ((*RESPONSE, "attestationObject"), value) for value in [*BYTES_NOT, "A" * 40_000]
]


def broken(body: Json, path: tuple[str, ...], value: Any) -> Json:
    """The body with another value at this path, or without any: `...`."""
    name, *rest = path
    if rest:
        return body | {name: broken(body[name], tuple(rest), value)}
    return {key: body[key] for key in body if key != name} | ({} if value is ... else {name: value})


def test_an_answer_that_cannot_be_read_is_malformed_and_uses_nothing_up(
    shop: SpcBundle, user: str
) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    before, good = shop.items(), approved(question, passkey, plain_browser(SHOP))
    for path, value in BOTH + ANSWERS:
        answer = shop.answer(question, broken(good, path, value))
        assert (answer.status, answer.code) == (400, MALFORMED), (path, value, answer)
        assert_refused(answer, 400, MALFORMED)
    assert shop.items() == before
    assert shop.answer(question, good).status == 200


def test_a_registration_that_cannot_be_read_is_malformed_and_uses_nothing_up(
    shop: SpcBundle, user: str
) -> None:
    question = shop.begin(user)
    before = shop.items()
    good = created(question["publicKey"], new_passkey(question["publicKey"]), plain_browser(HOME))
    for path, value in BOTH + REGISTRATIONS:
        answer = shop.finish(user, question, broken(good, path, value))
        assert (answer.status, answer.code) == (400, MALFORMED), (path, value, answer)
        assert_problem(answer, 400, MALFORMED)
    assert shop.items() == before
    assert shop.finish(user, question, good).status == 201


def test_a_member_too_many_in_an_answer_is_refused(shop: SpcBundle, user: str) -> None:
    passkey = shop.register(user)
    question = shop.ask(user)
    body = approved(question, passkey, plain_browser(SHOP))
    assert_refused(shop.answer(question, body | {"amount": 1}), 422, "invalid_request")


# While everything it depends on is up, no input makes the service fail.


@pytest.fixture
def passkey(shop: SpcBundle, user: str) -> Passkey:
    return shop.register(user)


@given(st.data())
def test_no_answer_of_any_shape_is_more_than_refused(
    shop: SpcBundle, user: str, passkey: Passkey, data: st.DataObject
) -> None:
    question = shop.ask(user)
    body: Any = approved(question, passkey, plain_browser(SHOP))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(PATHS))
        inner = body
        for step in path[:-1]:
            inner = (
                inner[step] if isinstance(inner, dict) and isinstance(inner.get(step), dict) else {}
            )
        inner[path[-1]] = data.draw(
            json_values | st.text(max_size=6) | st.binary(max_size=40).map(b64)
        )
    answer = shop.answer(question, body)
    assert answer.status in (200, 400)
    if answer.status != 200:
        assert answer.json["success"] is False


PATHS = [
    ("credential",), ("credential", "id"), ("credential", "rawId"), ("credential", "type"), ("credential", "response"),
    ("credential", "clientExtensionResults"), ("credential", "response", "clientDataJSON"),
    ("credential", "response", "authenticatorData"), ("credential", "response", "signature"),
    ("credential", "response", "userHandle"), ("browser_bound_signature",),
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(["type", "challenge", "origin", "crossOrigin", "topOrigin", "payment"]), json_values))  # fmt: skip
@example({"topOrigin": "\ud800"})
@example({"origin": "\ud800", "challenge": "\ud800"})
@example({"payment": {"payeeName": "\ud800"}})
def test_no_client_data_of_any_shape_is_more_than_refused(
    shop: SpcBundle, user: str, passkey: Passkey, members: Json
) -> None:
    question = shop.ask(user)
    body = approved(question, passkey, plain_browser(SHOP))
    response = body["credential"]["response"]
    client_data = json.loads(unb64(response["clientDataJSON"])) | members
    response["clientDataJSON"] = b64(json.dumps(client_data).encode())
    answer = shop.answer(question, body)
    assert answer.status in (200, 400)


segment_paths = st.sampled_from(
    [f"{CREDENTIALS}/{{}}", f"{CREDENTIALS}/{{}}/browser-keys/{{}}/trust",
     f"{CREDENTIALS}/{{}}/browser-keys/{{}}", f"{CREDENTIALS}/{{}}/browser-keys/{{}}/approval-request", f"{PAYERS}/{{}}", f"{CEREMONIES}/{{}}",
     CREDENTIALS, PAYERS, FRAMED, REGISTER_REQUEST, REGISTER_RESPONSE, TICKETS, FRAMED_REQUEST, FRAMED_RESPONSE, AUTH_REQUEST, AUTH_RESPONSE, OPT_OUT]
)  # fmt: skip


@given(st.sampled_from(["GET", "POST", "DELETE", "OPTIONS", "HEAD", "PUT"]), segment_paths, segments, queries, headers, subjects)  # fmt: skip
@example("DELETE", f"{CREDENTIALS}/{{}}", "v" * 3000, {}, {}, "user_1")
@example("DELETE", f"{CREDENTIALS}/{{}}", "é" * 1364, {}, {}, "user_1")
@example("POST", f"{CREDENTIALS}/{{}}/browser-keys/x/trust", "日" * 700, {}, {}, "user_1")
@example("GET", FRAMED, "x", {"account_id": "acct_\ud7ff"}, {}, None)
def test_no_path_and_no_query_breaks_it(
    shop: SpcBundle, method: str, path: str, segment: str, query: dict[str, str],
    sent: dict[str, str], subject: str | None,
) -> None:  # fmt: skip
    event = http_event(method, path.replace("{}", segment), query=query, headers=sent, user=subject)
    answer = shop.payer(None).send(event)
    assert answer.status < 500
    json.dumps({"headers": answer.headers, "body": answer.text}).encode()


@FEWER
@given(st.sampled_from([REGISTER_REQUEST, REGISTER_RESPONSE, TICKETS, FRAMED_REQUEST, FRAMED_RESPONSE, PAYERS, AUTH_REQUEST, AUTH_RESPONSE, OPT_OUT]), bodies)  # fmt: skip
def test_no_body_breaks_it(shop: SpcBundle, path: str, body: str | bytes) -> None:
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    event = http_event("POST", path, body=raw, user="user_1", encoded=True)
    assert shop.payer(None).send(event).status < 500


@given(
    st.dictionaries(
        st.sampled_from(["payer", "amount", "currency", "instrument", "payment_entities_logos", "caller_origin",
                         "top_origin", "account_id"]),
        json_values | st.builds(instrument, display_name=json_values, icon=json_values, details=json_values),
        max_size=3,
    )
)  # fmt: skip
@example({"instrument": {"display_name": "\ud800", "icon": "\ud800", "details": "\ud800"}})
@example({"instrument": {"display_name": "x", "icon": "https://\ud800/"}})
@example({"payer": "\ud800"})
@example({"account_id": "acct_\ud800"})
@example({"caller_origin": "\ud800", "amount": 10**400})
def test_no_order_breaks_it(shop: SpcBundle, passkey: Passkey, user: str, members: Json) -> None:
    answer = shop.server().post(AUTH_REQUEST, order(shop.allow(user)) | members)
    assert answer.status in (200, 404, 422)
