"""Every refusal of the callback, as a problem and as a page, stores nothing and reveals nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.assertions import assert_page, assert_problem
from tests.support.gateway import HttpAnswer
from tests.support.install_bundle import CALLBACK, COOKIE, HTML, BegunLink, InstallBundle, success
from tests.support.logs import Log
from tests.support.stand_in import BAKERY, BOOKSHOP

Deploy = Callable[..., InstallBundle]
Query = dict[str, str]


def without(query: Query, name: str) -> Query:
    return {key: value for key, value in query.items() if key != name}


def wrong_state(query: Query) -> Query:
    state = query["state"]
    return query | {"state": state[:-1] + ("A" if state[-1] != "A" else "B")}


REFUSALS: dict[str, tuple[int, str, Callable[[Query], Query]]] = {
    "nothing at all": (400, "invalid_state", lambda _: {}),
    "a state with one character changed": (400, "invalid_state", wrong_state),
    "no signature": (400, "install_signature_missing", lambda query: without(query, "install_signature")),
    "a wrong signature": (400, "invalid_install_signature", lambda query: query | {"install_signature": "t=1,v1=a"}),
    "another account": (400, "invalid_install_signature", lambda query: query | {"account_id": BOOKSHOP}),
    "live mode": (400, "wrong_mode", lambda query: without(query, "livemode")),
    "no user": (422, "invalid_request", lambda query: without(query, "user_id")),
    "no account id": (422, "invalid_request", lambda query: query | {"account_id": "<script>canary"}),
}  # fmt: skip


def refused(
    installs: InstallBundle, link: BegunLink, query: Query | str, accept: str = "*/*"
) -> HttpAnswer:
    """A refusal, after which everything is as it was."""
    before = installs.items()
    answer = installs.callback(query, link.cookies, accept)
    assert answer.status >= 400, answer
    assert installs.items() == before
    assert answer.cookies == ()
    assert "location" not in answer.headers
    assert "canary" not in answer.text
    return answer


@pytest.mark.parametrize("name", REFUSALS)
def test_a_program_gets_a_problem_and_a_person_a_page(
    installs: InstallBundle, user: str, log: Log, name: str
) -> None:
    status, code, change = REFUSALS[name]
    link = installs.link(user)
    good = success(link.state, BAKERY)
    query = change(good)
    assert_problem(refused(installs, link, query), status, code)
    assert log.metrics() == {"InstallRefused": 1}
    assert any(entry.get("code") == code for entry in log.entries())
    page = refused(installs, link, query, HTML)
    assert_page(page, status)
    assert not any(value in page.text for value in query.values() if len(value) > 5)
    assert f">{code}<" not in page.text
    assert installs.callback(good, link.cookies).status == 303


def test_each_kind_of_refusal_has_its_own_words(installs: InstallBundle, user: str) -> None:
    found: dict[str, set[str]] = {}
    for _, code, change in REFUSALS.values():
        link = installs.link(user)
        page = refused(installs, link, change(success(link.state, BAKERY)), HTML).text
        found.setdefault(code, set()).add(page.partition("<h1")[2])
    assert all(len(pages) == 1 for pages in found.values())
    assert len({page for (page,) in found.values()}) == len(found)


def test_an_account_of_another_user_is_refused_and_the_attempt_is_on_record(
    installs: InstallBundle, user: str, log: Log
) -> None:
    installs.connect("rival", BAKERY)
    link = installs.link(user)
    query = success(link.state, BAKERY)
    problem, page = refused(installs, link, query), refused(installs, link, query, HTML)
    assert_problem(problem, 409, "account_held_by_another_user")
    assert_page(page, 409)
    assert installs.view("rival", BAKERY)["status"] == "installed"
    records = [entry for entry in log.entries() if entry.get("account") == BAKERY]
    assert [(record["level"], record["code"]) for record in records] == [
        ("WARNING", "account_held_by_another_user")
    ] * 2
    assert not any(name in f"{problem.text} {page.text} {log.text()}" for name in ("rival", user))


COOKIES: list[Callable[[BegunLink], list[str]]] = [
    lambda link: [],
    lambda link: [f"{COOKIE}=", f"{COOKIE}={link.state}"],
    lambda link: [link.cookies[0].replace(COOKIE, "countersign-install")],
    lambda link: [link.cookies[0].replace(COOKIE, COOKIE.lower())],
    lambda link: [link.cookies[0].replace(COOKIE, f"x{COOKIE}")],
    lambda link: [link.cookies[0] + "A", link.cookies[0].swapcase()],
]


@pytest.mark.parametrize("cookies", COOKIES, ids=range(len(COOKIES)))
def test_a_callback_that_is_right_in_all_but_the_cookie_is_refused(
    installs: InstallBundle, user: str, cookies: Callable[[BegunLink], list[str]]
) -> None:
    link, before = installs.link(user), installs.items()
    answer = installs.callback(success(link.state, BAKERY), cookies(link))
    assert_problem(answer, 400, "invalid_state")
    assert installs.items() == before


def test_a_victims_browser_that_is_sent_an_attackers_link_connects_nothing(
    installs: InstallBundle,
) -> None:
    attackers, victims = installs.link("attacker"), installs.link("victim")
    before = installs.items()
    answer = installs.callback(success(attackers.state, BAKERY), victims.cookies, HTML)
    assert_page(answer, 400)
    assert installs.items() == before


@pytest.mark.parametrize("state", ["junk", "A" * 43, "-" * 43, "x" * 5000, "a\x00b", "٣" * 43])
def test_a_state_that_was_not_made_here_costs_no_read(
    installs: InstallBundle, user: str, state: str
) -> None:
    link = installs.link(user)
    installs.client.calls.clear()
    query = success(link.state, BAKERY) | {"state": state}
    assert_problem(installs.callback(query, link.cookies), 400, "invalid_state")
    canceled = installs.callback({"error": "x", "state": state}, link.cookies)
    assert canceled.headers["location"] == "/not-connected"
    assert installs.client.calls == []


def test_a_malformed_callback_costs_no_read_and_a_foreign_browsers_one(
    installs: InstallBundle, user: str
) -> None:
    link = installs.link(user)
    query = success(link.state, BAKERY)
    installs.client.calls.clear()
    for name in ("user_id", "account_id", "install_signature"):
        installs.callback(without(query, name), link.cookies)
    assert installs.client.calls == []
    installs.callback(query)
    installs.callback(query | {"install_signature": "t=1,v1=a"}, link.cookies)
    assert installs.client.calls == ["BatchGetItem"] * 2


@pytest.mark.parametrize(("secret", "app"), [("live", "local_app"), ("test", "no_app")])
def test_without_an_app_secret_of_its_own_a_deployment_believes_nothing(
    installs_with: Deploy, user: str, secret: str, app: str
) -> None:
    """A live one has no use for the secret of a local run, which everybody knows."""
    installs = installs_with(secret=secret, app=app)
    link = installs.link(user)
    for known in ("absec_local", "absec_of_the_app", "", " "):
        query = success(link.state, BAKERY, livemode=secret == "live", secret=known)
        assert_problem(refused(installs, link, query), 503, "secrets_unavailable")


def test_the_page_is_in_the_language_of_its_reader(installs: InstallBundle) -> None:
    pages = set()
    for language in ("en", "fr", "ja"):
        headers = {"accept-language": language}
        answer = installs.callback({}, accept=HTML, headers=headers)
        assert answer.headers["content-language"] == language
        assert "accept-language" in answer.headers["vary"].lower()
        pages.add(answer.text)
    assert len(pages) == 3


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_callback_is_a_get_and_nothing_else(installs: InstallBundle, method: str) -> None:
    caller: Any = installs.user("any")
    assert_problem(caller.send(caller._event(method, CALLBACK)), 404, "not_found")
