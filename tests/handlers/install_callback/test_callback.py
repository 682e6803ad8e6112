"""`GET /callback/stripe`: how a browser comes back from the marketplace, with the app or without."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.assertions import assert_problem
from tests.support.bundle import BACK
from tests.support.install_bundle import (
    COOKIE,
    HTML,
    INSTALLATIONS,
    InstallBundle,
    success,
)
from tests.support.installing import STRIPE_USER
from tests.support.logs import Log
from tests.support.stand_in import APP_SECRETS, BAKERY, BOOKSHOP

Deploy = Callable[..., InstallBundle]
CANCELLED = {"error": "access_denied", "error_description": "The user denied your request"}


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
        "installed_at": at,
        "uninstalled_at": None,
    }


def test_it_is_the_same_for_a_browser_and_for_a_program(installs: InstallBundle, user: str) -> None:
    for accept, account in ((HTML, BAKERY), ("application/json", BOOKSHOP), ("", "acct_third")):
        answer = installs.come_back(installs.link(user), account, accept)
        assert answer.headers["location"] == f"/connected?account_id={account}"


def test_stripes_own_redirect_is_accepted(installs: InstallBundle, user: str) -> None:
    """As the stand-in writes and signs it, with both secrets while one is rolled."""
    link, account = installs.link(user), installs.new_account()
    target = installs.stripe.install(account, state=link.state)
    answer = installs.callback(urlsplit(target).query, link.cookies)
    assert (answer.status, answer.headers["location"]) == (303, f"/connected?account_id={account}")
    assert installs.view(user, account)["status"] == "installed"


@pytest.mark.parametrize("secret", APP_SECRETS)
def test_either_secret_of_the_app_will_do(installs: InstallBundle, user: str, secret: str) -> None:
    assert installs.connect(user, BAKERY, secret=secret)["status"] == "installed"


def test_the_cookie_may_come_in_either_place(installs: InstallBundle, user: str) -> None:
    first, second = installs.link(user), installs.link(user)
    assert installs.callback(success(first.state, BAKERY), first.cookies).status == 303
    headers = {"cookie": f"theme=dark; {second.cookies[0]}; other={COOKIE}"}
    assert installs.callback(success(second.state, BOOKSHOP), headers=headers).status == 303


def test_two_tabs_of_a_browser_come_back_in_any_order(installs: InstallBundle, user: str) -> None:
    first = installs.link(user)
    second = installs.link(user, cookies=first.cookies)
    assert installs.come_back(second, BOOKSHOP).status == 303
    assert installs.come_back(first, BAKERY).status == 303


def test_a_reload_shows_the_same_page_and_changes_nothing(
    installs: InstallBundle, user: str
) -> None:
    link = installs.link(user, {"return_to": BACK})
    query = success(link.state, BAKERY)
    first = installs.callback(query, link.cookies, HTML)
    before = installs.items()
    for _ in range(3):
        again = installs.callback(query, link.cookies, HTML)
        assert (again.status, again.headers["location"]) == (303, first.headers["location"])
        assert installs.items() == before


def test_a_callback_costs_two_requests_to_the_table_and_a_reload_one(
    installs: InstallBundle, user: str
) -> None:
    link = installs.link(user)
    query = success(link.state, BAKERY)
    installs.client.calls.clear()
    installs.callback(query, link.cookies)
    assert installs.client.calls == ["BatchGetItem", "TransactWriteItems"]
    installs.client.calls.clear()
    installs.callback(query, link.cookies)
    assert installs.client.calls == ["BatchGetItem"]


def test_no_caller_is_needed_and_none_is_believed(installs: InstallBundle, user: str) -> None:
    """The user is the one who began, whoever's token comes along."""
    link = installs.link(user)
    answer = installs.callback(success(link.state, BAKERY), link.cookies, user="somebody else")
    assert answer.status == 303
    assert installs.view(user, BAKERY)["status"] == "installed"
    stranger = installs.user("somebody else").get(f"{INSTALLATIONS}/{BAKERY}")
    assert_problem(stranger, 404, "installation_not_found")


@pytest.mark.parametrize("accept", [HTML, "*/*"])
def test_a_cancelled_installation_ends_on_the_page_that_says_so(
    installs: InstallBundle, user: str, accept: str
) -> None:
    link = installs.link(user, {"return_to": BACK})
    before = installs.items()
    installs.client.calls.clear()
    answer = installs.callback(CANCELLED, link.cookies, accept)
    assert (answer.status, answer.text) == (303, "")
    assert answer.headers["location"] == "/not-connected"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert installs.client.calls == []
    assert installs.items() == before
    # Stripe has told no state: the link may still be used.
    assert installs.come_back(link, BAKERY).status == 303


