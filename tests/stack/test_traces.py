"""What a full run leaves behind: no secret and nothing personal, in no log and in no item."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from tests.support.merchants import Merchant
from tests.support.service import Service, client, new_user

CREATE = "/create-verification-session"


def test_no_log_and_no_item_of_a_full_run_holds_a_secret_or_personal_data(
    service: Service,
) -> None:
    canaries = full_run(service)
    places = [*items(service), *log_lines(service), *log_files(service)]
    assert any("session#vs_" in text for _, text in places), "the items were not read"
    assert any("webhook" in text for _, text in places), "the logs were not read"
    found = [(what, place) for place, text in places for what, canary in canaries if canary in text]
    assert found == []


def full_run(service: Service) -> list[tuple[str, str]]:
    """Every call with something secret or personal in it; returns what must be found nowhere."""
    user, email, phone = new_user(), f"{new_user('canary')}@example.com", "+14155550123"
    token = service.token(user)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_user("canary_key")}
    wish = {"email": email, "phone": phone}
    modal = service.http.post(CREATE, headers=headers, json=wish).json()
    session_id = modal["id"]
    plain = {"Authorization": f"Bearer {token}"}
    redirect = service.http.post(CREATE, headers=plain, json={"flow": "redirect"} | wish).json()
    service.outcome(session_id, "document_expired")
    retry = service.http.post(CREATE, headers=plain).json()
    service.outcome(session_id, "verified")
    service.eventually(session_id, user, "verified")
    operator = service.token(new_user("operator"), "countersign/operator")
    outputs = service.http.get(
        f"/verification-sessions/{session_id}/outputs",
        headers={"Authorization": f"Bearer {operator}"},
    ).json()
    assert outputs["first_name"]
    service.http.post(CREATE, headers=plain, json={"email": f"{email} is no address"})
    service.http.post(CREATE, content=f'{{"broken": "{email}', headers=plain)
    service.http.post("/webhook", content=email, headers={"Stripe-Signature": "t=1,v1=canary"})
    signature = token.rsplit(".", 1)[1]
    return [
        *connect_an_account(service),
        ("client_secret", modal["client_secret"]),
        ("client_secret", retry["client_secret"]),
        ("url", redirect["url"].rsplit("/", 1)[1]),
        ("e-mail", email),
        ("phone", phone.removeprefix("+")),
        ("token", signature),
        ("token", operator.rsplit(".", 1)[1]),
        ("idempotency key", headers["Idempotency-Key"]),
        ("first name", f'"{outputs["first_name"]}"'),
        ("last name", f'"{outputs["last_name"]}"'),
        ("key", "sk_test_local"),
        ("webhook secret", "whsec_local_account"),
    ]


def connect_an_account(service: Service) -> list[tuple[str, str]]:
    """The whole way of an install link, once as it should be and once refused."""
    merchant = Merchant(service, new_user("canary"))
    state = merchant.state()
    target = merchant.installed(state)
    assert merchant.browser.get(target.replace("usr_", "usr_x")).status_code == 400
    assert merchant.browser.get(target).status_code == 303
    account = f"/installations/{merchant.account}/account"
    email = service.http.get(account, headers=merchant.headers).json()["email"]
    signature = parse_qs(urlsplit(target).query)["install_signature"][0].partition("v1=")[2]
    return [
        ("state", state),
        ("cookie", merchant.browser.headers["cookie"].partition("=")[2]),
        ("install signature", signature),
        ("e-mail of an account", email),
        ("app secret", "absec_local"),
    ]


def items(service: Service) -> Iterator[tuple[str, str]]:
    """Every item of every table."""
    dynamodb = client(service, "dynamodb")
    for name in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=name):
            yield from ((name, json.dumps(item, default=str)) for item in page["Items"])


def log_lines(service: Service) -> Iterator[tuple[str, str]]:
    """Every line of every log group."""
    logs = client(service, "logs")
    for group in logs.describe_log_groups()["logGroups"]:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for page in pages:
            yield from ((group["logGroupName"], event["message"]) for event in page["events"])


def log_files(service: Service) -> Iterator[tuple[str, str]]:
    """What the tools wrote."""
    for path in (service.home / "logs").glob("*.log"):
        yield path.name, path.read_text(errors="replace")
