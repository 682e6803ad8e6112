"""`GET /callback/stripe`: how a browser comes back from the marketplace, with the app or without."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.assertions import assert_problem
from tests.support.bundle import BACK
from tests.support.gateway import http_event
from tests.support.install_bundle import (
    CALLBACK,
    COOKIE,
    HTML,
    INSTALLATIONS,
    LINKS,
    InstallBundle,
    success,
)
from tests.support.installations import STRIPE_USER
from tests.support.logs import Log
from tests.support.stand_in import BAKERY, BOOKSHOP

Deploy = Callable[..., InstallBundle]
CANCELED = {"error": "canary-error", "error_description": "<script>canary</script>"}


def test_an_installation_is_stored_and_the_browser_goes_on(
    installs: InstallBundle, user: str
) -> None:
    link, at = installs.link(user), int(time.time())
    answer = installs.come_back(link, BAKERY, at=at)
    assert (answer.status, answer.text) == (303, "")
    assert answer.headers["location"] == f"/connected?account_id={BAKERY}"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert installs.view(user, BAKERY) == {
        "account_id": BAKERY,
        "installed_by": STRIPE_USER,
        "livemode": False,
        "livemode_confirmed": False,
        "status": "installed",
        "payee_name": None,
        "payee_origin": None,
        "payee_verified": False,
        "checkout_origins": [],
        "clients": [],
        "reachable": True,
        "permissions_missing": [],
        "installed_at": at,
        "uninstalled_at": None,
    }


def test_stripes_own_redirect_is_accepted(installs: InstallBundle, user: str) -> None:
    """As the stand-in writes and signs it, with both secrets while one is rolled."""
    link, account = installs.link(user), installs.new_account()
    target = installs.stripe.install(account, state=link.state)
    answer = installs.callback(urlsplit(target).query, link.cookies)
    assert (answer.status, answer.headers["location"]) == (303, f"/connected?account_id={account}")
    assert installs.view(user, account)["status"] == "installed"


def test_two_tabs_of_a_browser_come_back_in_any_order_with_the_cookie_in_either_place(
    installs: InstallBundle, user: str
) -> None:
    first = installs.link(user)
    second = installs.link(user, cookies=first.cookies)
    headers = {"cookie": f"theme=dark; {second.cookies[0]}; other={COOKIE}"}
    assert installs.callback(success(second.state, BOOKSHOP), headers=headers).status == 303
    assert installs.callback(success(first.state, BAKERY), first.cookies).status == 303


@pytest.mark.parametrize("space", ["\u2000", "\u00a0", "\u0085", "\u3000"], ids=ascii)
def test_a_siblings_cookie_that_looks_like_ours_takes_no_account(
    installs: InstallBundle, user: str, space: str
) -> None:
    """An attacker's own link, opened in a browser with a cookie that a sibling subdomain set."""
    link, victim = installs.link("attacker"), installs.link(user)
    planted = f"{space}{link.cookies[0]}"
    for kept in ([*victim.cookies, planted], [planted, *victim.cookies], [planted]):
        answer = installs.callback(success(link.state, BAKERY), kept)
        assert_problem(answer, 400, "invalid_state")
    assert installs.come_back(victim, BAKERY).status == 303


def test_the_page_that_a_link_returns_to_gets_one_account(
    installs: InstallBundle, user: str
) -> None:
    link = installs.link(user, {"return_to": f"{BACK}?account_id=acct_OLD&a=b&account%5Fid=x"})
    answer = installs.come_back(link, BAKERY)
    assert answer.headers["location"] == f"{BACK}?a=b&account_id={BAKERY}"


def test_null_members_of_an_event_are_as_if_absent(installs: InstallBundle, user: str) -> None:
    nothing = dict.fromkeys(("cookies", "headers", "queryStringParameters", "rawQueryString"))
    callback = http_event("GET", CALLBACK) | nothing
    assert_problem(installs.user(None).send(callback), 400, "invalid_state")
    linked = http_event("POST", LINKS, user=user) | nothing | {"body": None}
    assert installs.user(user).send(linked).status == 201
    listed = http_event("GET", INSTALLATIONS, user=user) | nothing
    assert installs.user(user).send(listed).status == 200


def test_a_callback_costs_three_requests_to_the_table_and_a_reload_one(
    installs: InstallBundle, user: str
) -> None:
    link = installs.link(user, {"return_to": BACK})
    query = success(link.state, BAKERY)
    installs.client.calls.clear()
    first = installs.callback(query, link.cookies, HTML)
    assert installs.client.calls == ["BatchGetItem", "GetItem", "TransactWriteItems"]
    before = installs.items()
    again = installs.callback(query, link.cookies, HTML)
    assert installs.client.calls[3:] == ["BatchGetItem"]
    assert (again.status, again.headers["location"]) == (303, first.headers["location"])
    assert installs.items() == before


