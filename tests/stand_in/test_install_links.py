"""The page of an install link, and what the site gets back, without a browser."""

import json
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
import pytest
import stripe

from tests.support.stand_in import (
    APP_ID,
    APP_SECRETS,
    BAKERY,
    BOOKSHOP,
    CALLBACK,
    INSTALLS,
    REDIRECT_URIS,
    StandIn,
)

STATE = "q" * 43
ODD_STATES = [
    "",
    " ",
    "a/b+c=d&e#f?g%41",
    "café-Ω-日本-😀",
    '"\\</script>',
    "tab\tnew\nline\r\nnul\x00del\x7f",
    "\u2028\u2029",
]


def link(state: str | None = STATE, redirect_uri: str = CALLBACK, app_id: str = APP_ID) -> str:
    query = {"redirect_uri": redirect_uri} | ({} if state is None else {"state": state})
    return f"/apps/install/link/{app_id}?{urlencode(query)}"


def submit(stand_in: StandIn, path: str, **form: str) -> httpx.Response:
    return stand_in.http.post(path, data={"account": BAKERY, "mode": "test", **form})


def returned(address: str) -> list[tuple[str, str]]:
    """The callback's query, as a server reads it."""
    return parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)


def check_signature(address: str, secrets: tuple[str, ...] = APP_SECRETS) -> None:
    """By the vendor's own package, as its documentation shows."""
    query = dict(returned(address))
    names = [name for name in ("state", "user_id", "account_id") if name in query]
    payload = json.dumps(
        {name: query[name] for name in names}, separators=(",", ":"), ensure_ascii=False
    )
    for secret in secrets:
        stripe.WebhookSignature.verify_header(payload, query["install_signature"], secret, 300)
    assert query["install_signature"].count("v1=") == len(APP_SECRETS)


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


def test_install_goes_back_with_who_where_state_and_signature(stand_in: StandIn) -> None:
    answer = submit(stand_in, link())
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert address.startswith(CALLBACK + "?user_id=usr_")
    names = [name for name, _ in returned(address)]
    assert names == ["user_id", "account_id", "state", "install_signature", "livemode"]
    query = dict(returned(address))
    assert (query["account_id"], query["state"], query["livemode"]) == (BAKERY, STATE, "false")
    check_signature(address)
    with pytest.raises(stripe.SignatureVerificationError):
        check_signature(address, ("absec_other",))


def test_in_live_mode_the_callback_has_no_livemode(stand_in: StandIn) -> None:
    address = submit(stand_in, link(), mode="live").headers["location"]
    assert "livemode" not in dict(returned(address))
    check_signature(address)


@pytest.mark.parametrize("state", ODD_STATES)
def test_any_state_comes_back_as_it_was(stand_in: StandIn, state: str) -> None:
    for address in (
        submit(stand_in, link(state)).headers["location"],
        stand_in.install(state=state),
    ):
        assert address.isascii()
        assert dict(returned(address))["state"] == state
        check_signature(address)


def test_without_a_state_none_comes_back_and_none_is_signed(stand_in: StandIn) -> None:
    for address in (submit(stand_in, link(None)).headers["location"], stand_in.install()):
        assert "state" not in dict(returned(address))
        check_signature(address)


def test_the_signature_has_the_time_of_the_installation(stand_in: StandIn) -> None:
    stand_in.clock.offset = 1000
    first = dict(returned(stand_in.install()))["install_signature"]
    stand_in.clock.offset = 2000
    second = dict(returned(stand_in.install()))["install_signature"]
    times = [int(signature.split(",")[0].removeprefix("t=")) for signature in (first, second)]
    assert 990 <= times[1] - times[0] <= 1010


def test_a_callback_that_has_a_query_keeps_it(stand_in: StandIn) -> None:
    path = link(redirect_uri=REDIRECT_URIS[1])
    installed = submit(stand_in, path).headers["location"]
    assert installed.startswith(f"{REDIRECT_URIS[1]}&user_id=usr_")
    cancelled = submit(stand_in, path, cancel="1").headers["location"]
    assert cancelled.startswith(f"{REDIRECT_URIS[1]}&error=access_denied&")


def test_cancel_goes_back_with_an_error_and_no_state(stand_in: StandIn) -> None:
    answer = stand_in.http.post(link(), data={"cancel": "1"})
    assert answer.status_code == 303
    description = quote("The user denied your request")
    expected = f"{CALLBACK}?error=access_denied&error_description={description}"
    assert answer.headers["location"] == expected
    assert stand_in.get(INSTALLS, app=APP_ID)["data"] == []
    assert stand_in.deliveries() == []


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "",
        CALLBACK + "/",
        CALLBACK + "?a=1",
        CALLBACK.replace("http:", "https:"),
        CALLBACK.upper(),
        "http://localhost:8000/callback",
        "https://evil.example/callback/stripe",
        "javascript:alert(1)",
        "//localhost:8000/callback/stripe",
    ],
)
def test_a_redirect_that_the_manifest_lacks_is_refused_and_nobody_sent_on(
    stand_in: StandIn, redirect_uri: str
) -> None:
    path = link(redirect_uri=redirect_uri)
    for answer in (
        stand_in.http.get(path),
        submit(stand_in, path),
        submit(stand_in, path, cancel="1"),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert f"allowed_redirect_uris: {CALLBACK}, " in answer.text
    assert stand_in.get(INSTALLS, app=APP_ID)["data"] == []


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
