"""`account.application.*` through the webhook: what they concern, and what becomes of them."""

import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.install_bundle import INSTALLATIONS, InstallBundle, application_body
from tests.support.stand_in import APPLICATION_ID, BAKERY, BOOKSHOP
from tests.support.webhooks import webhook

Deploy = Callable[..., InstallBundle]
NOW = 0
"""When the present test began: a signature grows stale within minutes."""


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "NOW", int(time.time()))


def account_items(installs: InstallBundle) -> set[str]:
    return {pk for pk in installs.items() if pk.startswith("account#")}


@pytest.mark.parametrize("secret", ["whsec_of_the_account", "whsec_of_connect"])
def test_an_authorization_confirms_the_mode(
    installs: InstallBundle, user: str, secret: str
) -> None:
    installs.connect(user, BAKERY)
    body = application_body("authorized", BAKERY)
    assert installs.tell(body, secret) == "applied"
    assert installs.tell(body, secret) == "duplicate"
    assert installs.view(user, BAKERY)["livemode_confirmed"] is True


def test_one_write_stores_an_event(installs: InstallBundle) -> None:
    for name in ("authorized", "deauthorized"):
        installs.client.calls.clear()
        installs.tell(application_body(name, BAKERY))
        assert installs.client.calls == ["UpdateItem"]


def test_a_webhook_alone_binds_an_account_to_no_user(installs: InstallBundle, user: str) -> None:
    assert installs.tell(application_body("authorized", BAKERY)) == "applied"
    for subject in (user, "None", APPLICATION_ID):
        answer = installs.user(subject).get(f"{INSTALLATIONS}/{BAKERY}")
        assert_problem(answer, 404, "installation_not_found")
    assert installs.connect(user, BAKERY)["livemode_confirmed"] is True


def test_a_deauthorization_ends_an_installation_and_its_settings(
    installs: InstallBundle, user: str
) -> None:
    installs.connect(user, BAKERY, at=NOW)
    origins = ["https://bakery.example"]
    settings = {"payee_name": "Bakery", "checkout_origins": origins, "clients": ["c"]}
    installs.user(user).patch(f"{INSTALLATIONS}/{BAKERY}", settings)
    body = application_body("deauthorized", BAKERY, at=NOW + 1)
    assert installs.tell(body) == "applied"
    assert installs.tell(body) == "duplicate"
    view = installs.view(user, BAKERY)
    assert (view["status"], view["uninstalled_at"]) == ("uninstalled", NOW + 1)
    assert (view["payee_name"], view["checkout_origins"], view["clients"]) == (None, [], [])
    for subject in (user, "c"):
        answer = installs.user(subject).get(f"{INSTALLATIONS}/{BAKERY}/account")
        assert_problem(answer, 409, "not_installed")


def test_a_deauthorization_of_an_unknown_account_leaves_a_tombstone(
    installs: InstallBundle, user: str
) -> None:
    assert installs.tell(application_body("deauthorized", BAKERY, at=NOW)) == "applied"
    assert account_items(installs) == {f"account#{BAKERY}"}
    answer = installs.come_back(installs.link(user), BAKERY, at=NOW - 5)
    assert answer.status == 303
    assert installs.view(user, BAKERY)["status"] == "uninstalled"
    assert installs.connect(user, BAKERY, at=NOW + 1)["status"] == "installed"


def test_an_event_older_than_what_is_stored_is_superseded(
    installs: InstallBundle, user: str
) -> None:
    installs.connect(user, BAKERY, at=NOW)
    for name in ("authorized", "deauthorized"):
        newer = application_body(name, BAKERY, at=NOW - 50, event_id="evt_new")
        assert installs.tell(newer) in ("applied", "superseded")
        older = application_body(name, BAKERY, at=NOW - 90, event_id="evt_old")
        assert installs.tell(older) == "superseded"
    view = installs.view(user, BAKERY)
    assert (view["status"], view["uninstalled_at"]) == ("installed", None)