def test_a_cancellation_with_its_state_uses_it_up(installs: InstallBundle, user: str) -> None:
    link = installs.link(user)
    for cookies in ([], [f"{COOKIE}=junk"], installs.link(user).cookies):
        before = installs.items()
        answer = installs.callback(CANCELLED | {"state": link.state}, cookies)
        assert answer.headers["location"] == "/not-connected"
        assert installs.items() == before
    answer = installs.callback(CANCELLED | {"state": link.state}, link.cookies)
    assert answer.headers["location"] == "/not-connected"
    assert_problem(installs.come_back(link, BAKERY), 400, "invalid_state")


@pytest.mark.parametrize("state", ["", "junk", "A" * 43, "é", "\x00"])
def test_a_cancellation_with_junk_for_a_state_costs_no_read(
    installs: InstallBundle, user: str, state: str
) -> None:
    link = installs.link(user)
    installs.client.calls.clear()
    answer = installs.callback(CANCELLED | {"state": state}, link.cookies)
    assert answer.headers["location"] == "/not-connected"
    assert installs.client.calls == []


def test_an_error_wins_over_a_success(installs: InstallBundle, user: str) -> None:
    link = installs.link(user)
    answer = installs.callback(success(link.state, BAKERY) | {"error": "x"}, link.cookies)
    assert answer.headers["location"] == "/not-connected"
    assert "account" not in installs.everything_stored()


def test_what_stripe_says_of_a_cancellation_goes_nowhere(
    installs: InstallBundle, user: str, log: Log
) -> None:
    words = {"error": "canary-error", "error_description": "<script>canary</script>"}
    for accept in (HTML, "*/*"):
        answer = installs.callback(words, installs.link(user).cookies, accept)
        assert "canary" not in str(answer)
    assert "canary" not in log.text()


def fragment(target: str) -> str:
    name, _, confirmation = urlsplit(target).fragment.partition("=")
    assert name == "confirmation"
    assert len(confirmation) == 43
    return confirmation


def test_without_a_binding_the_user_confirms_it(installs_with: Deploy, user: str) -> None:
    installs = installs_with(INSTALL_BINDING="off")
    link = installs.link(user, {"return_to": BACK})
    query = success(link.state, BAKERY)
    answer = installs.callback(query)
    assert answer.status == 303
    target = answer.headers["location"]
    assert target.startswith(f"{BACK}?account_id={BAKERY}#")
    path = f"{INSTALLATIONS}/{BAKERY}"
    assert_problem(installs.user(user).get(path), 404, "installation_not_found")
    assert installs.user(user).get(INSTALLATIONS).json["data"] == []
    assert installs.callback(query).headers["location"] == target

    body = {"confirmation": fragment(target)}
    assert_problem(
        installs.user("victim").post(f"{path}/confirm", body), 400, "invalid_confirmation"
    )
    confirmed = installs.user(user).post(f"{path}/confirm", body)
    assert confirmed.status == 200
    assert confirmed.json == installs.view(user, BAKERY)
    assert confirmed.json["status"] == "installed"
    assert installs.user(user).post(f"{path}/confirm", body).json == confirmed.json
    # Two requests to the table; the third reads what is shown.
    assert fragment(target) not in installs.everything_stored()


def test_without_a_binding_our_own_page_gets_the_confirmation(
    installs_with: Deploy, user: str
) -> None:
    installs = installs_with(INSTALL_BINDING="off")
    target = installs.come_back(installs.link(user), BAKERY).headers["location"]
    assert target.startswith(f"/connected?account_id={BAKERY}#confirmation=")


CONFIRMATIONS: list[Any] = [
    {"confirmation": ""}, {"confirmation": "junk"}, {"confirmation": "A" * 43}, {"confirmation": "é" * 43},
]  # fmt: skip


@pytest.mark.parametrize("body", CONFIRMATIONS)
def test_a_confirmation_that_is_none_costs_no_read(
    installs_with: Deploy, user: str, body: Any
) -> None:
    installs = installs_with(INSTALL_BINDING="off")
    answer = installs.user(user).post(f"{INSTALLATIONS}/{BAKERY}/confirm", body)
    assert_problem(answer, 400, "invalid_confirmation")
    assert installs.client.calls == []


@pytest.mark.parametrize(
    "body",
    [{}, {"confirmation": 1}, {"confirmation": "A" * 300}, {"confirmation": "A" * 43, "more": 1}],
)
def test_a_confirmation_of_another_shape_is_refused(
    installs: InstallBundle, user: str, body: Any
) -> None:
    answer = installs.user(user).post(f"{INSTALLATIONS}/{BAKERY}/confirm", body)
    assert_problem(answer, 422, "invalid_request")


def test_a_live_deployment_takes_a_callback_that_says_nothing_for_live(
    installs_with: Deploy, user: str
) -> None:
    installs = installs_with(secret="live")
    view = installs.connect(user, BAKERY, livemode=True)
    assert (view["livemode"], view["livemode_confirmed"]) == (True, False)
