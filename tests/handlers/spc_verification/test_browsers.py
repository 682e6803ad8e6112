"""The calls about a payer's browsers: approved in one that is trusted, or removed."""

from typing import Any

import pytest

from tests.support.assertions import assert_problem, assert_refused
from tests.support.authenticator import Passkey
from tests.support.clock import Clock
from tests.support.spc_bundle import (
    AUTH_RESPONSE,
    CREDENTIALS,
    HOME,
    RP_ID,
    SHOP,
    STRANGER,
    SpcBundle,
    browser_path,
)
from tests.support.spc_payments import put
from tests.support.spc_people import (
    NEW,
    approved,
    bound_browser,
    key_id_of,
    plain_browser,
)

NOWHERE = [("POST", "/approval-request"), ("POST", "/trust"), ("DELETE", "")]


@pytest.fixture
def passkey(shop: SpcBundle, user: str) -> Passkey:
    """One that is trusted in the browser it was registered in, and new in another."""
    found = shop.register(user, bound_browser(HOME), identified=True)
    assert shop.confirm(shop.ask(user), found, bound_browser(SHOP, "new")).status == 200
    return found


def statuses(shop: SpcBundle, user: str) -> dict[str, str]:
    (credential,) = shop.payer(user).get(CREDENTIALS).json["data"]
    return {key["id"]: key["status"] for key in credential["browser_keys"]}


def test_a_new_browser_is_trusted_once_it_is_approved_in_a_trusted_one(
    shop: SpcBundle, user: str, passkey: Passkey
) -> None:
    path = f"{browser_path(passkey, NEW)}/trust"
    assert_problem(shop.payer(user).post(path), 403, "trusted_browser_required")
    refused = shop.approve(user, passkey, NEW, bound_browser(HOME, "new"))
    assert_problem(refused, 403, "trusted_browser_required")
    assert "already" in refused.json["detail"]
    answer = shop.approve(user, passkey, NEW, bound_browser(HOME))
    assert answer.status == 200
    assert {key["status"] for key in answer.json["browser_keys"]} == {"trusted"}
    assert set(statuses(shop, user).values()) == {"trusted"}
    paid = shop.confirm(shop.ask(user), passkey, bound_browser(SHOP, "new")).json
    assert (paid["browser_bound"], paid["step_up_required"]) == ("trusted", False)


@pytest.mark.parametrize(("language", "name"), [
    ("en", "Trust the browser used on 2023-11-14 22:13 UTC"),
    ("fr-CH", "Faire confiance au navigateur utilisé le 2023-11-14 22:13 UTC"),
    ("ja", "2023-11-14 22:13 UTC に使用したブラウザを信頼する"),
])  # fmt: skip
def test_the_dialog_names_the_browser_in_its_owners_language(
    shop: SpcBundle, user: str, clock: Clock, language: str, name: str
) -> None:
    clock.advance(1_700_000_000 - clock())
    passkey = shop.register(user, bound_browser(HOME), identified=True)
    shop.confirm(shop.ask(user), passkey, bound_browser(SHOP, "new"))
    question = shop.ask_approval(user, passkey, NEW, headers={"accept-language": language})
    assert set(question) == {"ceremony_id", "request", "total"}
    assert question["total"] == {"value": "0.00", "currency": "USD"}
    request = question["request"]
    assert (request["rpId"], request["payeeName"], request["payeeOrigin"]) == (
        RP_ID, "Countersign", HOME,
    )  # fmt: skip
    instrument = request["instrument"]
    assert instrument["displayName"] == name
    assert (instrument["icon"], instrument["iconMustBeShown"]) == (f"{HOME}/assets/icon.svg", False)
    assert request["showOptOut"] is False


def test_a_browser_that_could_not_load_the_icon_can_approve(
    shop: SpcBundle, user: str, passkey: Passkey
) -> None:
    question = shop.ask_approval(user, passkey, NEW)
    body = approved(
        question, passkey, bound_browser(HOME), put("payment", "instrument", "icon", to="")
    )
    body["ceremony_id"] = question["ceremony_id"]
    assert shop.payer(user).post(f"{browser_path(passkey, NEW)}/trust", body).status == 200


def test_one_key_begins_one_approval(shop: SpcBundle, user: str, passkey: Passkey) -> None:
    options = {"headers": {"idempotency-key": "k"}}
    first, second = (shop.ask_approval(user, passkey, NEW, **options) for _ in range(2))
    assert first == second
    assert shop.ask_approval(user, passkey, NEW)["ceremony_id"] != first["ceremony_id"]