def test_a_callback_needs_no_caller_and_believes_none(installs: InstallBundle, user: str) -> None:
    """The user is the one who created the link, whichever token comes along."""
    link = installs.link(user)
    answer = installs.callback(success(link.state, BAKERY), link.cookies, user="stranger")
    assert answer.status == 303
    assert installs.view(user, BAKERY)["status"] == "installed"
    stranger = installs.user("stranger").get(f"{INSTALLATIONS}/{BAKERY}")
    assert_problem(stranger, 404, "installation_not_found")


@pytest.mark.parametrize("accept", [HTML, "*/*"])
def test_a_canceled_installation_ends_on_the_page_that_says_so(
    installs: InstallBundle, user: str, log: Log, accept: str
) -> None:
    link = installs.link(user, {"return_to": BACK})
    before = installs.items()
    installs.client.calls.clear()
    answer = installs.callback(CANCELED, link.cookies, accept)
    assert (answer.status, answer.text) == (303, "")
    assert answer.headers["location"] == "/not-connected"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert installs.client.calls == []
    assert installs.items() == before
    assert "canary" not in f"{answer} {log.text()}"
    # Stripe has sent no state, so the link still works.
    assert installs.come_back(link, BAKERY).status == 303


def test_a_cancellation_with_its_state_uses_it_up(installs: InstallBundle, user: str) -> None:
    link = installs.link(user)
    query = success(link.state, BAKERY) | CANCELED  # an error wins over a success
    for cookies in ([], [f"{COOKIE}=junk"], installs.link(user).cookies):
        before = installs.items()
        answer = installs.callback(query, cookies)
        assert answer.headers["location"] == "/not-connected"
        assert installs.items() == before
    assert installs.callback(query, link.cookies).headers["location"] == "/not-connected"
    assert_problem(installs.come_back(link, BAKERY), 400, "invalid_state")


def fragment(target: str) -> str:
    name, _, confirmation = urlsplit(target).fragment.partition("=")
    assert name == "confirmation"
    assert len(confirmation) == 43
    return confirmation


def test_without_a_binding_the_user_confirms_it(installs_with: Deploy, user: str) -> None:
    installs = installs_with(INSTALL_BINDING="off")
    link, path = installs.link(user, {"return_to": f"{BACK}?a=b"}), f"{INSTALLATIONS}/{BAKERY}"
    query = success(link.state, BAKERY)
    answer = installs.callback(query)
    target = answer.headers["location"]
    assert answer.status == 303
    assert target.startswith(f"{BACK}?account_id={BAKERY}#")
    assert installs.callback(query).headers["location"] == target
    assert_problem(installs.user(user).get(path), 404, "installation_not_found")
    assert installs.user(user).get(INSTALLATIONS).json["data"] == []

    body = {"confirmation": fragment(target)}
    foreign = installs.user("victim").post(f"{path}/confirm", body)
    assert_problem(foreign, 400, "invalid_confirmation")
    confirmed = installs.user(user).post(f"{path}/confirm", body)
    assert confirmed.status == 200
    assert confirmed.json == installs.view(user, BAKERY)
    assert confirmed.json["status"] == "installed"
    assert installs.user(user).post(f"{path}/confirm", body).json == confirmed.json
    assert fragment(target) not in installs.everything_stored()


def test_without_a_binding_our_own_page_gets_the_confirmation(
    installs_with: Deploy, user: str
) -> None:
    installs = installs_with(INSTALL_BINDING="off")
    target = installs.come_back(installs.link(user), BAKERY).headers["location"]
    assert target.startswith(f"/connected?account_id={BAKERY}#confirmation=")


BODIES: list[tuple[Any, int, str]] = [
    ({"confirmation": ""}, 400, "invalid_confirmation"),
    ({"confirmation": "A" * 43}, 400, "invalid_confirmation"),
    ({}, 422, "invalid_request"),
    ({"confirmation": 1}, 422, "invalid_request"),
    ({"confirmation": "A" * 300}, 422, "invalid_request"),
    ({"confirmation": "A" * 43, "more": 1}, 422, "invalid_request"),
]


@pytest.mark.parametrize(("body", "status", "code"), BODIES)
def test_a_wrong_confirmation_costs_no_read(
    installs_with: Deploy, user: str, body: Any, status: int, code: str
) -> None:
    installs = installs_with(INSTALL_BINDING="off")
    answer = installs.user(user).post(f"{INSTALLATIONS}/{BAKERY}/confirm", body)
    assert_problem(answer, status, code)
    assert installs.client.calls == []


def test_a_live_deployment_takes_a_callback_without_a_mode_for_live(
    installs_with: Deploy, user: str
) -> None:
    installs = installs_with(secret="live")
    view = installs.connect(user, BAKERY, livemode=True)
    assert (view["livemode"], view["livemode_confirmed"]) == (True, False)
