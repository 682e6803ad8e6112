"""`account.application.*` through the webhook: which are this deployment's, and what they change."""

import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.install_bundle import INSTALLATIONS, InstallBundle, application_body
from tests.support.logs import Log
from tests.support.stand_in import APPLICATION_ID, BAKERY, BOOKSHOP
from tests.support.stripe_objects import thin
from tests.support.webhooks import webhook

Deploy = Callable[..., InstallBundle]
NOW = 0
"""When the present test began: a signature grows stale within minutes."""


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "NOW", int(time.time()))


@pytest.mark.parametrize("secret", ["whsec_of_the_account", "whsec_of_connect"])
def test_an_authorization_confirms_the_mode(
    installs: InstallBundle, user: str, secret: str
) -> None:
    installs.connect(user, BAKERY)
    body = application_body("authorized", BAKERY)
    installs.client.calls.clear()
    assert installs.tell(body, secret) == "applied"
    assert installs.client.calls == ["UpdateItem"]
    assert installs.tell(body, secret) == "duplicate"
    assert installs.view(user, BAKERY)["livemode_confirmed"] is True


def test_a_webhook_alone_binds_an_account_to_nobody(installs: InstallBundle, user: str) -> None:
    assert installs.tell(application_body("authorized", BAKERY)) == "applied"
    for subject in (user, "None", APPLICATION_ID):
        answer = installs.user(subject).get(f"{INSTALLATIONS}/{BAKERY}")
        assert_problem(answer, 404, "installation_not_found")
    assert installs.connect(user, BAKERY)["livemode_confirmed"] is True


@pytest.mark.parametrize("style", ["old", "both", "thin", "organization"])
def test_every_shape_of_a_deauthorization_frees_the_account_for_the_next_owner(
    installs: InstallBundle, user: str, style: str
) -> None:
    """Stripe renders it in the API version of the merchant's account, or in the thin style."""
    installs.connect(user, BAKERY, at=NOW)
    body = application_body("deauthorized", BAKERY, at=NOW + 1)
    without = {name: value for name, value in body.items() if name != "account"}
    shapes = {
        "old": without | {"api_version": "2016-07-06", "request": None, "user_id": BAKERY},
        "both": body | {"user_id": BOOKSHOP},
        "thin": thin(body),
        "organization": thin(body) | {"context": f"org_6/{BAKERY}"},
    }
    assert installs.tell(shapes[style]) == "applied"
    assert installs.tell(shapes[style]) == "duplicate"
    assert installs.view(user, BAKERY)["uninstalled_at"] == NOW + 1
    assert installs.connect("the next owner", BAKERY, at=NOW + 2)["status"] == "installed"


def test_a_deauthorization_ends_it_and_removes_what_payers_were_shown(
    installs: InstallBundle, user: str
) -> None:
    installs.connect(user, BAKERY, at=NOW)
    members = {"payee_name": "Bakery", "checkout_origins": ["https://a.example"], "clients": ["c"]}
    installs.user(user).patch(f"{INSTALLATIONS}/{BAKERY}", members)
    body = application_body("deauthorized", BAKERY, at=NOW + 1)
    installs.client.calls.clear()
    assert installs.tell(body) == "applied"
    assert installs.client.calls == ["UpdateItem"]
    assert installs.tell(body) == "duplicate"
    view = installs.view(user, BAKERY)
    assert (view["status"], view["uninstalled_at"]) == ("uninstalled", NOW + 1)
    assert (view["payee_name"], view["checkout_origins"], view["clients"]) == (None, [], [])
    for subject in (user, "c"):
        answer = installs.user(subject).get(f"{INSTALLATIONS}/{BAKERY}/account")
        assert_problem(answer, 409, "not_installed")


def test_a_deauthorization_of_an_unknown_account_is_remembered(
    installs: InstallBundle, user: str
) -> None:
    assert installs.tell(application_body("deauthorized", BAKERY, at=NOW)) == "applied"
    assert installs.items().keys() == {f"account#{BAKERY}"}
    answer = installs.come_back(installs.link(user), BAKERY, at=NOW - 5)
    assert answer.status == 303
    assert installs.view(user, BAKERY)["status"] == "uninstalled"
    assert installs.connect(user, BAKERY, at=NOW + 1)["status"] == "installed"


def test_an_event_that_is_older_than_what_is_stored_is_superseded(
    installs: InstallBundle, user: str
) -> None:
    installs.connect(user, BAKERY, at=NOW)
    for name, first in (("authorized", "applied"), ("deauthorized", "superseded")):
        newer = application_body(name, BAKERY, at=NOW - 1, event_id="evt_new")
        older = application_body(name, BAKERY, at=NOW - 90, event_id="evt_old")
        assert (installs.tell(newer), installs.tell(older)) == (first, "superseded")
    view = installs.view(user, BAKERY)
    assert (view["status"], view["uninstalled_at"]) == ("installed", None)


def of_application(**members: Any) -> dict[str, Any]:
    return {"account": BAKERY, "data": {"object": members}}


IGNORED: dict[str, dict[str, Any]] = {
    "our own account": {"account": None},
    "no account": {},
    "the other mode": {"account": BAKERY, "livemode": True},
    "another application": of_application(id="ca_somebody", object="application"),
    "an application without an id": of_application(object="application"),
    "an application whose id is a list": of_application(id=[APPLICATION_ID]),
    "an id that is no account's": {"account": "ca_bakery"},
    "another type": {"account": BAKERY, "type": "account.application.updated"},
    "an install": {"account": BAKERY, "type": "apps.install.deleted"},
}


@pytest.mark.parametrize("name", IGNORED)
@pytest.mark.parametrize("kind", ["authorized", "deauthorized"])
def test_an_event_of_something_else_is_ignored(
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
    # Without a configured application, each one that signs with this secret is ours.
    assert installs.tell(application_body(kind, BOOKSHOP, **named)) == "applied"
    assert {pk: item for pk, item in installs.items().items() if BOOKSHOP not in pk} == before


def test_a_live_deployment_ignores_test_events(installs_with: Deploy, user: str) -> None:
    installs = installs_with(secret="live")
    installs.connect(user, BAKERY, livemode=True)
    assert installs.tell(application_body("deauthorized", BAKERY, at=NOW + 5)) == "ignored"
    assert installs.tell(application_body("authorized", BAKERY, livemode=True)) == "applied"
    view = installs.view(user, BAKERY)
    assert (view["status"], view["livemode_confirmed"]) == ("installed", True)


def test_an_event_under_another_secret_or_of_another_shape_is_refused(
    installs: InstallBundle, user: str
) -> None:
    installs.connect(user, BAKERY, at=NOW - 10)
    before, body = installs.items(), application_body("deauthorized", BAKERY)
    answer = installs.receive(webhook(body, "absec_new"))
    assert_problem(answer, 400, "invalid_signature")
    for member in (
        {"created": -1},
        {"created": "now"},
        {"account": 1},
        {"data": None},
        {"id": "é"},
    ):
        answer = installs.receive(webhook(body | member))
        assert_problem(answer, 400, "invalid_payload")
    assert installs.items() == before


def test_a_thin_event_that_names_no_application_is_told(installs: InstallBundle, log: Log) -> None:
    body = thin(application_body("deauthorized", BAKERY)) | {"related_object": None}
    assert installs.tell(body) == "ignored"
    assert log.metrics()["UnusableEvent"] == 1
