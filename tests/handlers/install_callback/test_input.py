"""While all dependencies are up, no input makes the calls of install links fail."""

import json
import time
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.handlers.session_creation.test_input import bodies, headers, queries, segments, subjects
from tests.support.gateway import http_event
from tests.support.install_bundle import (
    CALLBACK,
    COOKIE,
    INSTALLATIONS,
    LINKS,
    InstallBundle,
    success,
)

FEWER = settings(max_examples=settings().max_examples // 2)
ACCOUNT = "acct_1SQbakery"

paths = st.sampled_from(
    [LINKS, CALLBACK, INSTALLATIONS, f"{INSTALLATIONS}/{{}}", f"{INSTALLATIONS}/{{}}/account",
     f"{INSTALLATIONS}/{{}}/confirm", "/{}"]
)  # fmt: skip
methods = st.sampled_from(["GET", "POST", "PATCH", "DELETE", "OPTIONS", "HEAD"])
texts = st.text(st.characters(codec="utf-8"), max_size=20)
cookies = st.lists(texts | texts.map(lambda text: f"{COOKIE}={text}"), max_size=3)
accepts = st.sampled_from(["*/*", "text/html", "TEXT/HTML;q=0", ""]) | st.text(
    st.characters(codec="latin-1"), max_size=9
)
origins = texts.map(lambda text: f"https://{text}")
wanted: dict[str, Any] = {
    "payee_name": texts | st.none(),
    "payee_origin": texts.map(lambda text: f"http://{text}") | st.none(),
    "checkout_origins": st.lists(origins, max_size=3) | st.none(),
    "clients": st.lists(texts, max_size=3) | st.none(),
}
members = st.fixed_dictionaries({}, optional=wanted)


def answered(installs: InstallBundle, event: dict[str, Any]) -> int:
    """The status of an answer that API Gateway can pass on."""
    answer = installs.user("any").send(event)
    assert all(isinstance(value, str) for value in answer.headers.values())
    json.dumps({"headers": answer.headers, "body": answer.text, "cookies": answer.cookies}).encode()
    return answer.status


@FEWER
@given(methods, paths, segments, queries, headers, subjects, bodies)
@example("PATCH", f"{INSTALLATIONS}/{{}}", "a" * 3000, {}, {}, "user_1", "{}")
def test_no_request_breaks_the_calls(
    installs: InstallBundle, method: str, path: str, segment: str, query: dict[str, str],
    sent: dict[str, str], subject: str | None, body: str | bytes,
) -> None:  # fmt: skip
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    options: Any = {"query": query, "headers": sent, "user": subject, "body": raw, "encoded": True}
    assert answered(installs, http_event(method, path.format(segment), **options)) < 500


@given(st.text(st.characters(codec="utf-8"), max_size=80), cookies, accepts)
@example("state=%FF&install_signature=%00", [], "text/html")
@example("user_id=&account_id=&state=&install_signature=&livemode=", [COOKIE], "*/*")
def test_no_query_and_no_cookie_breaks_the_callback(
    installs: InstallBundle, query: str, known: list[str], accept: str
) -> None:
    event = http_event("GET", CALLBACK, query=query, cookies=known, headers={"accept": accept})
    assert answered(installs, event) < 500


@FEWER
@given(st.data())
def test_no_change_of_a_genuine_callback_breaks_it_or_gets_through(
    installs: InstallBundle, data: Any
) -> None:
    link = installs.link("user_1")
    genuine = success(link.state, ACCOUNT, at=int(time.time()))
    name = data.draw(st.sampled_from(["user_id", "account_id", "state", "install_signature"]))
    value = genuine[name]
    place = data.draw(st.integers(0, len(value) - 1))
    character = data.draw(st.characters(codec="utf-8").filter(lambda found: found != value[place]))
    changed = genuine | {name: value[:place] + character + value[place + 1 :]}
    before = installs.items()
    answer = installs.callback(changed, link.cookies)
    assert 400 <= answer.status < 500
    assert installs.items() == before


@FEWER
@given(members)
def test_no_members_break_an_edit(installs: InstallBundle, body: dict[str, Any]) -> None:
    installs.connect("user_1", ACCOUNT)
    answer = installs.user("user_1").patch(f"{INSTALLATIONS}/{ACCOUNT}", body)
    assert answer.status in (200, 422)
    if answer.status == 200:
        assert installs.view("user_1", ACCOUNT) == answer.json
