"""Our app's installations through the API: listed, read and ended."""

import pytest
import stripe

from tests.stand_in.accounts import NOWHERE, OWN, install_of, listed, on_behalf
from tests.support.stand_in import APP_ID, BAKERY, BOOKSHOP, INSTALLS, StandIn


def test_the_developer_lists_its_apps_installations_across_accounts(stand_in: StandIn) -> None:
    stand_in.install(BAKERY)
    stand_in.install(BOOKSHOP)
    assert listed(stand_in) == [BOOKSHOP, BAKERY]
    assert listed(stand_in, account=BAKERY) == [BAKERY]
    assert listed(stand_in, account=NOWHERE) == []
    assert listed(stand_in, status="installed") == [BOOKSHOP, BAKERY]
    assert listed(stand_in, status="uninstalling") == []
    assert listed(stand_in, channel="testing") == [BOOKSHOP, BAKERY]
    assert listed(stand_in, channel="public") == []
    assert listed(stand_in, **{"created[lt]": "1"}) == []


def test_the_list_has_pages(stand_in: StandIn) -> None:
    stand_in.install(BAKERY)
    stand_in.install(BOOKSHOP)
    first = stand_in.get(INSTALLS, app=APP_ID, limit="1")
    assert first["has_more"] is True
    last = first["data"][0]["id"]
    assert listed(stand_in, starting_after=last) == [BAKERY]
    assert listed(stand_in, ending_before=install_of(stand_in, BAKERY)) == [BOOKSHOP]
    missing = stand_in.call("GET", INSTALLS, params={"app": APP_ID, "starting_after": "appinst_1"})
    assert missing.status_code == 400


def test_without_our_app_the_list_is_of_our_own_account(stand_in: StandIn) -> None:
    stand_in.install()
    assert stand_in.get(INSTALLS)["data"] == []
    assert stand_in.get(INSTALLS, app="com.example.other")["data"] == []
    assert stand_in.get(INSTALLS, account=OWN)["data"] == []
    refused = stand_in.call("GET", INSTALLS, params={"account": BAKERY})
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "account"


def test_a_connected_account_sees_its_own_installation_alone(stand_in: StandIn) -> None:
    stand_in.install(BAKERY)
    stand_in.install(BOOKSHOP)
    installs = on_behalf(stand_in, BAKERY).v1.apps.installs
    assert [install.account for install in installs.list({"app": APP_ID}).data] == [BAKERY]
    assert installs.retrieve(install_of(stand_in, BAKERY)).account == BAKERY
    for ask in (installs.retrieve, installs.uninstall):
        with pytest.raises(stripe.InvalidRequestError, match="No such app install"):
            ask(install_of(stand_in, BOOKSHOP))
    with pytest.raises(stripe.InvalidRequestError):
        installs.list({"account": BOOKSHOP})
    assert listed(stand_in) == [BOOKSHOP, BAKERY]


@pytest.mark.parametrize("by_header", [False, True])
def test_the_developer_uninstalls(stand_in: StandIn, by_header: bool) -> None:
    stand_in.install()
    identifier = install_of(stand_in, BAKERY)
    client = on_behalf(stand_in, BAKERY) if by_header else stand_in.stripe
    gone = client.v1.apps.installs.uninstall(identifier, {}, {"idempotency_key": "key"})
    assert (gone.id, gone.status) == (identifier, "uninstalling")
    event = stand_in.receiver.wait_for(2)[1].event
    assert (event["type"], event["account"], event["livemode"]) == (
        "account.application.deauthorized",
        BAKERY,
        False,
    )
    assert event["request"]["idempotency_key"] == "key"
    assert listed(stand_in) == []
    for ask in (
        stand_in.stripe.v1.apps.installs.retrieve,
        stand_in.stripe.v1.apps.installs.uninstall,
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            ask(identifier)
        assert refused.value.http_status == 404


def test_a_live_installation_cannot_be_uninstalled_with_a_test_key(stand_in: StandIn) -> None:
    stand_in.install(livemode=True)
    uninstalled = stand_in.post("/_uninstall", {"account": BAKERY, "livemode": True})
    live = uninstalled.json()["data"][0]["id"]
    stand_in.install(livemode=True)
    assert stand_in.call("POST", f"{INSTALLS}/{live}/uninstall").status_code == 404


def test_a_merchant_withdraws_permissions_and_agrees_again(stand_in: StandIn) -> None:
    stand_in.install()
    order = {"account": BAKERY, "do": "withdraw_permission"}
    without = stand_in.post("/_merchant", order | {"permission": "charge_read"}).json()
    assert (without["approval_required"], without["permissions_pending"]) == (True, ["charge_read"])
    assert "charge_read" not in without["permissions_granted"]
    assert stand_in.post("/_merchant", order).json()["permissions_granted"] == []
    on_behalf = {"Stripe-Account": BAKERY}
    answer = stand_in.call("GET", "/v1/account", headers=on_behalf)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "more_permissions_required_for_application"
    # on the page of the installed apps, or by another installation
    page = stand_in.http.get("/apps").text
    assert "The app also asks for" in page
    stand_in.http.post("/apps", data={"agree": without["id"]})
    assert "The app also asks for" not in stand_in.http.get("/apps").text
    stand_in.post("/_merchant", order)
    stand_in.install()
    (install,) = stand_in.get("/v1/apps/installs", app=APP_ID)["data"]
    assert (install["permissions_pending"], install["approval_required"]) == ([], False)
    for wrong in ({"permission": "charge_write"}, {"payment_intent": "pi_1"}, {"amount": 1}):
        assert stand_in.post("/_merchant", order | wrong).status_code == 400
    assert stand_in.post("/_merchant", order | {"account": BOOKSHOP}).status_code == 404


def test_a_merchant_is_in_a_country_with_its_currency(stand_in: StandIn) -> None:
    for body, shown in (
        ({}, ("US", "usd")),
        ({"country": "FR"}, ("FR", "eur")),
        ({"country": "JP", "currency": "usd"}, ("JP", "usd")),
    ):
        added = stand_in.post("/_accounts", {"name": "Florist"} | body).json()
        stand_in.install(added["id"])
        found = stand_in.call("GET", "/v1/account", headers={"Stripe-Account": added["id"]}).json()
        assert (found["country"], found["default_currency"]) == shown
    for wrong in ({"country": "fr"}, {"country": "XX"}, {"currency": "EUR"}):
        assert stand_in.post("/_accounts", {"name": "Florist"} | wrong).status_code == 400
