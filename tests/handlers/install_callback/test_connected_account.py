"""What happens with an account at Stripe: it is read on its own behalf, and disconnected."""

import pytest

from countersign.http.request_bucket import CAPACITY
from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.gateway import http_event
from tests.support.install_bundle import INSTALLATIONS, InstallBundle

CLIENT, STRANGER = "client_1", "stranger"


@pytest.fixture
def account(installs: InstallBundle, user: str) -> str:
    """An account at Stripe on which the user has installed the app."""
    return installs.install_at_stripe(user)


def test_a_client_reads_the_account_and_nothing_else(
    installs: InstallBundle, user: str, account: str
) -> None:
    path = f"{INSTALLATIONS}/{account}"
    assert_problem(installs.user(CLIENT).get(f"{path}/account"), 404, "installation_not_found")
    installs.user(user).patch(path, {"clients": [CLIENT]})
    assert installs.user(CLIENT).get(f"{path}/account").json["id"] == account
    for method in ("get", "patch", "delete"):
        answer = getattr(installs.user(CLIENT), method)(path)
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


def test_an_account_that_stripe_refuses_and_lists_no_install_of_is_over(
    installs: InstallBundle, user: str, account: str, clock: Clock
) -> None:
    """As when the event that says so is lost."""
    path = f"{INSTALLATIONS}/{account}"
    clock.advance(61)
    installs.view(user, account)  # what is listed shows that the key is that of the app's owner
    installs.user(user).patch(path, {"clients": [CLIENT], "payee_name": "Bakery"})
    installs.stripe.uninstall(account)
    assert_problem(installs.user(CLIENT).get(f"{path}/account"), 409, "not_installed")
    view = installs.view(user, account)
    assert (view["status"], view["payee_name"]) == ("uninstalled", None)


@pytest.mark.parametrize(
    ("status", "refusal"), [(403, (409, "permission_missing")), (401, (500, "stripe_key_refused"))]
)
def test_a_refusal_of_stripe_names_who_can_mend_it(
    installs: InstallBundle, user: str, account: str, status: int, refusal: tuple[int, str]
) -> None:
    installs.stripe.fault(path="/v1/account", status=status, times=1)
    answer = installs.user(user).get(f"{INSTALLATIONS}/{account}/account")
    assert_problem(answer, *refusal)
    assert "Retry-After" not in answer.headers
    assert installs.view(user, account)["status"] == "installed"


def test_disconnecting_uninstalls_at_stripe_and_here(
    installs: InstallBundle, user: str, account: str
) -> None:
    path = f"{INSTALLATIONS}/{account}"
    installs.user(user).patch(path, {"payee_name": "Bakery"})
    answer = installs.user(user).delete(path)
    assert (answer.status, answer.json["status"]) == (200, "uninstalled")
    assert answer.json["uninstalled_at"] >= answer.json["installed_at"]
    assert answer.json["payee_name"] is None
    assert installs.view(user, account) == answer.json
    first, second = installs.stripe.requests()
    assert (first["method"], first["path"].partition("?")[0]) == ("GET", "/v1/apps/installs")
    assert second["method"] == "POST"
    assert second["path"].endswith("/uninstall")
    # Again, without Stripe; and nothing can be done with the account any more.
    assert installs.user(user).delete(path).json == answer.json
    assert len(installs.stripe.requests()) == 2
    assert_problem(installs.user(user).get(f"{path}/account"), 409, "not_installed")
    assert_problem(installs.user(user).patch(path, {"payee_name": "x"}), 409, "not_installed")


def test_a_persons_own_requests_to_stripe_are_counted_and_a_machines_are_not(
    installs: InstallBundle, user: str, account: str
) -> None:
    path = f"{INSTALLATIONS}/{account}"
    installs.user(user).patch(path, {"clients": ["shop@clients"]})
    answers = [installs.user(user).get(f"{path}/account") for _ in range(CAPACITY + 1)]
    assert {answer.status for answer in answers[:CAPACITY]} == {200}
    assert_problem(answers[-1], 429, "too_many_requests")
    assert installs.view(user, account)["status"] == "installed"
    event = http_event("GET", f"{path}/account", user="shop@clients")
    event["requestContext"]["authorizer"]["jwt"]["claims"] |= {"azp": "shop"}
    machine = installs.user("shop@clients")
    assert {machine.send(event).status for _ in range(CAPACITY + 1)} == {200}
