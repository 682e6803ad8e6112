"""What is done with an account at Stripe: it is read on its own behalf, and disconnected."""

import time
from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.install_bundle import INSTALLATIONS, InstallBundle

CLIENT, STRANGER = "client_1", "stranger"
SETTINGS: dict[str, Any] = {
    "payee_name": "Bakery",
    "payee_origin": "https://localhost:8443",
    "checkout_origins": ["https://bakery.example"],
    "clients": [CLIENT],
}


@pytest.fixture
def account(installs: InstallBundle, user: str) -> str:
    """An account at Stripe on which the user has installed the app."""
    link, account = installs.link(user), installs.new_account()
    target = installs.stripe.install(account, state=link.state)
    answer = installs.callback(target.partition("?")[2], link.cookies)
    assert answer.status == 303, answer
    return account


def test_a_client_reads_the_account_and_nothing_else(
    installs: InstallBundle, user: str, account: str
) -> None:
    path = f"{INSTALLATIONS}/{account}"
    assert_problem(installs.user(CLIENT).get(f"{path}/account"), 404, "installation_not_found")
    installs.user(user).patch(path, {"clients": [CLIENT]})
    assert installs.user(CLIENT).get(f"{path}/account").json["id"] == account
    for method in ("GET", "PATCH", "DELETE"):
        answer = getattr(installs.user(CLIENT), method.lower())(path)
        assert_problem(answer, 404, "installation_not_found")
    assert installs.user(CLIENT).get(INSTALLATIONS).json["data"] == []
    assert_problem(installs.user(STRANGER).get(f"{path}/account"), 404, "installation_not_found")
    installs.user(user).patch(path, {"clients": []})
    assert_problem(installs.user(CLIENT).get(f"{path}/account"), 404, "installation_not_found")


def test_the_account_is_read_on_its_own_behalf_and_shown_as_stripe_has_it(
    installs: InstallBundle, user: str, account: str
) -> None:
    answer = installs.user(user).get(f"{INSTALLATIONS}/{account}/account")
    assert answer.status == 200
    assert (answer.json["id"], answer.json["object"]) == (account, "account")
    assert answer.headers["cache-control"] == "no-store"
    (request,) = installs.stripe.requests()
    assert (request["method"], request["path"]) == ("GET", "/v1/account")
    assert request["account"] == account
    assert "email" not in installs.everything_stored()


def test_an_account_that_stripe_has_taken_from_us_is_over_here(
    installs: InstallBundle, user: str
) -> None:
    account = installs.new_account()
    path = f"{INSTALLATIONS}/{account}"
    installs.connect(user, account, at=time.time() - 60)  # later than this is Stripe's answer
    installs.user(user).patch(path, {"clients": [CLIENT], "payee_name": "Bakery"})
    assert_problem(installs.user(CLIENT).get(f"{path}/account"), 409, "not_installed")
    view = installs.view(user, account)
    assert (view["status"], view["payee_name"]) == ("uninstalled", None)
    asked = len(installs.stripe.requests())
    assert_problem(installs.user(user).get(f"{path}/account"), 409, "not_installed")
    assert len(installs.stripe.requests()) == asked


def test_disconnecting_uninstalls_at_stripe_and_here(
    installs: InstallBundle, user: str, account: str
) -> None:
    path = f"{INSTALLATIONS}/{account}"
    installs.user(user).patch(path, SETTINGS)
    answer = installs.user(user).delete(path)
    assert answer.status == 200
    assert answer.json["status"] == "uninstalled"
    assert answer.json["uninstalled_at"] >= answer.json["installed_at"]
    assert (answer.json["payee_name"], answer.json["checkout_origins"]) == (None, [])
    assert installs.view(user, account) == answer.json
    asked = [
        (entry["method"], entry["path"].partition("?")[0]) for entry in installs.stripe.requests()
    ]
    assert asked[0] == ("GET", "/v1/apps/installs")
    assert [method for method, _ in asked] == ["GET", "POST"]
    assert asked[1][1].endswith("/uninstall")
    # Again, without Stripe; and nothing can be done with it any more.
    assert installs.user(user).delete(path).json == answer.json
    assert len(installs.stripe.requests()) == 2
    assert_problem(installs.user(user).get(f"{path}/account"), 409, "not_installed")
    assert_problem(installs.user(user).patch(path, {"payee_name": "x"}), 409, "not_installed")


def test_disconnecting_survives_stripe_having_done_it(
    installs: InstallBundle, user: str, account: str
) -> None:
    installs.stripe.uninstall(account)
    answer = installs.user(user).delete(f"{INSTALLATIONS}/{account}")
    assert (answer.status, answer.json["status"]) == (200, "uninstalled")
