"""What the site gets back from an install link: the query and its signature."""

from urllib.parse import quote

import pytest
import stripe

from tests.stand_in.links import STATE, check_signature, link, returned, submit
from tests.support.stand_in import (
    APP_ID,
    BAKERY,
    CALLBACK,
    INSTALLS,
    REDIRECT_URIS,
    StandIn,
)

ODD_STATES = [
    "",
    " ",
    "a/b+c=d&e#f?g%41",
    "café-Ω-日本-😀",
    '"\\</script>',
    "tab\tnew\nline\r\nnul\x00del\x7f",
    "\u2028\u2029",
]


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
    canceled = submit(stand_in, path, cancel="1").headers["location"]
    assert canceled.startswith(f"{REDIRECT_URIS[1]}&error=access_denied&")


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
