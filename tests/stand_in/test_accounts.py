"""Connected accounts through the API: who may be asked about, and our app's installations."""

from typing import Any

import pytest
import stripe

from tests.stand_in.accounts import NOWHERE, OWN, install_of, listed, on_behalf
from tests.support.stand_in import BAKERY, BOOKSHOP, INSTALLS, SESSIONS, StandIn


def test_our_own_account_is_read_by_either_path(stand_in: StandIn) -> None:
    accounts = stand_in.stripe.v1.accounts
    assert accounts.retrieve_current().id == OWN
    assert accounts.retrieve(OWN).id == OWN
    assert on_behalf(stand_in, OWN).v1.accounts.retrieve_current().id == OWN


def test_a_connected_account_is_read_by_header_and_by_path(stand_in: StandIn) -> None:
    stand_in.install()
    connected = on_behalf(stand_in, BAKERY).v1.accounts
    for account in (
        connected.retrieve_current(),
        connected.retrieve(BAKERY),
        stand_in.stripe.v1.accounts.retrieve(BAKERY),
    ):
        assert account.id == BAKERY
        assert account.business_profile
        assert account.business_profile.name == "Morning Crumb Bakery"


@pytest.mark.parametrize("account", [BOOKSHOP, NOWHERE, "acct_<b>", "é" * 100])
def test_an_account_without_the_app_is_refused(stand_in: StandIn, account: str) -> None:
    stand_in.install()
    paths = ["/v1/account", SESSIONS, INSTALLS, "/v1/events"]
    header = {"Stripe-Account": account.encode()}
    answers = [stand_in.call("GET", path, headers=header) for path in paths]
    answers.append(stand_in.call("GET", f"/v1/accounts/{account}"))
    for answer in answers:
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "account_invalid"


def test_one_connected_account_does_not_read_another(stand_in: StandIn) -> None:
    stand_in.install(BAKERY)
    stand_in.install(BOOKSHOP)
    accounts = on_behalf(stand_in, BAKERY).v1.accounts
    for other in (BOOKSHOP, OWN):
        with pytest.raises(stripe.PermissionError):
            accounts.retrieve(other)


def test_a_live_installation_means_nothing_to_a_test_key(stand_in: StandIn) -> None:
    stand_in.install(livemode=True)
    with pytest.raises(stripe.PermissionError):
        on_behalf(stand_in, BAKERY).v1.accounts.retrieve_current()
    assert listed(stand_in) == []


def test_access_ends_with_the_installation(stand_in: StandIn) -> None:
    stand_in.install()
    connected = on_behalf(stand_in, BAKERY).v1.accounts
    assert connected.retrieve_current().id == BAKERY
    stand_in.uninstall()
    with pytest.raises(stripe.PermissionError, match="revoked"):
        connected.retrieve_current()
    with pytest.raises(stripe.PermissionError, match="revoked"):
        stand_in.stripe.v1.accounts.retrieve(BAKERY)


def test_what_connected_accounts_do_not_have_here_is_refused_with_a_message(
    stand_in: StandIn,
) -> None:
    stand_in.install()
    header = {"Stripe-Account": BAKERY}
    for method, path in (("GET", SESSIONS), ("POST", SESSIONS)):
        refused = stand_in.call(method, path, headers=header)
        assert refused.status_code == 400
        assert "on connected accounts" in refused.json()["error"]["message"]
    assert stand_in.get(SESSIONS)["data"] == []


def test_the_requests_are_listed_with_the_account_they_are_on_behalf_of(stand_in: StandIn) -> None:
    stand_in.install()
    for account in (BAKERY, NOWHERE):
        stand_in.call("GET", "/v1/account", headers={"Stripe-Account": account})
    stand_in.call("GET", f"/v1/accounts/{BAKERY}")
    entries = [(entry["path"], entry["account"], entry["status"]) for entry in stand_in.requests()]
    assert entries == [
        ("/v1/account", BAKERY, 200),
        ("/v1/account", NOWHERE, 403),
        (f"/v1/accounts/{BAKERY}", None, 200),
    ]


@pytest.mark.parametrize(
    ("method", "path", "params", "named"),
    [
        ("GET", INSTALLS, {"color": "red"}, "color"),
        ("GET", INSTALLS, {"status": "gone"}, "status"),
        ("GET", INSTALLS, {"limit": "0"}, "limit"),
        ("GET", INSTALLS, {"expand[]": "account"}, "expand"),
        ("GET", "/v1/account", {"color": "red"}, "color"),
        ("GET", f"/v1/accounts/{BAKERY}", {"color": "red"}, "color"),
        ("GET", f"/v1/accounts/{BAKERY}", {"expand[]": "settings"}, "expand"),
        ("GET", "INSTALL", {"color": "red"}, "color"),
        ("POST", "INSTALL/uninstall", {"account": BAKERY}, "account"),
    ],
)
def test_an_unknown_parameter_is_refused(
    stand_in: StandIn, method: str, path: str, params: dict[str, str], named: str
) -> None:
    stand_in.install()
    path = path.replace("INSTALL", f"{INSTALLS}/{install_of(stand_in, BAKERY)}")
    place = "data" if method == "POST" else "params"
    refused = stand_in.call(method, path, **{place: params})
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == named
    assert listed(stand_in) == [BAKERY]


def test_faults_meet_these_calls_too(stand_in: StandIn) -> None:
    stand_in.install()
    stand_in.fault(path="/v1/account", status=503)
    header = {"Stripe-Account": BAKERY}
    assert stand_in.call("GET", "/v1/account", headers=header).status_code == 503
    assert stand_in.call("GET", "/v1/account", headers=header).status_code == 200
    uninstall = f"{INSTALLS}/{install_of(stand_in, BAKERY)}/uninstall"
    stand_in.fault(path=f"{INSTALLS}/*", status=500, after=True)
    lost: Any = stand_in.call("POST", uninstall, headers={"Idempotency-Key": "key"})
    assert lost.status_code == 500
    assert listed(stand_in) == []
    stand_in.receiver.wait_for(2)
