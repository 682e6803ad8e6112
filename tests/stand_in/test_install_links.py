"""The page of an install link, and what the site gets back, without a browser."""

from typing import Any

import httpx
import pytest

from tests.stand_in.links import STATE, check_signature, link, returned, submit
from tests.support.stand_in import (
    APP_ID,
    BAKERY,
    BOOKSHOP,
    CALLBACK,
    INSTALLS,
    StandIn,
)


def test_the_page_says_who_asks_for_what_and_where(stand_in: StandIn) -> None:
    stand_in.install(BOOKSHOP)
    stand_in.install(BOOKSHOP, livemode=True)
    page = stand_in.http.get(link())
    assert page.status_code == 200
    for words in (
        "Countersign",
        APP_ID,
        "localhost:8000",
        "What it may do",
        "which account is connected",
    ):
        assert words in page.text
    choices = page.text.split('class="choice"')
    bakery, bookshop = (
        next(choice for choice in choices if account in choice) for account in (BAKERY, BOOKSHOP)
    )
    assert "Morning Crumb Bakery" in bakery
    assert "not installed" in bakery
    assert "installed (test mode, live mode)" in bookshop
    test_mode = next(choice for choice in choices if 'value="test"' in choice)
    assert "checked" in test_mode
    assert STATE not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"


def test_a_link_without_redirect_uri_or_with_a_broken_query_is_refused(stand_in: StandIn) -> None:
    for query, words in (("", "redirect_uri is missing"), ("?state=%ff", "malformed")):
        answer = stand_in.http.get(f"/apps/install/link/{APP_ID}{query}")
        assert answer.status_code == 400
        assert words in answer.text


def test_an_app_that_is_not_ours_is_refused(stand_in: StandIn) -> None:
    for app_id in ("com.example.other", APP_ID.upper(), "<b>"):
        for answer in (
            stand_in.http.get(link(app_id=app_id)),
            submit(stand_in, link(app_id=app_id)),
        ):
            assert answer.status_code == 404
            assert "There is no such app" in answer.text
            assert APP_ID in answer.text
            assert "<b>" not in answer.text


@pytest.mark.parametrize(
    "form",
    [{"account": "acct_1LocalPlatform01"}, {"account": "<b>"}, {"account": ""}, {"mode": "both"}],
)
def test_an_invalid_choice_is_asked_for_again(stand_in: StandIn, form: dict[str, str]) -> None:
    answer = submit(stand_in, link(), **form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "<b>" not in answer.text
    assert stand_in.get(INSTALLS, app=APP_ID)["data"] == []


def test_an_installation_can_be_repeated_and_is_the_same_one(stand_in: StandIn) -> None:
    submit(stand_in, link())
    first = stand_in.get(INSTALLS, app=APP_ID)["data"]
    again = submit(stand_in, link("another"))
    check_signature(again.headers["location"])
    assert stand_in.get(INSTALLS, app=APP_ID)["data"] == first
    assert [entry["type"] for entry in stand_in.deliveries()] == ["account.application.authorized"]


def test_the_page_works_under_a_mount(stand_in: StandIn) -> None:
    mounted = "/_local/stripe" + link()
    page = stand_in.http.get(mounted)
    stylesheet = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert stand_in.http.get(httpx.URL(str(page.url)).join(stylesheet)).status_code == 200
    assert submit(stand_in, mounted).headers["location"].startswith(CALLBACK)
    refused = stand_in.http.get("/_local/stripe" + link(app_id="other"))
    stylesheet = refused.text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert stand_in.http.get(httpx.URL(str(refused.url)).join(stylesheet)).status_code == 200


@pytest.mark.parametrize("mount", ["", "/_local/stripe"])
def test_a_merchant_uninstalls_in_its_dashboard(stand_in: StandIn, mount: str) -> None:
    assert "No account has the app" in stand_in.http.get(mount + "/apps").text
    stand_in.install()
    stand_in.install(livemode=True)
    page = stand_in.http.get(mount + "/apps")
    test_mode = stand_in.get(INSTALLS, app=APP_ID)["data"][0]["id"]
    assert test_mode in page.text
    assert "Uninstall Countersign from Morning Crumb Bakery (live mode)" in page.text
    answer = stand_in.http.post(mount + "/apps", data={"install": test_mode})
    assert answer.status_code == 303
    listed = stand_in.http.get(httpx.URL(str(answer.url)).join(answer.headers["location"]))
    assert test_mode not in listed.text
    assert "(live mode)" in listed.text
    assert stand_in.http.post(mount + "/apps", data={"install": test_mode}).status_code == 303
    events = [entry["type"] for entry in stand_in.deliveries()]
    assert events.count("account.application.deauthorized") == 1


def test_a_merchant_can_be_added_and_its_name_is_shown_as_text(stand_in: StandIn) -> None:
    added = stand_in.post("/_accounts", {"name": "<b>Corner</b> Florist"})
    assert added.status_code == 201
    account = added.json()
    query = dict(returned(stand_in.install(account["id"])))
    assert (query["account_id"], query["user_id"]) == (account["id"], account["user"])
    for path in (link(), "/apps"):
        page = stand_in.http.get(path).text
        assert "&lt;b&gt;Corner&lt;/b&gt; Florist" in page
        assert "<b>" not in page


@pytest.mark.parametrize(
    ("path", "order", "status"),
    [
        ("/_install", {}, 400),
        ("/_install", {"account": BAKERY, "livemode": "no"}, 400),
        ("/_install", {"account": BAKERY, "state": 1}, 400),
        ("/_install", {"account": BAKERY, "redirect_uri": "https://evil.example/"}, 400),
        ("/_install", {"account": "acct_unknown"}, 404),
        ("/_uninstall", {}, 400),
        ("/_uninstall", {"account": BAKERY}, 404),
        ("/_uninstall", {"account": "acct_unknown"}, 404),
        ("/_accounts", {}, 400),
        ("/_accounts", {"name": ""}, 400),
        ("/_accounts", [], 400),
    ],
)
def test_a_bad_order_is_refused_with_a_message(
    stand_in: StandIn, path: str, order: Any, status: int
) -> None:
    refused = stand_in.post(path, order)
    assert refused.status_code == status
    assert refused.json()["error"]["message"]
    assert stand_in.deliveries() == []
