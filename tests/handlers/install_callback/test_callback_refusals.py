"""Every refusal of the callback, as a problem and as a page, stores nothing and says nothing it
should not.
"""

import time
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


def without(query: Query, *names: str) -> Query:
    return {name: value for name, value in query.items() if name not in names}


def wrong_state(query: Query) -> Query:
    state = query["state"]
    return query | {"state": state[:-1] + ("A" if state[-1] != "A" else "B")}


REFUSALS: dict[str, tuple[int, str, Callable[[Query], Query]]] = {
    "nothing at all": (400, "invalid_state", lambda _: {}),
    "no state": (400, "invalid_state", lambda query: without(query, "state")),
    "a blank state": (400, "invalid_state", lambda query: query | {"state": ""}),
    "junk for a state": (400, "invalid_state", lambda query: query | {"state": "junk"}),
    "a state with one character changed": (400, "invalid_state", wrong_state),
    "no signature": (400, "install_signature_missing", lambda query: without(query, "install_signature")),
    "a blank signature": (400, "install_signature_missing", lambda query: query | {"install_signature": ""}),
    "a wrong signature": (400, "invalid_install_signature", lambda query: query | {"install_signature": "t=1,v1=a"}),
    "a signature in another form": (400, "invalid_install_signature", lambda query: query | {"install_signature": "x"}),
    "another account": (400, "invalid_install_signature", lambda query: query | {"account_id": BOOKSHOP}),
    "another user": (400, "invalid_install_signature", lambda query: query | {"user_id": "usr_other"}),
    "live mode": (400, "wrong_mode", lambda query: without(query, "livemode")),
    "live mode in words": (400, "wrong_mode", lambda query: query | {"livemode": "true"}),
    "no account": (422, "invalid_request", lambda query: without(query, "account_id")),
    "no user": (422, "invalid_request", lambda query: without(query, "user_id")),
    "an account that is none": (422, "invalid_request", lambda query: query | {"account_id": "<script>canary"}),
    "a user that is none": (422, "invalid_request", lambda query: query | {"user_id": "acct_canary"}),
    "a mode that is none": (422, "invalid_request", lambda query: query | {"livemode": "canary"}),
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
    return answer


@pytest.mark.parametrize("name", REFUSALS)
def test_a_program_gets_a_problem(installs: InstallBundle, user: str, log: Log, name: str) -> None:
    status, code, change = REFUSALS[name]
    link = installs.link(user)
    query = success(link.state, BAKERY)
    answer = refused(installs, link, change(query))
    assert_problem(answer, status, code)
    assert "canary" not in answer.text
    assert log.metrics() == {"InstallRefused": 1}
    assert any(entry.get("code") == code for entry in log.entries())
    assert installs.callback(query, link.cookies).status == 303


@pytest.mark.parametrize("name", REFUSALS)
def test_a_person_gets_a_page_that_says_what_to_do(
    installs: InstallBundle, user: str, name: str
) -> None:
    status, code, change = REFUSALS[name]
    link = installs.link(user)
    query = change(success(link.state, BAKERY))
    answer = refused(installs, link, query, HTML)
    assert_page(answer, status)
    for value in query.values():
        assert len(value) < 6 or value not in answer.text
    assert "canary" not in answer.text
    assert f">{code}<" not in answer.text


def test_each_kind_of_refusal_has_words_of_its_own(installs: InstallBundle, user: str) -> None:
    found: dict[str, set[str]] = {}
    for _, code, change in REFUSALS.values():
        link = installs.link(user)
        page = refused(installs, link, change(success(link.state, BAKERY)), HTML).text
        found.setdefault(code, set()).add(page.partition("<h1")[2])
    assert all(len(pages) == 1 for pages in found.values())
    assert len({page for (page,) in found.values()}) == len(found)


@pytest.mark.parametrize("accept", [HTML, "*/*"])
def test_an_account_of_another_user_is_refused_and_the_attempt_is_on_record(
    installs: InstallBundle, user: str, log: Log, accept: str
) -> None:
    installs.connect("rival", BAKERY)
    link = installs.link(user)
    answer = refused(installs, link, success(link.state, BAKERY), accept)
    if accept == HTML:
        assert_page(answer, 409)
    else:
        assert_problem(answer, 409, "account_held_by_another_user")
    assert "rival" not in answer.text
    assert installs.view("rival", BAKERY)["status"] == "installed"
    (record,) = [entry for entry in log.entries() if entry.get("account") == BAKERY]
    assert record["level"] == "WARNING"
    assert record["code"] == "account_held_by_another_user"


COOKIES: list[Callable[[BegunLink], list[str]]] = [
    lambda link: [],
    lambda link: [f"{COOKIE}="],
    lambda link: [f"{COOKIE}=junk"],
    lambda link: [link.cookies[0].replace(COOKIE, "countersign-install")],
    lambda link: [link.cookies[0].replace(COOKIE, COOKIE.lower())],
    lambda link: [link.cookies[0].replace(COOKIE, f"x{COOKIE}")],
    lambda link: [link.cookies[0] + "A"],
    lambda link: [link.cookies[0].swapcase()],
    lambda link: [f"{COOKIE}={link.state}"],
]


@pytest.mark.parametrize("cookies", COOKIES, ids=range(len(COOKIES)))
def test_a_callback_that_is_right_in_every_way_but_the_cookie_is_refused(
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


def test_a_used_state_is_refused(installs: InstallBundle, user: str) -> None:
    link = installs.link(user)
    installs.come_back(link, BAKERY)
    for other in (success(link.state, BOOKSHOP), success(link.state, BAKERY, user_id="usr_2")):
        assert_problem(refused(installs, link, other), 400, "invalid_state")


def test_an_expired_state_is_refused_though_it_is_still_stored(
    installs: InstallBundle, user: str
) -> None:
    link = installs.link(user)
    (row,) = installs.client.rows.values()
    assert int(row["expires_at"]["N"]) == link.expires_at
    row["expires_at"] = {"N": str(int(time.time()))}
    assert_problem(refused(installs, link, success(link.state, BAKERY)), 400, "invalid_state")


@pytest.mark.parametrize("off", [-310, 310])
def test_a_signature_that_is_too_old_or_too_new_is_refused(
    installs: InstallBundle, user: str, off: int
) -> None:
    link = installs.link(user)
    query = success(link.state, BAKERY, at=time.time() + off)
    assert_problem(refused(installs, link, query), 400, "invalid_install_signature")


@pytest.mark.parametrize("secret", ["absec_wrong", "", " ", "sk_test_local"])
def test_a_signature_under_another_secret_is_refused(
    installs: InstallBundle, user: str, secret: str
) -> None:
    link = installs.link(user)
    query = success(link.state, BAKERY, secret=secret)
    assert_problem(refused(installs, link, query), 400, "invalid_install_signature")


@pytest.mark.parametrize("member", ["user_id", "account_id", "install_signature", "livemode"])
def test_a_member_given_twice_is_refused(installs: InstallBundle, user: str, member: str) -> None:
    link = installs.link(user)
    query = success(link.state, BAKERY)
    twice = (
        "&".join(f"{name}={value}" for name, value in query.items()) + f"&{member}={query[member]}"
    )
    answer = refused(installs, link, twice)
    assert_problem(answer, 422, "invalid_request")
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{member}"]
    state_twice = f"{twice.rpartition('&')[0]}&state={link.state}"
    assert_problem(refused(installs, link, state_twice), 400, "invalid_state")


@pytest.mark.parametrize(
    "state", ["", "junk", "A" * 43, "-" * 43, "é" * 43, "x" * 5000, "a\x00b", "٣" * 43]
)
def test_a_junk_state_costs_no_read(installs: InstallBundle, user: str, state: str) -> None:
    link = installs.link(user)
    query = success(link.state, BAKERY) | {"state": state}
    installs.client.calls.clear()
    assert_problem(installs.callback(query, link.cookies), 400, "invalid_state")
    assert installs.client.calls == []


def test_a_callback_of_another_shape_costs_no_read(installs: InstallBundle, user: str) -> None:
    link = installs.link(user)
    installs.client.calls.clear()
    for name in ("no signature", "no account", "a user that is none", "nothing at all"):
        installs.callback(REFUSALS[name][2](success(link.state, BAKERY)), link.cookies)
    assert installs.client.calls == []


def test_a_refused_callback_costs_one_read(installs: InstallBundle, user: str) -> None:
    link = installs.link(user)
    installs.client.calls.clear()
    installs.callback(REFUSALS["a wrong signature"][2](success(link.state, BAKERY)), link.cookies)
    installs.callback(success(link.state, BAKERY))
    assert installs.client.calls == ["BatchGetItem"] * 2


def test_a_live_deployment_refuses_test_mode(installs_with: Deploy, user: str) -> None:
    installs = installs_with(secret="live")
    link = installs.link(user)
    assert_problem(refused(installs, link, success(link.state, BAKERY)), 400, "wrong_mode")
    answer = refused(installs, link, success(link.state, BAKERY), HTML)
    assert_page(answer, 400)


def test_a_live_deployment_with_the_secret_of_a_local_run_believes_nothing(
    installs_with: Deploy, user: str
) -> None:
    installs = installs_with(secret="live_local")
    link = installs.link(user)
    for secret in ("absec_local", "absec_of_the_app"):
        query = success(link.state, BAKERY, livemode=True, secret=secret)
        assert_problem(refused(installs, link, query), 503, "secrets_unavailable")


def test_without_an_app_secret_nothing_is_believed(installs_with: Deploy, user: str) -> None:
    installs = installs_with(secret="no_app")
    link = installs.link(user)
    for secret in ("", " ", "absec_new"):
        query = success(link.state, BAKERY, secret=secret)
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
def test_it_is_a_get_and_nothing_else(installs: InstallBundle, method: str) -> None:
    caller: Any = installs.user("any")
    assert_problem(caller.send(caller._event(method, CALLBACK)), 404, "not_found")