def test_an_approval_confirms_no_payment(shop: SpcBundle, user: str, passkey: Passkey) -> None:
    question = shop.ask_approval(user, passkey, NEW)
    body = {
        "ceremony_id": question["ceremony_id"],
        **approved(question, passkey, bound_browser(HOME)),
    }
    assert_refused(shop.payer(None).post(AUTH_RESPONSE, body), 404, "unknown_ceremony")
    assert_problem(
        shop.server().get(f"/spc-ceremonies/{question['ceremony_id']}"), 404, "unknown_ceremony"
    )


def test_where_no_browser_is_trusted_there_is_nothing_to_approve_with(
    shop: SpcBundle, user: str
) -> None:
    passkey = shop.register(user)
    shop.confirm(shop.ask(user), passkey, bound_browser(SHOP, "new"))
    path = browser_path(passkey, NEW)
    answer = shop.payer(user).post(f"{path}/approval-request")
    assert_problem(answer, 409, "no_trusted_browser")
    assert_problem(shop.payer(user).post(f"{path}/trust"), 403, "trusted_browser_required")
    assert statuses(shop, user) == {NEW: "pending"}


def test_a_removal_of_the_trusted_browser_lets_no_other_be_trusted_by_the_sign_in_alone(
    shop: SpcBundle, user: str, passkey: Passkey
) -> None:
    """As a page does that holds the person's access token."""
    trusted = browser_path(passkey, key_id_of("browser"))
    assert shop.payer(user).delete(trusted).status == 204
    path = browser_path(passkey, NEW)
    assert_problem(shop.payer(user).post(f"{path}/trust"), 403, "trusted_browser_required")
    answer = shop.payer(user).post(f"{path}/approval-request")
    assert_problem(answer, 409, "no_trusted_browser")
    assert statuses(shop, user) == {NEW: "pending"}


@pytest.mark.parametrize(("method", "call"), NOWHERE)
def test_an_unknown_browser_and_one_of_another_user_are_not_found(
    shop: SpcBundle, user: str, passkey: Passkey, method: str, call: str
) -> None:
    before = shop.items()
    known = browser_path(passkey, NEW)
    stranger, owner = shop.payer(STRANGER), shop.payer(user)
    for caller, path, code in (
        (stranger, known, "credential_not_found"),
        (owner, browser_path(passkey, "x"), "browser_key_not_found"),
        (owner, f"{CREDENTIALS}/AAAA/browser-keys/{NEW}", "credential_not_found"),
    ):
        send = caller.delete if method == "DELETE" else caller.post
        assert_problem(send(f"{path}{call}"), 404, code)
    assert shop.items() == before


@pytest.mark.parametrize(("body", "pointer"), [
    ({"credential": {"id": "x"}}, ""), ({"browser_bound_signature": "AAAA"}, ""), ({"ceremony_id": 5}, "/ceremony_id"),
    ({"ceremony_id": "x" * 256}, "/ceremony_id"), ({"trust": True}, "/trust"),
])  # fmt: skip
def test_an_answer_without_its_ceremony_or_with_an_unknown_member_is_refused(
    shop: SpcBundle, user: str, passkey: Passkey, body: Any, pointer: str
) -> None:
    answer = shop.payer(user).post(f"{browser_path(passkey, NEW)}/trust", body)
    assert_problem(answer, 422, "invalid_request")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("credential", [None, "x", {"id": "x", "response": None}])
def test_a_credential_that_cannot_be_read_is_refused(
    shop: SpcBundle, user: str, passkey: Passkey, credential: Any
) -> None:
    question = shop.ask_approval(user, passkey, NEW)
    body = {"ceremony_id": question["ceremony_id"], "credential": credential}
    answer = shop.payer(user).post(f"{browser_path(passkey, NEW)}/trust", body)
    assert_problem(answer, 400, "malformed_credential")


def test_a_browser_that_its_owner_removes_is_new_again(
    shop: SpcBundle, user: str, passkey: Passkey
) -> None:
    path = browser_path(passkey, key_id_of("browser"))
    answer = shop.payer(user).delete(path)
    assert (answer.status, answer.text) == (204, "")
    assert statuses(shop, user) == {NEW: "pending"}
    assert_problem(shop.payer(user).delete(path), 404, "browser_key_not_found")
    paid = shop.confirm(shop.ask(user), passkey, bound_browser(SHOP)).json
    assert (paid["browser_bound"], paid["step_up_required"]) == ("new", True)


def test_the_browsers_of_a_removed_credential_are_forgotten(
    shop: SpcBundle, user: str, passkey: Passkey
) -> None:
    assert [pk for pk in shop.items() if pk.startswith("browser-key#")]
    path = browser_path(passkey, NEW).partition("/browser-keys")[0]
    assert shop.payer(user).delete(path).status == 204
    assert not [pk for pk in shop.items() if pk.startswith("browser-key#")]
    other = shop.register(user, bound_browser(HOME))
    assert shop.confirm(shop.ask(user), other, plain_browser(SHOP)).status == 200