@pytest.mark.parametrize(
    ("late", "outcome", "status"),
    [(-1, "superseded", "installed"), (0, "applied", "uninstalled")],
)
def test_an_uninstallation_counts_from_the_second_of_the_installation_on(
    installs: InstallBundle, user: str, late: int, outcome: str, status: str
) -> None:
    installs.connect(user, BAKERY, at=NOW)
    assert installs.tell(application_body("deauthorized", BAKERY, at=NOW + late)) == outcome
    assert installs.view(user, BAKERY)["status"] == status


def application(id_: Any) -> dict[str, Any]:
    return {"account": BAKERY, "data": {"object": {"id": id_, "object": "application"}}}


IGNORED: dict[str, dict[str, Any]] = {
    "our own account": {"account": None},
    "no account": {},
    "the other mode": {"account": BAKERY, "livemode": True},
    "another application": application("ca_somebody"),
    "an application without an id": {"account": BAKERY, "data": {"object": {}}},
    "an application whose id is a list": application([APPLICATION_ID]),
    "an account of another form": {"account": "ca_bakery"},
    "another type": {"account": BAKERY, "type": "account.application.updated"},
}


@pytest.mark.parametrize("name", IGNORED)
@pytest.mark.parametrize("kind", ["authorized", "deauthorized"])
def test_an_event_that_does_not_concern_our_app_is_ignored(
    installs: InstallBundle, user: str, kind: str, name: str
) -> None:
    installs.connect(user, BAKERY, at=NOW - 10)
    before = installs.items()
    installs.client.calls.clear()
    assert installs.tell(application_body(kind, None) | IGNORED[name]) == "ignored"
    assert installs.items() == before
    assert installs.client.calls == []


@pytest.mark.parametrize("kind", ["authorized", "deauthorized"])
def test_the_object_of_an_event_is_never_taken_for_the_account(
    installs_with: Deploy, user: str, kind: str
) -> None:
    installs = installs_with(STRIPE_APPLICATION_ID="")
    installs.connect(user, BAKERY, at=NOW - 10)
    before = installs.items()
    named: Any = {"data": {"object": {"id": BAKERY, "object": "application", "account": BAKERY}}}
    assert installs.tell(application_body(kind, None, **named)) == "ignored"
    assert installs.items() == before
    assert installs.tell(application_body(kind, BOOKSHOP, **named)) == "applied"
    assert {pk: item for pk, item in installs.items().items() if BOOKSHOP not in pk} == before


def test_without_a_configured_application_every_one_of_this_secret_is_ours(
    installs_with: Deploy, user: str
) -> None:
    installs = installs_with(STRIPE_APPLICATION_ID="")
    installs.connect(user, BAKERY, at=NOW - 10)
    other: Any = {"data": {"object": {"id": "ca_any", "object": "application"}}}
    assert installs.tell(application_body("deauthorized", BAKERY, **other)) == "applied"


def test_a_live_deployment_ignores_test_events(installs_with: Deploy, user: str) -> None:
    installs = installs_with(secret="live")
    installs.connect(user, BAKERY, livemode=True)
    assert installs.tell(application_body("deauthorized", BAKERY, at=NOW + 5)) == "ignored"
    assert installs.tell(application_body("authorized", BAKERY, livemode=True)) == "applied"
    view = installs.view(user, BAKERY)
    assert (view["status"], view["livemode_confirmed"]) == ("installed", True)


def test_an_event_signed_with_another_secret_is_refused(installs: InstallBundle, user: str) -> None:
    installs.connect(user, BAKERY, at=NOW - 10)
    before = installs.items()
    answer = installs.receive(webhook(application_body("deauthorized", BAKERY), "absec_new"))
    assert_problem(answer, 400, "invalid_signature")
    assert installs.items() == before


def test_an_event_of_another_shape_is_refused(installs: InstallBundle) -> None:
    for member in ({"created": -1}, {"account": 1}, {"data": None}, {"id": "é"}):
        answer = installs.receive(webhook(application_body("authorized", BAKERY) | member))
        assert_problem(answer, 400, "invalid_payload")
    assert installs.items() == {}
