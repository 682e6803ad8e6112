"""Install links on the deployed stack, over HTTP, with IAM enforced."""

import json
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.merchants import STAND_IN, Merchant
from tests.support.service import Service, client
from tests.support.threads import at_once


@pytest.fixture
def merchant(service: Service) -> Merchant:
    return Merchant(service)


def test_an_account_is_connected_used_and_disconnected(
    service: Service, merchant: Merchant
) -> None:
    answer = merchant.connect()
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == f"/connected?account_id={merchant.account}"
    view = merchant.eventually(status="installed", livemode_confirmed=True)
    assert view["livemode"] is False
    account = service.http.get(
        f"/installations/{merchant.account}/account", headers=merchant.headers
    )
    assert account.json()["id"] == merchant.account
    assert service.stripe_requests()[-1]["account"] == merchant.account
    gone = service.http.delete(f"/installations/{merchant.account}", headers=merchant.headers)
    assert gone.json()["status"] == "uninstalled"
    again = service.http.get(f"/installations/{merchant.account}/account", headers=merchant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "not_installed")
    listed = service.http.get("/installations", headers=merchant.headers).json()["data"]
    assert [entry["account_id"] for entry in listed] == [merchant.account]


def test_an_uninstallation_at_stripe_ends_it_here_and_frees_the_account(
    service: Service, merchant: Merchant
) -> None:
    merchant.connect()
    settings = {"payee_name": "Bakery", "checkout_origins": ["https://bakery.example"]}
    changed = service.http.patch(
        f"/installations/{merchant.account}", headers=merchant.headers, json=settings
    )
    assert changed.json()["checkout_origins"] == ["https://bakery.example"]
    service.http.post(f"{STAND_IN}/_uninstall", json={"account": merchant.account})
    view = merchant.eventually(status="uninstalled")
    assert (view["payee_name"], view["checkout_origins"]) == (None, [])


def test_two_callbacks_at_once_with_one_state_make_one_installation(
    service: Service, merchant: Merchant
) -> None:
    other = Merchant(service).account
    for _ in range(3):
        state = merchant.state()
        targets = [merchant.installed(state), merchant.installed(state, other)]
        answers = at_once([partial(merchant.browser.get, target) for target in targets])
        assert sorted(answer.status_code for answer in answers) == [303, 400]


def test_a_victims_browser_that_is_sent_an_attackers_link_connects_nothing(
    service: Service, merchant: Merchant
) -> None:
    attacker = Merchant(service)
    state = attacker.state()
    for headers in ({"cookie": ""}, {"cookie": merchant.browser.headers.get("cookie", "")}):
        merchant.state()
        answer = service.http.get(merchant.installed(state), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_state")
    assert service.http.get("/installations", headers=attacker.headers).json()["data"] == []


@pytest.mark.parametrize("mode", ["first", "hold", "duplicate", "drop"])
def test_the_events_may_come_first_late_twice_or_never(
    service: Service, merchant: Merchant, mode: str
) -> None:
    service.http.post(f"{STAND_IN}/_deliveries", json={"mode": mode})
    try:
        assert merchant.connect().status_code == 303
    finally:
        service.http.post(f"{STAND_IN}/_deliveries", json={"mode": "normal"})
    view = merchant.eventually(status="installed")
    if mode == "drop":
        assert not view["livemode_confirmed"]
        service.http.get(f"/installations/{merchant.account}/account", headers=merchant.headers)
    merchant.eventually(livemode_confirmed=True)


def test_what_is_stored_of_a_link_is_its_hash_alone(service: Service, merchant: Merchant) -> None:
    state = merchant.state()
    target = merchant.installed(state)
    merchant.browser.get(target)
    dynamodb = client(service, "dynamodb")
    names = [name for name in dynamodb.list_tables()["TableNames"] if "Installs" in name]
    items = dynamodb.scan(TableName=names[0])["Items"]
    text = json.dumps(items, default=str)
    assert merchant.account in text
    secrets = [state, merchant.browser.headers["cookie"].split("=", 1)[1]]
    secrets.append(parse_qs(urlsplit(target).query)["install_signature"][0].split("v1=")[1])
    assert not [secret for secret in secrets if secret in text]
